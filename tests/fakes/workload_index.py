"""The index of who writes to which log group, in memory, under the same contract test as the one in DynamoDB."""

from collections.abc import Iterable

from why403.aws.workload_index import FRESH_MS
from why403.workloads.index import ANY_GROUP, SurveyState, Written
from why403.workloads.register import SURVEYS
from why403.workloads.workload import Hints, Writer


class InMemoryWorkloadIndex:
    """Keeps everything: nothing expires."""

    def __init__(self) -> None:
        self._writers: dict[str, dict[str, Writer]] = {}
        self._state = SurveyState()

    def look_up(self, log_group: str, now: int) -> Hints:
        """What is known of the group."""
        fresh = {step for step, moment in self._state.ended.items() if now - moment <= FRESH_MS}
        partly = {kind for name, kind, _ in SURVEYS if name not in fresh}
        return Hints(
            writers=tuple(
                writer for group in (log_group, ANY_GROUP) for writer in self._writers.get(group, {}).values()
            ),
            surveyed=frozenset(kind for _, kind, _ in SURVEYS) - partly,
        )

    def roles(self, log_group: str) -> frozenset[str]:
        """ARNs of the roles of the group's own writers."""
        return frozenset(role for one in self._writers.get(log_group, {}).values() for role in one.roles)

    def note(self, written: Iterable[Written], now: int) -> None:
        """Keep these."""
        del now
        for group, writer in written:
            self._writers.setdefault(group, {})[writer.key] = writer

    def survey_state(self) -> SurveyState:
        """How far the survey has come."""
        return self._state

    def save_survey(self, state: SurveyState, now: int) -> None:
        """Keep it."""
        del now
        self._state = state
