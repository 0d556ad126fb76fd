"""Log lines as triage gets them: only such as pass the subscription's filter, and no two the same.

What varies in a real log varies here: times, request ids, trace ids, task ids. Causes are the lines of the cases,
denials of many SDKs and lookalikes, or as many made ones as are wanted.
"""

import base64
import gzip
import json
import re
from pathlib import Path
from random import Random
from typing import Any

from why403.denials.filter_terms import filter_terms

CASES = Path(__file__).parent.parent / "tests" / "cases" / "denials"
LONGEST = 1_500
"""Characters: longer cases are there to test limits, and no log's everyday."""
FRAMES = (
    "{message}",
    "{date}T{time}.{ms:03d}Z ERROR [nio-8080-exec-{small}] c.e.orders.Orders : {message}",
    '{{"level":"error","time":"{date}T{time}.{ms:03d}Z","traceId":"{trace}","msg":{quoted}}}',
    '{{"level":50,"time":{epoch},"pid":17,"hostname":"ip-10-0-1-20","reqId":"{uuid}","msg":{quoted}}}',
    "{date} {time},{ms:03d} - orders - ERROR - [{uuid}] {message}",
    'time="{date}T{time}Z" level=error msg={quoted} trace_id={trace}',
)
MADE = (
    (
        "An error occurred (AccessDenied) when calling the SendMessage operation: User: arn:aws:sts::123456789012:assumed-role/orders-{cause}/{task} is not "
        "authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:123456789012:orders-{cause} because no identity-based policy allows the "
        "sqs:SendMessage action"
    ),
    (
        "operation error S3: GetObject, https response error StatusCode: 403, RequestID: {upper}, HostID: {host}, api error AccessDenied: User: "
        "arn:aws:sts::123456789012:assumed-role/reports-{cause}/{task} is not authorized to perform: s3:GetObject on resource: "
        '"arn:aws:s3:::reports-{cause}/2026/part-{task}.parquet" with an explicit deny in a resource-based policy'
    ),
    (
        "software.amazon.awssdk.services.dynamodb.model.DynamoDbException: User: arn:aws:sts::123456789012:assumed-role/carts-{cause}/{task} is not authorized "
        "to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/carts-{cause} because no identity-based policy allows the "
        "dynamodb:PutItem action (Service: DynamoDb, Status Code: 400, Request ID: {request})"
    ),
)
ID = re.compile(
    r"(?<![\w-])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,64}|[0-9A-Z]{16})(?![\w-])"
)
"""What is drawn anew in each line of a case: UUIDs, long hexadecimal ids, S3's request ids."""


def case_causes(number: int) -> tuple[str, ...]:
    """So many lines of the cases that pass the filter, two denials to one of the others."""
    random = Random(403)  # noqa: S311  # the same causes in every run
    cases = [case for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text())]
    fit = [case for case in cases if len(case["message"]) <= LONGEST and _passes(case["message"])]
    denials = {case["message"] for case in fit if case["expect"][0]["verdict"] == "missing-permission"}
    others = {case["message"] for case in fit} - denials
    return (
        *random.sample(sorted(denials), number - number // 3),
        *random.sample(sorted(others), number // 3),
    )


def made_causes(number: int) -> tuple[str, ...]:
    """So many denials, each with a role and a resource of its own."""
    return tuple(MADE[cause % len(MADE)].replace("{cause}", str(cause)) for cause in range(number))


def lines(causes: tuple[str, ...], number: int, seed: int = 403) -> list[str]:
    """`number` lines, the causes in turn, each in a frame; no two are the same."""
    random = Random(seed)  # noqa: S311  # the same lines in every run
    return [_framed(causes[at % len(causes)], random, at) for at in range(number)]


def payload(messages: list[str], first: int = 0) -> dict[str, Any]:
    """One delivery, as CloudWatch Logs sends it. `first` is the number of its first line, of which come ids and times."""
    now = 1_764_000_000_000
    entries = [
        {"id": f"{403 * number + now:056d}", "timestamp": now + number, "message": message}
        for number, message in enumerate(messages, first)
    ]
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/ecs/orders",
        "logStream": "app/1",
        "subscriptionFilters": ["why403"],
        "logEvents": entries,
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def _passes(message: str) -> bool:
    return any(term in message for term in filter_terms())


def _framed(cause: str, random: Random, at: int) -> str:
    message = _drawn(cause, random)
    frame = FRAMES[0] if message.startswith(("{", "[")) else random.choice(FRAMES)
    second = random.randrange(86_400)
    varied = frame.format(
        message=message,
        quoted=json.dumps(message),
        date=f"2026-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
        time=f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}",
        ms=random.randrange(1_000),
        epoch=1_764_000_000_000 + random.randrange(10**10),
        small=random.randint(1, 9),
        trace=f"{random.getrandbits(128):032x}",
        uuid=_uuid(random),
    )
    return varied if message != cause or frame != FRAMES[0] else f"{varied} [{at + 10**9}]"


def _drawn(cause: str, random: Random) -> str:
    """The cause with ids of its own."""
    message = ID.sub(lambda match: _like(match[0], random), cause)
    for name, value in (
        ("{task}", f"{random.getrandbits(128):032x}"),
        ("{request}", _uuid(random)),
        ("{upper}", "".join(random.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=16))),
        ("{host}", base64.b64encode(random.randbytes(56)).decode()),
    ):
        message = message.replace(name, value)
    return message


def _like(known: str, random: Random) -> str:
    if "-" in known:
        return _uuid(random)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if known.upper() == known else "0123456789abcdef"
    return "".join(random.choices(letters, k=len(known)))


def _uuid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
