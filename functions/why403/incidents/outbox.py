"""The outbox: the table's stream tells each new turn of an incident, and the topic carries it on.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from why403.errors import PayloadError
from why403.incidents.incident import Severity
from why403.incidents.stored import check_layout, known_or
from why403.incidents.table_keys import ITEM_KIND, LAYOUT, LAYOUT_KEY, TURN
from why403.incidents.transition import Transition, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTurn:
    """A turn that an outlet has to be told with others, and what its place among them hangs on."""

    turn: Turn
    severity: Severity
    log_group: str


def parse_stream_record(record: Mapping[str, Any]) -> Turn | None:
    """The turn that one DynamoDB stream record inserts; None for the table's other items and events.

    PayloadError where it claims to be a turn and is none.
    """
    image = record.get("dynamodb", {}).get("NewImage", {})
    if record.get("eventName") != "INSERT" or image.get(ITEM_KIND, {}).get("S") != TURN:
        return None
    return parse_turn(image.get("message", {}).get("S", ""))


def parse_turn(message: str) -> Turn:
    """The turn that a message of the incidents topic carries; PayloadError where it is none.

    StoreError where it is of a later layout.
    """
    try:
        fields = json.loads(message)
        check_layout(fields.get(LAYOUT_KEY))
        return Turn(
            fingerprint=str(fields["fingerprint"]),
            generation=int(fields["generation"]),
            transition=known_or(Transition.UNKNOWN, fields["transition"]),
            turn=int(fields.get("turn", 0)),
            at=int(fields.get("at", 0)),
            as_read=message,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PayloadError(
            f"The incidents topic carried something that is no incident's transition: {error!r}. "
            "It was kept in the dead-letter queue; read it there before redriving it."
        ) from error


def turn_message(turn: Turn) -> str:
    """The JSON text of the turn, keys in a fixed order; what another version told beside them stays in it."""
    told = {
        "fingerprint": turn.fingerprint,
        "generation": turn.generation,
        "transition": turn.transition.value,
        "turn": turn.turn,
        "at": turn.at,
        LAYOUT_KEY: LAYOUT,
    }
    read = json.loads(turn.as_read or "{}")
    if turn.transition is Transition.UNKNOWN and read:
        told["transition"] = read["transition"]
    return json.dumps({**told, **read, **told})
