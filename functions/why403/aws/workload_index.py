"""The index of who writes to which log group, in the incident table. Layout: incidents/table_keys.py."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from why403.aws.incident_table_calls import Item, TableCalls
from why403.aws.incident_table_items import item, key, text
from why403.aws.session import client
from why403.incidents.hours import DAY
from why403.incidents.stored import known_fields, known_or, unknown_fields
from why403.incidents.table_keys import LAYOUT, LAYOUT_KEY, SURVEY, WRITER, Partition
from why403.workloads.index import ANY_GROUP, SurveyState, Written, hints_for
from why403.workloads.register import SURVEYS
from why403.workloads.workload import Hints, WorkloadKind, Writer

KEPT_MS = 14 * DAY
"""A pass renews an entry each day; one that no pass renewed for so long is of something that is gone."""
FRESH_MS = 3 * DAY
"""A pass that ended longer ago proves no longer that there are no other writers."""
FIELDS = ("name", "cluster", "service", "template")
ROLES = "roles"
STATE_KEY = key(Partition.WRITER.of("survey"), "state")


def open_index(table_name: str) -> "DynamoWorkloadIndex":
    """The index in the table of that name, in our account."""
    return DynamoWorkloadIndex(client("dynamodb"), table_name)


def hints_in(table_name: str, log_group: str, *, now: int, report: Callable[[Exception], None]) -> Hints:
    """What the index in that table knows of the group; nothing where it cannot be read, which `report` hears."""
    return hints_for(open_index(table_name), log_group, now=now, report=report)


class DynamoWorkloadIndex:
    """`client` is boto3's DynamoDB client. StoreError where the table cannot be read or written."""

    def __init__(self, client: Any, table_name: str) -> None:  # noqa: ANN401  # boto3's clients have no static type
        self._calls = TableCalls(client, table_name)
        self._unknown: dict[str, Any] = {}

    def look_up(self, log_group: str, now: int) -> Hints:
        """Three calls: the group's writers, those whose group is not known, and how whole the index is."""
        if not log_group:
            return Hints()
        items = [*self._calls.query(_partition(log_group)), *self._calls.query(_partition(ANY_GROUP))]
        ended = self.survey_state().ended
        fresh = {step for step, moment in ended.items() if now - moment <= FRESH_MS}
        partly = {kind for name, kind, _ in SURVEYS if name not in fresh}
        return Hints(
            writers=tuple(writer for kept in items if _is_read(kept) for writer in _writers(kept)),
            surveyed=frozenset(kind for _, kind, _ in SURVEYS) - partly,
        )

    def roles(self, log_group: str) -> frozenset[str]:
        """ARNs of the roles of those that are known to write to this very group: one call."""
        kept = (one for one in self._calls.query(_partition(log_group)) if _is_read(one))
        return frozenset(role for one in kept for writer in _writers(one) for role in writer.roles)

    def note(self, written: Iterable[Written], now: int) -> None:
        """Keep these for two weeks from now."""
        for group, writer in dict.fromkeys(written):
            self._calls.put(_item(group, writer, now))

    def survey_state(self) -> SurveyState:
        """How far the survey has come; the beginning where there was none."""
        kept = self._calls.get(STATE_KEY)
        if kept is None or not _is_read(kept):
            return SurveyState()
        told = json.loads(kept["state"]["S"])
        self._unknown = unknown_fields(SurveyState, told)
        return SurveyState(**known_fields(SurveyState, told))

    def save_survey(self, state: SurveyState, now: int) -> None:
        """Keep it: the next run goes on from there."""
        head = item(SURVEY, STATE_KEY, (now + KEPT_MS) // 1000)
        self._calls.put({**head, "state": text(json.dumps({**self._unknown, **asdict(state)}))})


def _partition(group: str) -> str:
    """A hash: an environment variable's value that was taken for a group stands nowhere in clear."""
    return Partition.WRITER.of(hashlib.sha256(group.encode()).hexdigest()[:32])


def _item(group: str, writer: Writer, now: int) -> Item:
    told: Item = {name: text(getattr(writer, name)) for name in FIELDS if getattr(writer, name)}
    if writer.roles:
        told[ROLES] = {"SS": sorted(set(writer.roles))}
    head = item(WRITER, key(_partition(group), writer.key), (now + KEPT_MS) // 1000)
    return {**head, "kind": text(writer.kind.value), **told}


def _is_read(kept: Item) -> bool:
    """Items of another layout are passed over, and expire."""
    return bool(kept.get(LAYOUT_KEY, {}).get("N") == str(LAYOUT))


def _writers(kept: Item) -> Iterator[Writer]:
    """One, or none where a newer version found it of a kind that nobody here asks for."""
    told = {name: kept[name]["S"] for name in FIELDS if name in kept}
    roles = tuple(kept.get(ROLES, {}).get("SS", ()))
    kind = known_or(WorkloadKind.UNKNOWN, kept["kind"]["S"])
    if kind is not WorkloadKind.UNKNOWN:
        yield Writer(kind=kind, roles=roles, **told)
