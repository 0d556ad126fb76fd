"""Links into the AWS console, for every partition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_view-role-last-accessed.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/WhatIsCloudWatchLogs.html
"""

from urllib.parse import quote

from why403.denials.masked import is_masked
from why403.iam.principal import PrincipalKind, parse_principal
from why403.notices.naming import caller_arn
from why403.notices.notice import Links, Notice

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
WINDOW = 5 * 60 * 1000
"""Milliseconds of log shown before and after a line."""


def links_of(notice: Notice, page: str = "", act: str = "") -> Links:
    """Where the notice leads: `page` and `act` are the links to its fix page, the others follow from what it is about."""
    workload = notice.diagnosis.workload
    sample = next(iter(notice.samples), None)
    logs = ""
    if sample is not None:
        region = workload.region or notice.diagnosis.denial.region or ""
        logs = log_page(region, workload.partition, sample.log_group, sample.log_stream, sample.timestamp)
    return Links(page=page, act=act, logs=logs, caller=caller_page(caller_arn(notice)))


def caller_page(arn: str) -> str:
    """The IAM console's page of a role or user; empty for other callers, and for a masked one."""
    if is_masked(arn):
        return ""
    principal = parse_principal(arn)
    console = CONSOLES.get(principal.partition)
    if console is None or not principal.name:
        return ""
    match principal.kind:
        case PrincipalKind.ROLE | PrincipalKind.ASSUMED_ROLE:
            kind = "roles"
        case PrincipalKind.USER:
            kind = "users"
        case _:
            return ""
    return f"https://{console}/iam/home#/{kind}/details/{quote(principal.name, safe='')}"


def log_page(region: str, partition: str, log_group: str, log_stream: str, timestamp: int) -> str:
    """The CloudWatch console around a line; empty where Region or log group are not known."""
    console = CONSOLES.get(partition)
    if console is None or not region or not log_group:
        return ""
    place = f"log-group/{_twice(log_group)}"
    if log_stream:
        place += f"/log-events/{_twice(log_stream)}"
        if timestamp:
            around = f"?start={timestamp - WINDOW}&end={timestamp + WINDOW}"
            place += quote(around, safe="").replace("%", "$")
    return f"https://{region}.{console}/cloudwatch/home?region={quote(region)}#logsV2:log-groups/{place}"


def _twice(text: str) -> str:
    """As the console's fragments want a name: percent-encoded twice, `%` written `$`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")
