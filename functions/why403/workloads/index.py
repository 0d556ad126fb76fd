"""The index: who writes to which log group, as the survey and earlier diagnoses found it.

An account of a thousand task definitions cannot be read while somebody waits for an alert, and a log group's name need
not tell who writes to it. What stands here is a hint and never an answer: the diagnosis asks AWS for each writer that
it is told, and takes only one whose settings, as AWS has them now, name the group.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from why403.errors import StoreError
from why403.reads import BlindSpot
from why403.workloads.workload import NOTHING_KNOWN, Hints, Workload, WorkloadKind, Writer

ANY_GROUP = "*"
"""Where a writer stands whose settings name its group by a template, or in a file that no API reads."""
MOST_WRITERS = 10
"""Writers of one group that a diagnosis asks AWS for: two calls each leave most of its calls to the policies."""
INDEXED = frozenset({
    WorkloadKind.ECS, WorkloadKind.LAMBDA, WorkloadKind.BATCH, WorkloadKind.CODEBUILD, WorkloadKind.STATES, WorkloadKind.API_GATEWAY,
})  # fmt: skip
"""The kinds whose own settings name the log group."""
GUESSES = frozenset({"workloads.guessed-by-name", "workloads.stream-of-another-container"})
"""What a diagnosis says of a workload that is named alike, and no more."""


Written = tuple[str, Writer]
"""A log group, or ANY_GROUP, and one that writes to it."""


def named_roles(settings: Mapping[str, Any], *fields: str) -> tuple[str, ...]:
    """The ARNs of roles that stand in these fields of a workload's settings; names without an ARN are left out."""
    named = (str(settings.get(one) or "") for one in fields)
    return tuple(arn for arn in named if arn.startswith("arn:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One slice of a survey: who writes where, where to go on (empty: this was the last), and what was not read."""

    written: tuple[Written, ...] = ()
    next: str = ""
    unread: tuple[BlindSpot, ...] = ()


class WorkloadIndex(Protocol):
    """aws/workload_index.py in an account, tests/fakes in tests. Either may raise StoreError."""

    def look_up(self, log_group: str, now: int) -> Hints:
        """What is known of the group. `now` in milliseconds since the epoch, here and below."""

    def roles(self, log_group: str) -> frozenset[str]:
        """ARNs of the roles of those that are known to write to this very group."""

    def note(self, written: Iterable[Written], now: int) -> None:
        """Keep these for two weeks from now."""


def hints_for(
    index: WorkloadIndex, log_group: str, *, now: int, report: Callable[[Exception], None]
) -> Hints:
    """What the index knows of the group; nothing where it cannot be read, which `report` hears."""
    try:
        return index.look_up(log_group, now)
    except StoreError as error:
        report(error)
        return NOTHING_KNOWN


def note_found(
    index: WorkloadIndex, log_group: str, workload: Workload, *, now: int, report: Callable[[Exception], None]
) -> None:
    """Keep what a diagnosis found for the next one; nothing that is of a kind without an index, or only guessed."""
    guessed = GUESSES & {finding.id for finding in workload.findings}
    if workload.kind not in INDEXED or guessed or not log_group:
        return
    writer = Writer(
        kind=workload.kind,
        name=_asked_by(workload),
        cluster=workload.cluster,
        service=workload.service,
        roles=tuple(filter(None, (workload.task_role_arn, workload.execution_role_arn, workload.role_arn))),
    )
    try:
        index.note(((log_group, writer),), now)
    except StoreError as error:
        report(error)


def _asked_by(workload: Workload) -> str:
    """What AWS is asked by for a workload of its kind: an API by `restapis/abc123`."""
    match workload.kind:
        case WorkloadKind.STATES:
            return workload.arn
        case WorkloadKind.API_GATEWAY:
            return workload.arn.partition("::/")[2].partition("/stages/")[0]
        case _:
            return workload.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyState:
    """How far a survey of the account has come: the step under way, and where in its lists.

    `ended` maps a step to the moment (ms) at which it last came to the end of its lists with everything read.
    """

    step: int = 0
    cursor: str = ""
    complete: bool = True
    """Nothing of the step under way was left unread so far."""
    due: int = 0
    """When the next pass begins, where none is under way: milliseconds since the epoch."""
    ended: dict[str, int] = field(default_factory=dict)
