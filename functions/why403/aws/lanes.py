"""One lane a slow API: whoever calls it takes a turn in the table first, so that all functions together keep to its pace.

A turn is the moment from which on the next call may be made. It is moved on by a conditional write: one where nobody
waits, a second where somebody does. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
"""

from collections.abc import Callable
from typing import Any

from why403.aws.incident_table import milliseconds
from why403.aws.incident_table_calls import TableCalls
from why403.aws.incident_table_items import item, key, number
from why403.incidents.table_keys import LANE, PARTITION_KEY, SORT_KEY, Partition

KEPT_SECONDS = 24 * 60 * 60
"""A day: no turn is given that far ahead, and the table lets go of a channel in which nobody speaks."""
NEXT = "next_turn"


class TableLanes:
    """`client` is boto3's DynamoDB client; `clock` gives milliseconds since the epoch."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # boto3's clients have no static type
        table_name: str,
        clock: Callable[[], int] = milliseconds,
    ) -> None:
        self._calls = TableCalls(client, table_name)
        self._clock = clock

    def wait(self, lane: str, every: float, within: float) -> float:
        """Seconds until the turn that was taken comes, where a lane has one `every` so many.

        None is taken where it would come later than `within`: more than that is told. StoreError where the table fails.
        """
        now, gap = self._clock(), round(every * 1000)
        at = key(Partition.LANE.of(lane), "turn")
        if self._took_free(at, now, gap):
            return 0.0
        latest = now + round(within * 1000)
        added = {":gap": number(gap), ":latest": number(latest)}
        moved = self._calls.changed(
            at,
            UpdateExpression=f"ADD {NEXT} :gap",
            ConditionExpression=f"{NEXT} <= :latest",
            ExpressionAttributeValues=added,
        )
        if moved is None:
            return within + every
        return max(0, int(moved[NEXT]["N"]) - gap - now) / 1000

    def _took_free(self, at: dict[str, Any], now: int, gap: int) -> bool:
        """Whether nobody had a turn now or later, and this one is ours."""
        head = item(LANE, at, now // 1000 + KEPT_SECONDS)
        named = {name: value for name, value in head.items() if name not in {PARTITION_KEY, SORT_KEY}}
        written = {**named, NEXT: number(now + gap)}
        return self._calls.update(
            at,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
            ConditionExpression=f"attribute_not_exists(#{NEXT}) OR #{NEXT} <= :now",
            ExpressionAttributeNames={f"#{name}": name for name in written},
            ExpressionAttributeValues={
                **{f":{name}": value for name, value in written.items()},
                ":now": number(now),
            },
        )
