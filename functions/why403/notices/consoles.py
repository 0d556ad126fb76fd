"""Links into the AWS console, for every partition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_view-role-last-accessed.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/WhatIsCloudWatchLogs.html
"""

import re
from urllib.parse import quote

from why403.denials.masked import is_masked
from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.notices.naming import caller_arn, is_only_claimed
from why403.notices.notice import Links, Notice

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
RESOURCE_PAGES = {
    "sqs": "https://{region}.{console}/sqs/v3/home?region={region}#/queues/https%3A%2F%2Fsqs.{region}.amazonaws.com%2F{account}%2F{name}",
    "sns": "https://{region}.{console}/sns/v3/home?region={region}#/topic/{arn}",
    "s3": "https://{console}/s3/buckets/{name}?tab=permissions",
    "dynamodb": "https://{region}.{console}/dynamodbv2/home?region={region}#table?name={name}",
    "kms": "https://{region}.{console}/kms/home?region={region}#/kms/keys/{name}",
    "lambda": "https://{region}.{console}/lambda/home?region={region}#/functions/{name}",
    "states": "https://{region}.{console}/states/home?region={region}#/statemachines/view/{arn}",
    "ecr": "https://{region}.{console}/ecr/repositories/private/{account}/{name}?region={region}",
}
"""The console's page of a resource, by the service part of its ARN, where one address fits all of its resources."""
PLAIN_NAME = re.compile(r"[A-Za-z0-9._/-]{1,200}")
"""A name that an address takes as it is."""
KINDS = {
    "dynamodb": "table/",
    "kms": "key/",
    "lambda": "function:",
    "states": "stateMachine:",
    "ecr": "repository/",
}
"""How the resource part of such an ARN begins."""
WINDOW = 5 * 60 * 1000
"""Milliseconds of log shown before and after a line."""


def links_of(notice: Notice, page: str = "", act: str = "", log_region: str = "") -> Links:
    """Where the notice leads: `page` and `act` are the links to its fix page, the others follow from what it is about.

    `log_region`: where the log group is, if that is not where the workload is.
    """
    workload = notice.diagnosis.workload
    sample = next(iter(notice.samples), None)
    logs = ""
    if sample is not None:
        region = log_region or workload.region or notice.diagnosis.denial.region or ""
        logs = log_page(region, workload.partition, sample.log_group, sample.log_stream, sample.timestamp)
    return Links(page=page, act=act, logs=logs, caller=page_of_caller(notice))


def page_of_caller(notice: Notice) -> str:
    """The IAM console's page of who was denied; empty where nothing lets the workload be whom its line names."""
    return "" if is_only_claimed(notice) else caller_page(caller_arn(notice))


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


def resource_page(arn: str, region: str) -> str:
    """The console's page of a resource; empty where none is known. `region` where the ARN has none."""
    found = parse_arn(arn)
    if found is None or is_masked(arn) or found.service not in RESOURCE_PAGES:
        return caller_page(arn) if found is not None and found.service == "iam" else ""
    console, kind = CONSOLES.get(found.partition), KINDS.get(found.service, "")
    name = found.resource.removeprefix(kind)
    name = name.partition("/")[0] if found.service in {"s3", "dynamodb"} else name
    name = name.partition(":")[0] if found.service == "lambda" else name
    if console is None or not found.resource.startswith(kind) or not PLAIN_NAME.fullmatch(name):
        return ""
    where = {"region": found.region or region, "account": found.account, "name": name, "arn": arn}
    return RESOURCE_PAGES[found.service].format(console=console, **where)


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


def dashboard_page(place: Place, name: str) -> str:
    """The console's page of a dashboard; empty where it has no name. A link cannot choose what a widget shows."""
    console = CONSOLES.get(place.partition)
    if console is None or not name:
        return ""
    return (
        f"https://{place.region}.{console}/cloudwatch/home?region={quote(place.region)}"
        f"#dashboards/dashboard/{quote(name, safe='')}"
    )


def _twice(text: str) -> str:
    """As the console's fragments want a name: percent-encoded twice, `%` written `$`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")
