"""The reader's rounds, where a client does what no client should."""

from typing import Any

from why403.aws.clients import Clients
from why403.aws.reader import Reader
from why403.iam.place import Place
from why403.reads import DeclaredRead, Failure, Plan, Reply, Unreadable

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
