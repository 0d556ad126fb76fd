"""The demo's account gives a table's stream to a function as Lambda does: where it failed, halved, and parked at last."""

from collections.abc import Mapping
from typing import Any

import pytest

import demo.embedded_aws
from demo.embedded_aws import Batch, give_stream_batch

RETRIES = 2


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.embedded_aws, "STREAM_BACKOFF", 0)


def batch(*numbers: str) -> Batch:
    return [{"dynamodb": {"SequenceNumber": number}} for number in numbers]


class Function:
    """Answers as told, and notes what it was given. `poison` raises; `fails` is named as failed so many times."""

    def __init__(self, *, poison: str = "", fails: Mapping[str, int] | None = None) -> None:
        self.given: list[str] = []
        self._poison = poison
        self._fails = dict(fails or {})

    def __call__(self, records: Batch) -> Mapping[str, Any]:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        self.given.append("".join(numbers))
        if self._poison and self._poison in numbers:
            return {"error": True, "body": {"errorType": "ValueError"}}
        failed = [number for number in numbers if self._fails.get(number, 0) > 0]
        for number in failed:
            self._fails[number] -= 1
        return {"body": {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}}


def parked(records: Batch, function: Function) -> list[Batch]:
    return [left for left, _ in give_stream_batch(records, function, RETRIES)]


def test_records_that_all_succeed_are_given_once() -> None:
    function = Function()

    assert parked(batch("1", "2", "3"), function) == []
    assert function.given == ["123"]


def test_it_goes_on_with_the_first_record_that_failed() -> None:
    function = Function(fails={"2": 1})

    assert parked(batch("1", "2", "3"), function) == []
    assert function.given == ["123", "23"]


def test_what_fails_each_time_is_parked_with_what_stands_behind_it() -> None:
    function = Function(fails={"2": 9})

    assert [batch("2", "3")] == parked(batch("1", "2", "3"), function)
    assert function.given == ["123", "23", "23"]


def test_a_batch_that_raises_is_halved_until_the_poison_stands_alone() -> None:
    function = Function(poison="3")

    assert [batch("3")] == parked(batch("1", "2", "3", "4"), function)
    assert function.given == ["1234", "12", "34", "3", "3", "3", "4"]
