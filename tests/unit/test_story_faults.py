"""Every call of the four stories × {error, throttle, answer lost} × {first, last, all}: retried, parked, nothing lost."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from why403.aws.incident_table_calls import TableCalls
from why403.aws.topic import publish
from why403.errors import DeliveryRefusedError, DeliveryRetryableError, StoreError
from why403.incidents.incident import State

from tests.fakes.lambda_chain import Chain

Stood = list[tuple[str, State, int, int]]
ANSWER_LOST = {"error": False, "throttle": False, "timeout": True}
"""Whether the call takes effect all the same."""
ONCE_A_MINUTE = {("triage", "occurrences")}
"""Asked where a minute's lines are first noted: the next try goes on without, and the next minute asks again."""
TRIED_APART = {(("triage", "count_lines"), "first")}
"""What cannot be counted at once is counted one by one, in the same delivery."""
MAYBE_TWICE = {("notify", "finish_delivery")}
"""The receiver has taken it, and the note of that failed: it may be told once more, and is never lost."""


def stood(chain: Chain) -> Stood:
    return sorted((i.fingerprint, i.state, i.count, i.turn) for i in chain.table.everything().values())


@cache
def undisturbed() -> Chain:
    chain = Chain()
    chain.live()
    return chain


CALLS = sorted(undisturbed().calls)


def fault(call: tuple[str, str], kind: str, where: str) -> Callable[[int, str], Any]:
    """Fails the first, the last or all of a story's calls of one name."""
    story, name = call
    often = undisturbed().calls[call]
    seen = Counter[str]()

    def plan(_number: int, called: str) -> tuple[BaseException, bool] | None:
        seen[called] += 1
        meant = {"first": seen[name] == 1, "last": seen[name] == often, "all": True}[where]
        if called != name or not meant:
            return None
        error = DeliveryRetryableError if name == "publish" else StoreError
        return error(f"{story}: {kind}"), ANSWER_LOST[kind]

    return plan


def test_undisturbed_two_causes_are_told_twice_and_found_fixed() -> None:
    chain = undisturbed()

    assert [(state, count) for _, state, count, _ in stood(chain)] == [(State.FIX_SEEN, 4)] * 2
    assert sorted(chain.told().values()) == [1, 1, 1, 1]
    assert len(CALLS) >= 15


@pytest.mark.parametrize("where", ["first", "last", "all"])
@pytest.mark.parametrize("kind", list(ANSWER_LOST))
@pytest.mark.parametrize("call", CALLS, ids=".".join)
def test_a_call_that_fails_is_tried_again_then_parked_and_nothing_is_lost(
    call: tuple[str, str], kind: str, where: str
) -> None:
    chain = Chain(plans={call[0]: fault(call, kind, where)})
    chain.live()
    parked = [story for story, _ in chain.parked]
    chain.heal()

    assert chain.failed > 0 or (call, where) in TRIED_APART
    assert set(parked) <= ({call[0]} if where == "all" else set())
    assert parked or where != "all" or ANSWER_LOST[kind] or call in ONCE_A_MINUTE
    assert stood(chain) == stood(undisturbed())
    assert set(chain.told()) == set(undisturbed().told())
    assert max(chain.told().values()) == 1 or call in MAYBE_TWICE


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")


FAILURES = [
    *map(
        client_error,
        [
            "InternalServerError",
            "ProvisionedThroughputExceededException",
            "ThrottlingException",
            "RequestLimitExceeded",
            "AccessDeniedException",
            "ResourceNotFoundException",
        ],
    ),
    ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
    EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
]
KEY = {"pk": {"S": "I#f"}, "sk": {"S": "incident"}}
TABLE_CALLS: dict[str, Callable[[TableCalls], Any]] = {
    "put": lambda calls: calls.put(KEY),
    "update": lambda calls: calls.update(KEY, UpdateExpression="SET a = :a"),
    "transact": lambda calls: calls.transact(("Put", {"Item": KEY})),
    "get": lambda calls: calls.get(KEY),
    "get_many": lambda calls: list(calls.get_many([KEY])),
    "query": lambda calls: list(calls.query("I#f")),
}


class Failing:
    """A client of AWS whose every operation fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _operation: str) -> Any:
        def call(**_parameters: Any) -> None:
            raise self._error

        return call


@pytest.mark.parametrize("error", FAILURES, ids=str)
@pytest.mark.parametrize("name", list(TABLE_CALLS))
def test_whatever_dynamodb_answers_is_an_error_of_the_store(name: str, error: Exception) -> None:
    with pytest.raises(StoreError, match="incident table"):
        TABLE_CALLS[name](TableCalls(Failing(error), "incidents"))


@pytest.mark.parametrize(
    ("error", "may_have_arrived"),
    [
        (client_error("InternalError", status=500), True),
        (client_error("Throttling"), False),
        (ReadTimeoutError(endpoint_url="https://sns.us-east-1.amazonaws.com"), True),
        (EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com"), False),
    ],
    ids=str,
)
def test_what_sns_may_take_later_is_tried_again_and_says_so_where_it_may_have_arrived(
    error: Exception, *, may_have_arrived: bool
) -> None:
    with pytest.raises(DeliveryRetryableError) as told:
        publish("arn:aws:sns:us-east-1:123456789012:incidents", "m", client=Failing(error))

    assert told.value.may_have_arrived is may_have_arrived


def test_a_topic_whose_key_does_not_let_us_in_is_refused_and_says_where_to_look() -> None:
    with pytest.raises(DeliveryRefusedError, match="its key's policy"):
        publish(
            "arn:aws:sns:us-east-1:123456789012:mail", "m", client=Failing(client_error("KMSAccessDenied"))
        )
