"""The outbox: the table's stream tells each new turn of an incident, and the topic carries it on.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import json
from collections.abc import Mapping
from typing import Any

from why403.errors import PayloadError
from why403.incidents.table_keys import ITEM_KIND, TURN
from why403.incidents.transition import Transition, Turn


def parse_stream_record(record: Mapping[str, Any]) -> Turn | None:
    """The turn that one DynamoDB stream record inserts; None for the table's other items and events.

    PayloadError where it claims to be a turn and is none.
    """
    image = record.get("dynamodb", {}).get("NewImage", {})
    if record.get("eventName") != "INSERT" or image.get(ITEM_KIND, {}).get("S") != TURN:
        return None
    return parse_turn(image.get("message", {}).get("S", ""))


def parse_turn(message: str) -> Turn:
    """The turn that a message of the incidents topic carries; PayloadError where it is none."""
    try:
        fields = json.loads(message)
        return Turn(
            fingerprint=str(fields["fingerprint"]),
            generation=int(fields["generation"]),
            transition=Transition(fields["transition"]),
            turn=int(fields.get("turn", 0)),
            at=int(fields.get("at", 0)),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PayloadError(
            f"The incidents topic carried something that is no incident's transition: {error!r}. "
            "It was kept in the dead-letter queue; read it there before redriving it."
        ) from error


def turn_message(turn: Turn) -> str:
    """The JSON text of the turn, keys in a fixed order."""
    return json.dumps(
        {
            "fingerprint": turn.fingerprint,
            "generation": turn.generation,
            "transition": turn.transition.value,
            "turn": turn.turn,
            "at": turn.at,
        }
    )
