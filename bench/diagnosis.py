"""CPU of a whole diagnosis, proof included, for a role with many long policies: seconds, and how they grow."""

import itertools
import json
import random
import time
from collections.abc import Iterable, Mapping
from typing import Any

from why403.aws.reader import Reader, key_of
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.reads import Plan, Reply

from bench.account import talking_to
from bench.figure import Figure
from bench.noting import noting
from demo.application import Application
from demo.emulator import ACCOUNT, Emulator, emulator
from demo.incident import LOG_GROUP, LOG_STREAM, TASK_ROLE, create_incident

NOW = 1_790_000_000_000
"""Milliseconds: a fixed moment, so that runs are alike."""
COUNTS = (1, 10, 20)
"""20 is the most that AWS attaches to a role after a raised quota."""
SIZE = 6_000
"""Characters without blanks; IAM takes 6,144 in a managed policy."""
CONDITIONAL = 0.3
"""The share of statements with a condition."""
GROWTH = 1.1
"""Times as many policies may take so much more than as many times the CPU: the law is linear."""
CEILING = 3.0
"""Seconds of CPU: what a function of a third of a vCPU does in ten seconds."""
Replies = Mapping[str, Reply]
SERVICES = {
    "dynamodb": ("GetItem", "PutItem", "Query", "UpdateItem", "BatchGetItem"),
    "s3": ("GetObject", "PutObject", "DeleteObject", "ListBucket"),
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "SendMessage"),
    "logs": ("PutLogEvents", "CreateLogStream", "FilterLogEvents"),
    "kms": ("Decrypt", "GenerateDataKey", "DescribeKey"),
    "sns": ("Publish", "Subscribe", "GetTopicAttributes"),
}


def run() -> Iterable[Figure]:
    """The demo's incident with ever more policies attached to its role; AWS's answers are replayed while we measure."""
    with emulator() as account, talking_to(account):
        line = Application(account, create_incident(account)).send_job() or ""
        event = LogEvent(line, LOG_GROUP, LOG_STREAM, NOW)
        place = Place(ACCOUNT, account.region)
        attached, seconds = 0, {}
        for count in COUNTS:
            _attach(account, range(attached, count))
            attached = count
            seconds[count] = _measured(event, place)
            yield Figure(f"CPU, {count} policies of 6 KB", seconds[count], "s", at_most=CEILING)
    for fewer, more in itertools.pairwise(COUNTS):
        growth = seconds[more] / seconds[fewer]
        yield Figure(f"CPU, {more} ÷ {fewer} policies", growth, "×", at_most=GROWTH * more / fewer)


def _measured(event: LogEvent, place: Place) -> float:
    replies: dict[str, Reply] = {}
    Reader(place).run(noting(_plan(event, place), replies))
    start = time.process_time()
    _replayed(_plan(event, place), replies)
    return time.process_time() - start


def _plan(event: LogEvent, place: Place) -> Plan[Diagnosis]:
    return diagnose(classify(event)[0], event, place, now=NOW)


def _replayed(plan: Plan[Diagnosis], replies: Replies) -> None:
    try:
        reads = next(plan)
        while True:
            reads = plan.send(tuple(replies[key_of(read)] for read in reads))
    except StopIteration:
        return


def _attach(account: Emulator, numbers: Iterable[int]) -> None:
    iam = account.session().client("iam", endpoint_url=account.endpoint)
    for number in numbers:
        made = iam.create_policy(PolicyName=f"team-{number}", PolicyDocument=json.dumps(long_policy(number)))
        iam.attach_role_policy(RoleName=TASK_ROLE, PolicyArn=made["Policy"]["Arn"])


def long_policy(number: int) -> dict[str, Any]:
    """A policy as long as IAM takes it, of several services, each statement on resources of its own."""
    rng = random.Random(number)  # noqa: S311 - the same policies in every run
    statements: list[dict[str, Any]] = []
    document = {"Version": "2012-10-17", "Statement": statements}
    while True:
        statements.append(_statement(rng, f"T{number}S{len(statements)}"))
        if len(json.dumps(document, separators=(",", ":"))) > SIZE:
            statements.pop()
            return document


def _statement(rng: random.Random, sid: str) -> dict[str, Any]:
    service = rng.choice(tuple(SERVICES))
    actions = rng.sample(SERVICES[service], rng.randint(1, 3))
    names = (
        f"{rng.choice(('orders', 'mail', 'users', 'jobs'))}-{rng.randint(0, 999)}"
        for _ in range(rng.randint(1, 3))
    )
    found: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": [f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}" for name in names],
    }
    if rng.random() < CONDITIONAL:
        found["Condition"] = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}
    return found
