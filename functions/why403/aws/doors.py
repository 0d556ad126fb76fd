"""The doors of a deployed function: AWS's own, beside the HTTP that it is handed."""

import time
from functools import partial

from why403.aws.event_bus import put_event
from why403.aws.secrets import open_secrets
from why403.aws.session import client
from why403.aws.topic import publish
from why403.delivery.doors import Doors, Post


def open_doors(post: Post) -> Doors:
    """Secrets Manager, SNS and EventBridge with the function's own credentials."""
    return Doors(
        secret=open_secrets().read,
        is_renewed=open_secrets().is_renewed,
        post=post,
        publish=partial(publish, client=client("sns")),
        put_event=partial(put_event, client=client("events")),
        wait=time.sleep,
    )
