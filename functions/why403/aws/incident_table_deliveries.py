"""What diagnose found, and which deliveries are claimed or accepted."""

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from why403.aws.incident_table_calls import Item, TableCalls
from why403.aws.incident_table_items import key, number, text
from why403.incidents.hours import DAY
from why403.incidents.table_keys import CLAIM_MS, DELIVERY, DIAGNOSIS, EXPIRES, ITEM_KIND, SORT_KEY, TURN

CLAIMED = "claimed"
ACCEPTED = "accepted"
RELEASED = "released"


class Deliveries:
    """The items of `D#…`, but for the outbox."""

    def __init__(self, calls: TableCalls, retention_days: int, clock: Callable[[], int]) -> None:
        self._calls = calls
        self._retention_ms = retention_days * DAY
        self._clock = clock

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        """Replace the stored one, unless that is of a later generation. Compressed: an item holds 400 KB."""
        self._calls.put(
            {
                **key(f"D#{fingerprint}", DIAGNOSIS),
                ITEM_KIND: text(DIAGNOSIS),
                EXPIRES: self._expires(),
                "generation": number(generation),
                "diagnosis": {"B": gzip.compress(json.dumps(diagnosis).encode(), mtime=0)},
            },
            ConditionExpression=f"attribute_not_exists({SORT_KEY}) OR generation <= :generation",
            ExpressionAttributeValues={":generation": number(generation)},
        )

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        """The stored one."""
        item = self._calls.get(key(f"D#{fingerprint}", DIAGNOSIS))
        if item is None:
            return None
        found: Mapping[str, Any] = json.loads(gzip.decompress(item["diagnosis"]["B"]))
        return found

    def claim(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        """Conditional: a claim that stands, or an acceptance, refuses."""
        return self._calls.update(
            _key(fingerprint, generation, delivery),
            UpdateExpression="SET #status = :claimed, claimed_until = :until, #item = :item, delivery = :delivery, "
            f"{EXPIRES} = :expires",
            ConditionExpression="attribute_not_exists(#status) OR #status = :released "
            "OR (#status = :claimed AND claimed_until <= :now)",
            ExpressionAttributeNames={"#status": "status", "#item": ITEM_KIND},
            ExpressionAttributeValues={
                ":claimed": text(CLAIMED),
                ":released": text(RELEASED),
                ":until": number(now + CLAIM_MS),
                ":now": number(now),
                ":item": text(DELIVERY),
                ":delivery": text(delivery),
                ":expires": self._expires(),
            },
        )

    def finish(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        """Accepted for ever."""
        self._calls.update(
            _key(fingerprint, generation, delivery),
            UpdateExpression="SET #status = :accepted, #reference = :reference, #item = :item, delivery = :delivery, "
            f"{EXPIRES} = :expires",
            ExpressionAttributeNames={"#status": "status", "#reference": "reference", "#item": ITEM_KIND},
            ExpressionAttributeValues={
                ":accepted": text(ACCEPTED),
                ":reference": text(reference),
                ":item": text(DELIVERY),
                ":delivery": text(delivery),
                ":expires": self._expires(),
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
        for item in self._calls.query(f"D#{fingerprint}", f"{DELIVERY}#{delivery}#", backwards=True):
            if item["delivery"]["S"] == delivery and item["status"]["S"] == ACCEPTED:
                found: str = item["reference"]["S"]
                return found
        return None

    def left_of(self, fingerprint: str) -> tuple[int, int]:
        """The highest generation and turn that anything here was named by; 0 where there is nothing."""
        generation = turn = 0
        for item in self._calls.query(f"D#{fingerprint}"):
            kind, _, name = item[SORT_KEY]["S"].partition("#")
            if kind == TURN:
                turn = max(turn, int(name))
            elif kind == DIAGNOSIS:
                generation = max(generation, int(item["generation"]["N"]))
            elif kind == DELIVERY:
                generation = max(generation, int(name.rpartition("#")[2]))
        return max(generation, min(turn, 1)), turn

    def _expires(self) -> Item:
        return number((self._clock() + self._retention_ms) // 1000)


def _key(fingerprint: str, generation: int, delivery: str) -> Item:
    return key(f"D#{fingerprint}", f"{DELIVERY}#{delivery}#{generation:06d}")
