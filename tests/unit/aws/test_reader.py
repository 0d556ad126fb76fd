"""The reader's rounds, where a client does what no client should."""

from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse
from why403.aws.clients import READING, Clients
from why403.aws.reader import Reader
from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Failure, Plan, Reply, Unreadable

PLACE = Place("123456789012", "ap-northeast-1", "aws")
READ = DeclaredRead("sqs", "ListQueues", ("sqs:ListQueues",), "A test.")


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
