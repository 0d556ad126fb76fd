"""The reader's rounds, where a client does what no client should."""

from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse
from why403.aws.budget import RunLimits
from why403.aws.failures import failure_of
from why403.aws.rates import rate_of
from why403.aws.reader import Reader
from why403.aws.session import READING, Clients
from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Failure, Plan, Reply, Unreadable

PLACE = Place("123456789012", "ap-northeast-1", "aws")
READ = DeclaredRead("sqs", "ListQueues", "A test.")


class Broken(Clients):
    """Clients that cannot be made, for a reason that nobody has thought of."""

    def __init__(self) -> None:
        """Without a session."""

    def get(self, *_: object, **__: object) -> Any:
        raise NotImplementedError("not today")


def asks_once() -> Plan[Reply]:
    (reply,) = yield (READ.of(),)
    return reply


def test_a_client_that_throws_leaves_an_unreadable_and_no_round_that_waits() -> None:
    reader = Reader(PLACE, clients=Broken())
    reply = reader.run(asks_once())

    assert isinstance(reply, Unreadable)
    assert (reply.failure, reply.error) == (Failure.MALFORMED, "NotImplementedError")
    assert reader.answered == 0


def answered(*, label: str, body: bytes) -> Reply:
    """What is read of such an answer to sqs:ListQueues (a JSON protocol)."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "made-up", region_name=PLACE.region)
    clients = Clients(session, READING)
    headers = HTTPHeaders()
    headers["content-type"] = label
    answer = AWSResponse("https://sqs", 200, headers, HTTPResponse(BytesIO(body), preload_content=False))
    clients.get("sqs", PLACE.region).meta.events.register("before-send", lambda **_: answer)
    return Reader(PLACE, clients=clients, sleep=lambda _: None).run(asks_once())


@pytest.mark.parametrize(
    "label", ["application/x-amz-json-1.0", "text/html; charset=utf-8", "text/plain", ""]
)
def test_how_a_body_is_labelled_says_nothing(label: str) -> None:
    reply = answered(label=label, body=b'{"QueueUrls": ["https://sqs/orders"]}')

    assert isinstance(reply, Answer)
    assert reply.texts("QueueUrls") == ("https://sqs/orders",)


@pytest.mark.parametrize("body", [b"\n<!DOCTYPE html><title>Sign in</title>", b"<html/>", b'{"Queue', b"[]"])
def test_a_page_or_a_torn_body_is_never_read_as_an_empty_answer(body: bytes) -> None:
    reply = answered(label="application/x-amz-json-1.0", body=body)

    assert isinstance(reply, Unreadable)
    assert (reply.failure, reply.error) == (Failure.MALFORMED, "MalformedAnswer")


def pages_of_queues(limits: RunLimits) -> tuple[Reply, Reader, list[float]]:
    """What is read of ten pages of queues, by whom, and how long was waited for turns."""
    waited: list[float] = []
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "made-up", region_name=PLACE.region)
    clients = Clients(session, READING)

    def page(**_: object) -> AWSResponse:
        body = b'{"QueueUrls": ["https://sqs/orders"], "NextToken": "more"}'
        return AWSResponse(
            "https://sqs", 200, HTTPHeaders(), HTTPResponse(BytesIO(body), preload_content=False)
        )

    clients.get("sqs", PLACE.region).meta.events.register("before-send", page)
    reader = Reader(PLACE, clients=clients, limits=limits, clock=lambda: 0.0, sleep=waited.append)
    return reader.run(asks_for_pages()), reader, waited


def asks_for_pages() -> Plan[Reply]:
    (reply,) = yield (READ.of(pages=100),)
    return reply


def test_each_page_counts_as_the_call_that_it_is() -> None:
    reply, reader, _ = pages_of_queues(RunLimits(calls=500))

    assert isinstance(reply, Answer)
    assert reader.calls == len(reply.texts("QueueUrls")) == 100


def test_pages_wait_for_their_turn_like_any_call() -> None:
    _, _, waited = pages_of_queues(RunLimits(calls=500))

    assert len(waited) == 100 - int(rate_of("sqs:ListQueues")[1])


def test_a_read_whose_budget_ends_between_pages_keeps_what_it_has_and_says_that_there_is_more() -> None:
    reply, reader, _ = pages_of_queues(RunLimits(calls=7))

    assert isinstance(reply, Answer)
    assert (reader.calls, len(reply.texts("QueueUrls")), reply.truncated) == (7, 7, True)


@pytest.mark.parametrize("code", ["ThrottlingException", "SlowDown", "PriorRequestNotComplete"])
def test_what_botocore_calls_throttling_is_throttling(code: str) -> None:
    assert failure_of(code, 400, READ) is Failure.THROTTLED
