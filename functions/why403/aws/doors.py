"""The doors of a deployed function: AWS's own, beside the HTTP that it is handed.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.secrets import open_secrets
from why403.aws.session import client
from why403.aws.topic import publish
from why403.delivery.doors import Doors, Post
from why403.errors import DeliveryRefusedError, DeliveryRetryableError

_REFUSED = frozenset({"ResourceNotFoundException", "AccessDeniedException", "ValidationException"})


def open_doors(post: Post) -> Doors:
    """Secrets Manager, SNS and EventBridge with the function's own credentials."""
    return Doors(
        secret=open_secrets().read,
        is_renewed=open_secrets().is_renewed,
        post=post,
        publish=partial(publish, client=client("sns")),
        put_event=partial(_put_event, client=client("events")),
        wait=time.sleep,
    )


def _put_event(entry: Mapping[str, Any], *, client: Any) -> None:  # noqa: ANN401  # boto3's clients have no type
    """The bus took the entry. DeliveryRetryableError or DeliveryRefusedError where it did not."""
    bus = entry["EventBusName"]
    try:
        result = client.put_events(Entries=[dict(entry)])["Entries"][0]
        code = result.get("ErrorCode", "")
    except ClientError as error:
        code = error.response["Error"]["Code"]
    except BotoCoreError as error:
        raise DeliveryRetryableError(f"EventBridge did not answer ({type(error).__name__}).") from error
    if code in _REFUSED:
        raise DeliveryRefusedError(
            f"The event bus {bus} refuses the event ({code}). Look at its name and policy."
        )
    if code:
        raise DeliveryRetryableError(f"The event bus {bus} did not take the event ({code}).")
