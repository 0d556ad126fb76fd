"""How the incident table is laid out: what infra declares, aws/ writes and the outbox reads.

| partition | sort | holds |
| --- | --- | --- |
| `I#<fingerprint>` | `incident` | the incident, without its count |
| | `sample#<event id>` | a redacted line |
| | `held-back#known`, `held-back#others` | of a flood: the causes that it folded |
| `C#<pack>#<shard>` | `count#<day>` | lines of up to 60 incidents by slot and hour: attributes `A00`, … `z23`, `AA00`, … |
| `G#<log group>#<shard>` | `count#<day>` | all lines of a log group, in slot `A`, for the reconciliation |
| `N#<log group>` | `new#<hour>` | the causes of an hour that were told one by one, in order: the slots of that hour's pack |
| `M#<owner>#<batch>` | `counted` | that this batch is counted for this owner |
| `T#<fingerprint>` | `turn#<turn>` | the outbox: written once, told once |
| `W#<hash of a log group>` | `<kind>#<service>#<name>` | one that writes to the group: a hint, to be verified |
| `W#survey` | `state` | how far the survey of those has come |
| `D#<fingerprint>` | `diagnosis` | what diagnose found last |
| `R#<fingerprint>` | `delivery#<delivery>#<generation>` | a receipt: a claim, or what the receiver answered |
| `Q#<outlet>` | `held#<time>#<fingerprint>#<turn>` | a turn that waits for the outlet's digest, deleted once told |
| `L#<link>` | `used` | that this link has acted |
| `P#<call> <account> <Region>` | `turn` | when the next call of a slow API may be made, by whichever function |
| `S#subscriber` | `state` | which log groups have our filter, and how far the subscriber has come |

The partition's first two characters are what each function's rights are bound to (infra/table_rights.py).
Every item has `item` (its kind), `layout` (the version of this page that it follows) and, once it may go, `expires`
(seconds since the epoch: the table's TTL).
"""

from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import Any


class Partition(StrEnum):
    """What a partition key begins with: the items behind it are written by the same functions."""

    INCIDENT = "I#"
    COUNT = "C#"
    GROUP = "G#"
    NEW = "N#"
    MARKER = "M#"
    TURN = "T#"
    DIAGNOSIS = "D#"
    RECEIPT = "R#"
    HELD = "Q#"
    LINK = "L#"
    WRITER = "W#"
    SUBSCRIBER = "S#"
    LANE = "P#"

    def of(self, name: str) -> str:
        """The partition key of what is told of `name`: a fingerprint, a log group, an owner and its batch."""
        return f"{self}{name}"


PARTITION_KEY = "pk"
SORT_KEY = "sk"
EXPIRES = "expires"
ITEM_KIND = "item"
LAYOUT_KEY = "layout"
LAYOUT = 1
"""The version of the layout above; it rises where an older item would be misread."""

INCIDENT = "incident"
SAMPLE = "sample"
HELD_BACK = "held-back"
HELD = "held"
COUNT = "count"
MARKER = "marker"
USED = "used"
NEW = "new"
DIAGNOSIS = "diagnosis"
DELIVERY = "delivery"
TURN = "turn"
WRITER = "writer"
SURVEY = "survey"
SUBSCRIBER = "subscriber"
LANE = "lane"

UNRESOLVED_INDEX = "unresolved"
"""KEYS_ONLY; holds the incidents that the recheck looks at, least recently rechecked first."""
UNRESOLVED_KEY = "unresolved"
"""The index's partition key (text): set until the incident is resolved."""
RECHECKED_KEY = "rechecked_at"
"""The index's sort key (number): milliseconds since the epoch."""

WATCHED = "yes"
"""Its value while it is watched."""
SILENCED = "silenced"
"""Its value of one that is muted or expected: told once a week."""
LIFE, VERSION = "life", "version"
LIFE_CYCLE = (LIFE, VERSION, RECHECKED_KEY, UNRESOLVED_KEY)
"""All that a life-cycle change writes of a stored incident."""

STREAM_VIEW = "NEW_IMAGE"
STREAM_FILTER: dict[str, Any] = {
    "eventName": ["INSERT"],
    "dynamodb": {"NewImage": {ITEM_KIND: {"S": [TURN]}}},
}
"""The event source mapping's filter: only the outbox reaches diagnose; all else is discarded unbilled.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
"""

SHARDS = 16
"""Partitions that one day's count is split over: one takes 1,000 write units a second, and deliveries come side by side."""
SLOTS = (*ascii_uppercase, *ascii_lowercase, *(f"A{letter}" for letter in ascii_uppercase))
"""Places of a pack, in which incidents that began together are counted together."""

CLAIM_MS = 120_000
"""How long a claimed delivery is nobody else's. Longer than notify may run, so an expired claim's owner is dead."""
