"""The scene of a denial: who runs behind the log group, what was meant, and what else was denied there."""

from dataclasses import dataclass

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.iam.reference import can_name_no_resource, takes_resource
from why403.incidents.history import History, read_history
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.reads import BlindSpot, Plan, together
from why403.targets.candidate import Candidate
from why403.targets.find import gather_targets
from why403.targets.key_use import page_of, service_call
from why403.targets.ranking import rank_targets
from why403.workloads.find import find_workload
from why403.workloads.workload import NOTHING_KNOWN, Hints, Workload

CLEAR_SCORE = 0.5
"""More likely than not."""
CLEAR_LEAD = 0.15
"""More than one weak piece of evidence moves: with less the second could as well be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known before any policy is read. `candidates` best first."""

    denial: Denial
    event: LogEvent
    place: Place
    workload: Workload
    candidates: tuple[Candidate, ...]
    history: History
    passed_on: tuple[Candidate, ...] = ()
    """Where a key was denied: what the service's own call was for, best first."""
    unreadable: tuple[BlindSpot, ...] = ()
    """What could not be read on the way here."""
    other_calls: tuple[str, ...] = ()
    """Calls of which lines had the same words and are counted for the same incident: the action, and the resource where it is told."""

    @property
    def caller(self) -> str:
        """ARN of the principal that was denied: the line's, else the one whose credentials the workload uses."""
        return self.denial.principal or self.workload.caller_arn

    @property
    def is_for_no_resource(self) -> bool:
        """The action takes none; or it can do without, and AWS's sentence, which names the caller, names none."""
        denial = self.denial
        if denial.action is None or takes_resource(denial.action) is False:
            return denial.action is not None
        named = denial.resource or denial.resource_name or self.candidates
        return denial.principal is not None and not named and can_name_no_resource(denial.action)

    @property
    def target_is_clear(self) -> bool:
        """The line names the target, the action takes none, or one candidate stands out."""
        if not self.candidates:
            known = self.denial.resource is not None or self.is_for_no_resource
            return known or self.user_of_key is not None
        return _stands_out(self.candidates)

    @property
    def user_of_key(self) -> Candidate | None:
        """What the call was for whose key was denied, where one candidate stands out."""
        return self.passed_on[0] if self.passed_on and _stands_out(self.passed_on) else None

    @property
    def call_with_key(self) -> tuple[str, str] | None:
        """Action and target of the service's own call, where its key was denied and not named: what it encrypts tells the key."""
        used, action = self.user_of_key, service_call(self.denial).action
        return (action, used.arn) if used is not None and action and self.denial.resource is None else None

    @property
    def use_of_key(self) -> tuple[Message, ...]:
        """Which service's call a denied key was used by, and on what; none for a call of KMS itself."""
        asked = service_call(self.denial)
        likely = self.user_of_key if asked is not self.denial else next(iter(self.candidates), None)
        target = asked.resource or (likely.arn if likely else "")
        call = asked.action or asked.operation or ""
        if not call or call.startswith("kms:"):
            return ()
        return (Message("diagnosis.key-of-call", {"call": call, "target": target, "page": page_of(call)}),)

    @property
    def findings(self) -> tuple[Message, ...]:
        """What is odd before any policy is read."""
        also = (Message("targets.also", {"calls": ", ".join(self.other_calls)}),) if self.other_calls else ()
        if self.target_is_clear or not self.candidates:
            return also
        if len(self.candidates) == 1:
            return (*also, Message("targets.one-unsure"))
        return (*also, Message("targets.several", {"count": str(len(self.candidates))}))


def _stands_out(candidates: tuple[Candidate, ...]) -> bool:
    first, *others = candidates
    return first.score >= CLEAR_SCORE and all(first.score - other.score >= CLEAR_LEAD for other in others)


def look_around(
    denial: Denial, event: LogEvent, place: Place, now: int, hints: Hints = NOTHING_KNOWN
) -> Plan[Scene]:
    """Find workload, target and history side by side, in two rounds as a rule. `now` in ms since the epoch."""
    called = service_call(denial)
    workload, gathered, history = yield from together(
        find_workload(denial, event, place, hints),
        gather_targets(called, event, place),
        read_history(event, now),
    )
    return Scene(
        denial=denial,
        event=event,
        place=place,
        workload=workload,
        candidates=rank_targets(gathered, denial, workload, place),
        history=history,
        passed_on=rank_targets(gathered, called, workload, place, key=denial.resource or "")
        if called is not denial
        else (),
        unreadable=(*gathered.unreadable, *history.unreadable),
    )
