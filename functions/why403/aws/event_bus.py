"""Put an event on an EventBridge bus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.errors import DeliveryRefusedError, DeliveryRetryableError

REFUSED = frozenset({"ResourceNotFoundException", "AccessDeniedException", "ValidationException"})


def put_event(entry: Mapping[str, Any], *, client: Any) -> None:  # noqa: ANN401  # boto3's clients have no type
    """The bus took the entry. DeliveryRetryableError or DeliveryRefusedError where it did not."""
    bus = entry["EventBusName"]
    try:
        result = client.put_events(Entries=[dict(entry)])["Entries"][0]
        code = result.get("ErrorCode", "")
    except ClientError as error:
        code = error.response["Error"]["Code"]
    except BotoCoreError as error:
        raise DeliveryRetryableError(f"EventBridge did not answer ({type(error).__name__}).") from error
    if code in REFUSED:
        raise DeliveryRefusedError(
            f"The event bus {bus} refuses the event ({code}). Look at its name and policy."
        )
    if code:
        raise DeliveryRetryableError(f"The event bus {bus} did not take the event ({code}).")
