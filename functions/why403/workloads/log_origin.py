"""What the place of a log line tells about the workload: the names of its group and stream, and who it names.

Stream names: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html and
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
"""

import re
from dataclasses import dataclass, field

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.workloads.line_fields import LineFields, fields_of

_TASK = r"(?P<task>[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_AWSLOGS_STREAM = re.compile(
    rf"(?P<prefix>.+)/(?P<container>[\w-]{{1,255}})/(?:{_TASK}|[\w-]{{1,64}})", re.ASCII
)
"""The awslogs driver's `prefix/container/task`; a Batch job or another runtime has an id of its own at the end."""
_FIRELENS_STREAM = re.compile(rf"(?P<container>.+)-firelens-{_TASK}", re.ASCII)
"""FireLens's tag, as its own configuration makes streams of it."""
_LAMBDA_STREAM = re.compile(
    r"\d{4}/\d{2}/\d{2}/(?P<name>[\w-]{0,64})\[(?P<version>\$LATEST|\d{1,20})\]\[?[\w-]{0,64}\]?", re.ASCII
)
"""A date, and the version in brackets; before it the function's name where several share a group."""
_INSTANCE = re.compile(r"(?<![\w-])i-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])", re.ASCII)
"""As agents name streams: an instance's id as a word of its own."""
_ADDRESS_NAME = re.compile(r"(?<![\w-])ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?![\w])", re.ASCII)
"""EC2's private host names, as syslog and kubelets name streams: ip-10-0-1-23."""
LONGEST_NAME = 512
"""CloudWatch Logs names no group or stream longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrigin:
    """Empty text: it does not tell. `message` is the line itself, for the kinds that write their ARN into it."""

    log_group: str = ""
    log_stream: str = ""
    message: str = ""
    principal: str = ""
    container: str = ""
    prefix: str = ""
    """The awslogs stream prefix."""
    routed: bool = False
    """The stream is named by FireLens: `container` may have a prefix in front."""
    task: str = ""
    """An ECS task's id."""
    function: str = ""
    version: str = ""
    """A Lambda function's version: `$LATEST` or a number."""
    instance: str = ""
    address: str = ""
    """A private address, from a host's name."""
    line: LineFields = field(default_factory=LineFields)
    """What the line itself says of who wrote it: to be held against AWS's answers."""


def origin_of(denial: Denial, event: LogEvent, place: Place) -> LogOrigin:
    """Everything that group, stream and line tell, before anything is asked."""
    stream = event.log_stream[:LONGEST_NAME]
    driven, routed = _AWSLOGS_STREAM.fullmatch(stream), _FIRELENS_STREAM.fullmatch(stream)
    task = driven or routed
    function = _LAMBDA_STREAM.fullmatch(stream)
    instance = _INSTANCE.search(stream)
    address = _ADDRESS_NAME.search(stream)
    return LogOrigin(
        log_group=event.log_group[:LONGEST_NAME],
        log_stream=stream,
        message=event.message,
        principal=denial.principal or "",
        container=task["container"] if task else "",
        prefix=driven["prefix"] if driven else "",
        routed=driven is None and routed is not None,
        task=(task["task"] or "") if task else "",
        function=function["name"] if function else "",
        version=function["version"] if function else "",
        instance=instance[0] if instance else "",
        address=".".join(address.groups()) if address else "",
        line=fields_of(event.message, event.log_group, place),
    )
