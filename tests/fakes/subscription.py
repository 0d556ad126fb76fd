"""What CloudWatch Logs sends a subscribed function."""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Any

OWNER = "123456789012"


def payload(
    events: Iterable[Mapping[str, Any]],
    *,
    log_group: str = "scout-admin-dev",
    log_stream: str = "laravel-server",
) -> dict[str, Any]:
    """The event of an invocation: `events` have id, timestamp and message."""
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": OWNER,
        "logGroup": log_group,
        "logStream": log_stream,
        "subscriptionFilters": ["why403"],
        "logEvents": list(events),
    }
    return packed(body)


def packed(body: object) -> dict[str, Any]:
    """Any JSON as CloudWatch Logs packs it."""
    data = gzip.compress(json.dumps(body).encode(), compresslevel=1)
    return {"awslogs": {"data": base64.b64encode(data).decode()}}


def denied(role: str, action: str, resource: str, *, session: str = "task-1") -> str:
    """AWS's own sentence for an implicit denial."""
    return (
        f"An error occurred (AccessDenied) when calling the {action.partition(':')[2]} operation: User: "
        f"arn:aws:sts::{OWNER}:assumed-role/{role}/{session} is not authorized to perform: {action} on resource: "
        f"{resource} because no identity-based policy allows the {action} action"
    )
