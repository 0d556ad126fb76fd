"""What diagnose found, and which deliveries are claimed or accepted."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from why403.aws.incident_table_calls import Item, TableCalls
from why403.aws.incident_table_items import item, key, number, text
from why403.incidents.hours import DAY
from why403.incidents.incident import Severity
from why403.incidents.outbox import HeldTurn, parse_turn, turn_message
from why403.incidents.stored import known_or
from why403.incidents.table_keys import (
    CLAIM_MS,
    DELIVERY,
    DIAGNOSIS,
    EXPIRES,
    HELD,
    ITEM_KIND,
    LAYOUT,
    LAYOUT_KEY,
    SORT_KEY,
    Partition,
)
from why403.incidents.transition import Turn

CLAIMED = "claimed"
ACCEPTED = "accepted"
RELEASED = "released"
RECEIPT = f"#item = :item, delivery = :delivery, {LAYOUT_KEY} = :layout, {EXPIRES} = :expires"


class Deliveries:
    """The diagnoses and the receipts."""

    def __init__(self, calls: TableCalls, retention_days: int, clock: Callable[[], int]) -> None:
        self._calls = calls
        self._retention_ms = retention_days * DAY
        self._clock = clock

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        """Replace the stored one, unless that is of a later generation. Compressed: an item holds 400 KB."""
        self._calls.put(
            {
                **item(DIAGNOSIS, key(Partition.DIAGNOSIS.of(fingerprint), DIAGNOSIS), self._expires()),
                "generation": number(generation),
                "diagnosis": {"B": gzip.compress(json.dumps(diagnosis).encode(), mtime=0)},
            },
            ConditionExpression=f"attribute_not_exists({SORT_KEY}) OR generation <= :generation",
            ExpressionAttributeValues={":generation": number(generation)},
        )

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        """The stored one."""
        stored = self._calls.get(key(Partition.DIAGNOSIS.of(fingerprint), DIAGNOSIS))
        if stored is None:
            return None
        found: Mapping[str, Any] = json.loads(gzip.decompress(stored["diagnosis"]["B"]))
        return found

    def claim(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        """Conditional: a claim that stands, or an acceptance, refuses.

        A status of a newer version is a claim: it stands until its time, where it has one. Twice told is not lost.
        """
        return self._calls.update(
            _key(fingerprint, generation, delivery),
            UpdateExpression=f"SET #status = :claimed, claimed_until = :until, {RECEIPT}",
            ConditionExpression="attribute_not_exists(#status) OR #status = :released OR (#status <> :accepted "
            "AND (claimed_until <= :now OR (#status <> :claimed AND attribute_not_exists(claimed_until))))",
            ExpressionAttributeNames={"#status": "status", "#item": ITEM_KIND},
            ExpressionAttributeValues={
                ":claimed": text(CLAIMED),
                ":accepted": text(ACCEPTED),
                ":released": text(RELEASED),
                ":until": number(now + CLAIM_MS),
                ":now": number(now),
                **self._receipt(delivery),
            },
        )

    def finish(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        """Accepted for ever."""
        self._calls.update(
            _key(fingerprint, generation, delivery),
            UpdateExpression=f"SET #status = :accepted, #reference = :reference, {RECEIPT}",
            ExpressionAttributeNames={"#status": "status", "#reference": "reference", "#item": ITEM_KIND},
            ExpressionAttributeValues={
                ":accepted": text(ACCEPTED),
                ":reference": text(reference),
                **self._receipt(delivery),
            },
        )

    def release(self, fingerprint: str, generation: int, delivery: str) -> None:
        """Only a claim is released; an acceptance stays."""
        self._calls.update(
            _key(fingerprint, generation, delivery),
            UpdateExpression="SET #status = :released",
            ConditionExpression="#status = :claimed",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":released": text(RELEASED), ":claimed": text(CLAIMED)},
        )

    def reference(self, fingerprint: str, delivery: str) -> str | None:
        """Of the newest generation that has one."""
        receipts = self._calls.query(
            Partition.RECEIPT.of(fingerprint), f"{DELIVERY}#{delivery}#", backwards=True
        )
        for one in receipts:
            if one["delivery"]["S"] == delivery and one["status"]["S"] == ACCEPTED:
                found: str = one["reference"]["S"]
                return found
        return None

    def hold(self, outlet: str, held: HeldTurn, now: int) -> None:
        """Under its own turn's moment: the same item however often it is held."""
        where = key(Partition.HELD.of(outlet), _held_name(held.turn))
        told = {"severity": text(held.severity), "log_group": text(held.log_group)}
        kept = item(HELD, where, (now + self._retention_ms) // 1000)
        self._calls.put({**kept, **told, "message": text(turn_message(held.turn))})

    def held(self, outlet: str) -> Iterator[HeldTurn]:
        """Oldest first."""
        for one in self._calls.query(Partition.HELD.of(outlet)):
            yield HeldTurn(
                turn=parse_turn(one["message"]["S"]),
                severity=known_or(Severity.HIGH, one["severity"]["S"]),
                log_group=one["log_group"]["S"],
            )

    def let_go(self, outlet: str, held: Iterable[HeldTurn]) -> None:
        """One call each."""
        for one in held:
            self._calls.delete(key(Partition.HELD.of(outlet), _held_name(one.turn)))

    def left_of(self, fingerprint: str) -> tuple[int, int]:
        """The highest generation and turn that anything here was named by; 0 where there is nothing."""
        turns = self._calls.query(Partition.TURN.of(fingerprint), backwards=True)
        turn = next((int(_last(one)) for one in turns), 0)
        receipts = self._calls.query(Partition.RECEIPT.of(fingerprint))
        diagnosis = self._calls.get(key(Partition.DIAGNOSIS.of(fingerprint), DIAGNOSIS))
        diagnosed = int(diagnosis["generation"]["N"]) if diagnosis else 0
        return max([min(turn, 1), diagnosed, *(int(_last(one)) for one in receipts)]), turn

    def _receipt(self, delivery: str) -> Item:
        return {
            ":item": text(DELIVERY),
            ":delivery": text(delivery),
            ":layout": number(LAYOUT),
            ":expires": number(self._expires()),
        }

    def _expires(self) -> int:
        return (self._clock() + self._retention_ms) // 1000


def _held_name(turn: Turn) -> str:
    return f"{HELD}#{turn.at:015d}#{turn.fingerprint}#{turn.turn:08d}"


def _last(item: Item) -> str:
    """The number that ends an item's sort key."""
    name: str = item[SORT_KEY]["S"]
    return name.rpartition("#")[2]


def _key(fingerprint: str, generation: int, delivery: str) -> Item:
    return key(Partition.RECEIPT.of(fingerprint), f"{DELIVERY}#{delivery}#{generation:06d}")
