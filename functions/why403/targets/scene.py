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
from why403.targets.ranking import rank_targets
from why403.workloads.find import find_workload
from why403.workloads.workload import Workload

CLEAR_SCORE = 0.5
CLEAR_LEAD = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known before any policy is read. `candidates` best first."""

    denial: Denial
    event: LogEvent
    place: Place
    workload: Workload
    candidates: tuple[Candidate, ...]
    history: History
    unreadable: tuple[BlindSpot, ...] = ()
    """What could not be read on the way here."""

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
            return self.denial.resource is not None or self.is_for_no_resource
        first, *others = self.candidates
        return first.score >= CLEAR_SCORE and all(first.score - other.score >= CLEAR_LEAD for other in others)

    @property
    def findings(self) -> tuple[Message, ...]:
        """What is odd before any policy is read."""
        if self.target_is_clear or not self.candidates:
            return ()
        if len(self.candidates) == 1:
            return (Message("targets.one-unsure"),)
        return (Message("targets.several", {"count": str(len(self.candidates))}),)


def look_around(denial: Denial, event: LogEvent, place: Place, now: int) -> Plan[Scene]:
    """Find workload, target and history side by side, in at most two rounds. `now` in ms since the epoch."""
    workload, gathered, history = yield from together(
        find_workload(denial, event, place),
        gather_targets(denial, event, place),
        read_history(event, now),
    )
    return Scene(
        denial=denial,
        event=event,
        place=place,
        workload=workload,
        candidates=rank_targets(gathered, denial, workload, place),
        history=history,
        unreadable=(*gathered.unreadable, *history.unreadable),
    )
