"""Which pod wrote a line: from the group, the stream's name, or the fields that Fluent Bit adds to the line.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-setup-logs-FluentBit.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from why403.workloads.log_origin import LogOrigin

_STREAM = re.compile(
    r"var\.log\.containers\.(?P<pod>[a-z0-9.-]{1,253})_(?P<namespace>[a-z0-9-]{1,63})_(?P<container>[a-z0-9-]{1,63})-"
    r"[0-9a-f]{12,64}"
)
LONGEST_LINE = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """Empty text: not known."""

    cluster: str
    name: str = ""
    namespace: str = ""
    container: str = ""
    service_account: str = ""


def pod_of(origin: LogOrigin) -> Pod:
    """The pod, as far as group, stream and line tell."""
    parts = origin.log_group.split("/")
    cluster = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004  # /aws/containerinsights/CLUSTER/…
    fields = _fields(origin.message)
    stream = _STREAM.search(origin.log_stream)
    return Pod(
        cluster=cluster,
        name=fields.get("pod_name") or (stream["pod"] if stream else ""),
        namespace=fields.get("namespace_name") or (stream["namespace"] if stream else ""),
        container=fields.get("container_name") or (stream["container"] if stream else ""),
        service_account=fields.get("service_account_name", ""),
    )


def _fields(message: str) -> dict[str, str]:
    if not message.startswith("{") or len(message) > LONGEST_LINE:
        return {}
    try:
        line = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    fields = line.get("kubernetes") if isinstance(line, Mapping) else None
    if not isinstance(fields, Mapping):
        return {}
    return {str(name): value for name, value in fields.items() if isinstance(value, str)}
