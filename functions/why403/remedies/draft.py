"""From the decision to what a person can do with confidence, at the layer that really said no."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from why403.decisions.decision import Outcome
from why403.message import Message
from why403.remedies.case import Case, Judged
from why403.remedies.for_people import for_people
from why403.remedies.keys_in_the_way import without_keys
from why403.remedies.options import alternatives, narrower, smallest, wider
from why403.remedies.playbook import playbook
from why403.remedies.proof import OUT_OF_TIME, Proof, Prover
from why403.remedies.proposal import Option, Proposal
from why403.remedies.remedy import Remedy, RemedyKind, Risk
from why403.remedies.render import render
from why403.remedies.risk import judge
from why403.remedies.undo import undo_options
from why403.remedies.unsolved import asks_elsewhere, nothing_to_grant, other_causes, protected_by_caller
from why403.remedies.wanted import Wanted, wanted_calls

BY_HAND = Proof(proven=False)
Drafted = tuple[Option, Proof]
Clock = Callable[[], float]
"""CPU seconds of this thread, from any beginning: time.thread_time."""
CPU_SECONDS = 5.0
"""For all proofs of a draft. Five turns one after another on 0.58 vCPU then end within their function's 120 s."""


def standing() -> float:
    """A clock that stands: nothing is ever out of time."""
    return 0.0


SLIP = "remedies.tags.slip"
"""A tag that differs from what is asked in letter case or blanks alone: corrected first, and no policy is widened."""


def draft_remedies(case: Case, clock: Clock = standing) -> tuple[Remedy, ...]:
    """Every remedy there is, in the order to do them; those that suffice only together share a `set`.

    `clock` tells the CPU time used: what is not proven within CPU_SECONDS is offered as not proven, and says so.

    The smallest proven change comes first, wider ones and alternatives follow, risky ones last. An explicit deny, and
    a 403 that no policy explains, have playbooks and no draft.
    """
    if case.by_role is not None:
        return _without_keys(case, case.by_role, clock)
    if case.denied is None:
        return playbook(case)
    denied = case.denied
    by_hand = for_people(case, denied)
    if by_hand:
        return _rendered(case, denied, [(_by_hand(each), BY_HAND) for each in by_hand])
    wanted, unscoped = wanted_calls(case)
    if not wanted or wanted[0].judged is not denied:
        return _rendered(case, denied, [(_by_hand(nothing_to_grant(case, denied, unscoped)), BY_HAND)])
    guarded = protected_by_caller(case, denied)
    first = [(_by_hand(guarded), BY_HAND)] if guarded is not None else []
    end = clock() + CPU_SECONDS
    prover = Prover(wanted, lambda: clock() > end)
    elsewhere = asks_elsewhere(case, denied)
    causes = other_causes(case, denied)
    besides = [(_by_hand(each), BY_HAND) for each in causes]
    main, *others = _drafts(case, wanted, prover)
    slip = any(each.title.id == SLIP for each in causes)
    drafted = _rendered(
        case, denied, [*first, *(besides if slip else ()), main, *(() if slip else besides), *others]
    )
    if elsewhere is None:
        return drafted
    return (*_rendered(case, denied, [(_by_hand(elsewhere), BY_HAND)]), *drafted)


def _without_keys(case: Case, by_role: Case, clock: Clock) -> tuple[Remedy, ...]:
    """A user's keys go first, and with them what the workload's role then lacks; a grant to the user comes last."""
    judged = by_role.denied
    if judged is None:
        return ()
    keys = _rendered(case, judged, [(_by_hand(without_keys(case)), BY_HAND)])
    lacks = () if judged.decision.outcome is Outcome.ALLOWED else draft_remedies(by_role, clock)
    last = 1 + max((each.set for each in lacks), default=1)
    users = () if case.denied is None else draft_remedies(replace(case, by_role=None), clock)
    return (*keys, *lacks, *(replace(each, set=last) for each in users if each.set == 1))


def _drafts(case: Case, wanted: tuple[Wanted, ...], prover: Prover) -> Iterator[Drafted]:
    """The smallest whether proven or not, as a hypothesis then; the others only where proven, or out of time."""
    main = smallest(case, wanted)
    proof = prover.prove(main)
    yield main, proof
    others = [
        (option, prover.prove(option))
        for option in (
            *narrower(case, wanted),
            *alternatives(case, wanted),
            *undo_options(case),
            *wider(case, wanted),
        )
    ]
    kept = [each for each in others if _is_offered(each, main, proof)]
    kept.sort(key=lambda each: _is_later(case, wanted[0].judged, each))
    yield from _each_once(kept)


def _is_later(case: Case, denied: Judged, drafted: Drafted) -> tuple[bool, bool, bool]:
    """Mended statements and their like, then what grants more than was denied; what is risky, or not proven in time, last."""
    option, proof = drafted
    return (
        OUT_OF_TIME in _ids(proof.missing),
        _is_risky(case, denied, option),
        option.wider or bool(proof.widened),
    )


def _is_offered(drafted: Drafted, main: Option, proof: Proof) -> bool:
    """Unproven wider drafts stand beside an unproven smallest one only where they miss no more than it does.

    What misses nothing but time for its proof stands anyhow. What drafts nothing is no other way.
    """
    option, own = drafted
    if option.proposals == main.proposals or all(
        each.kind is RemedyKind.PLAYBOOK for each in option.proposals
    ):
        return False
    if own.proven or (not own.astray and set(_ids(own.missing)) == {OUT_OF_TIME}):
        return True
    return not proof.proven and not own.astray and set(_ids(own.missing)) <= set(_ids(proof.missing))


def _ids(messages: tuple[Message, ...]) -> Iterator[str]:
    return (each.id for each in messages)


def _each_once(drafted: list[Drafted]) -> Iterator[Drafted]:
    seen: list[tuple[object, ...]] = []
    for option, proof in drafted:
        shape = tuple((each.target, each.after, each.grant) for each in option.proposals)
        if shape not in seen:
            seen.append(shape)
            yield option, proof


def _is_risky(case: Case, denied: Judged, option: Option) -> bool:
    return any(judge(case, denied, each)[0] is Risk.HIGH for each in option.proposals)


def _by_hand(proposal: Proposal) -> Option:
    return Option(proposals=(proposal,), intended=())


def _rendered(case: Case, denied: Judged, drafted: Iterable[Drafted]) -> tuple[Remedy, ...]:
    return tuple(
        remedy
        for number, (option, proof) in enumerate(drafted, 1)
        for remedy in render(case, denied, option, proof, number)
    )
