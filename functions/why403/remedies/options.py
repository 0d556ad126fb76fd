"""The ways to let the denied call pass: the smallest, wider ones beside it, and alternatives to it.

Each is a set: one proposal for every layer that must change, for the call and for what it needs besides.
"""

from collections.abc import Iterator
from dataclasses import replace

from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.conditions import told_conditions
from why403.remedies.layers.identity import is_of_aws
from why403.remedies.layers.key import delegation_option, grant_option
from why403.remedies.layers.propose import ORDER, propose
from why403.remedies.mended import mended_statement
from why403.remedies.proposal import Option, Proposal
from why403.remedies.wanted import Wanted
from why403.remedies.wider import Wider, whole_scopes, wider_scopes

MENDABLE = (Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST)


def smallest(case: Case, wanted: tuple[Wanted, ...]) -> Option:
    """The denied calls on the denied resources, at every layer that says no to them."""
    told = [each for one in wanted for each in (*one.scope.why, *_conditions(one))]
    why = dict.fromkeys((each.id, tuple(each.values.items())) for each in told)
    return Option(
        proposals=_for_layers(case, wanted),
        intended=tuple(pair for each in wanted for pair in each.pairs),
        why=tuple(Message(name, dict(values)) for name, values in why),
    )


def _conditions(wanted: Wanted) -> Iterator[Message]:
    for layer in wanted.layers:
        if layer in MENDABLE:
            yield from told_conditions(wanted, layer, wanted.judged.policies.of(layer))


def _for_layers(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    found: list[Proposal] = []
    for layer in ORDER:
        mine = tuple(each for each in wanted if layer in each.layers)
        if mine:
            found += propose(layer, case, mine)
    return tuple(found)


def narrower(case: Case, wanted: tuple[Wanted, ...]) -> Iterator[Option]:
    """The one resource that was denied, where the smallest reaches those of the next calls too."""
    first, *others = wanted
    denied = first.scope.denied
    if not denied:
        return
    only = replace(first, scope=replace(first.scope, resources=(denied,), why=()))
    yield Option(
        proposals=_for_layers(case, (only, *others)),
        intended=tuple(pair for each in (only, *others) for pair in each.pairs),
        asked=False,
        why=(Message("remedies.scope.narrower", {"resource": denied}),),
    )


def wider(case: Case, wanted: tuple[Wanted, ...]) -> Iterator[Option]:
    """All of what holds the resource; and where the caller's own policy has to change anyway, what such a client does."""
    first, *others = wanted
    clients = wider_scopes(case, first) if Layer.IDENTITY in first.layers else ()
    for choice in (*whole_scopes(case, first), *clients):
        more = tuple(replace(first, scope=scope) for scope in choice.scopes)
        yield _wider_option(case, (*more, *others), choice)


def _wider_option(case: Case, wanted: tuple[Wanted, ...], choice: Wider) -> Option:
    return Option(
        proposals=_for_layers(case, wanted),
        intended=tuple(pair for each in wanted for pair in each.pairs),
        asked=False,
        wider=True,
        why=(choice.name,),
    )


def alternatives(case: Case, wanted: tuple[Wanted, ...]) -> Iterator[Option]:
    """Other ways: the statement that all but allowed it, mended; a grant on the key, or its delegation."""
    first, *others = wanted
    for layer in MENDABLE:
        edited = mended_statement(case, first, layer)
        if edited is not None:
            rest = _without(case, first, tuple(others), layer)
            yield replace(edited, proposals=(*edited.proposals, *rest))
    if (
        first.scope.action.startswith("kms:")
        and Layer.RESOURCE in first.layers
        and not is_of_aws(first.judged)
    ):
        keys = tuple(each for each in wanted if each.judged.request.resource == first.judged.request.resource)
        for option in (grant_option(case, keys), delegation_option(case, keys)):
            if option is not None and len(keys) == len(wanted):
                yield option


def _without(case: Case, first: Wanted, others: tuple[Wanted, ...], mended: Layer) -> tuple[Proposal, ...]:
    """What must change besides. In one account one side is enough: the mended one stands for identity as well."""
    both = Layer.RESOURCE in first.layers or Layer.TRUST in first.layers
    settled = {mended} if both else {mended, Layer.IDENTITY}
    left = tuple(layer for layer in first.layers if layer not in settled)
    return _for_layers(case, (*((replace(first, layers=left),) if left else ()), *others))
