"""Which pod wrote a line: from the group, the stream's name, or what Fluent Bit and OpenTelemetry say in the line.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-setup-logs-FluentBit.html
"""

import re
from dataclasses import dataclass

from why403.workloads.log_origin import LogOrigin

_STREAM = re.compile(
    r"var\.log\.containers\.(?P<pod>[a-z0-9.-]{1,253})_(?P<namespace>[a-z0-9-]{1,63})_(?P<container>[a-z0-9-]{1,63})-"
    r"[0-9a-f]{12,64}"
)
"""A container's log file on its node: pod, namespace and container, then its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """Empty text: not known."""

    name: str = ""
    namespace: str = ""
    container: str = ""
    service_account: str = ""


def pod_of(origin: LogOrigin) -> Pod:
    """The pod, as far as stream and line tell: the stream's name outranks the line, which anybody may have written."""
    stream, line = _STREAM.search(origin.log_stream), origin.line
    if stream is None:
        return Pod(
            name=line.pod,
            namespace=line.namespace,
            container=line.container,
            service_account=line.service_account,
        )
    same = line.pod == stream["pod"] and line.namespace == stream["namespace"]
    return Pod(
        name=stream["pod"],
        namespace=stream["namespace"],
        container=stream["container"],
        service_account=line.service_account if same else "",
    )
