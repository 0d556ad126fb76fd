"""The proof at size: each policy is compiled once a draft, and what is not proven in time is offered and says so."""

import itertools
from collections.abc import Callable
from typing import Any

from why403.remedies.draft import CPU_SECONDS, draft_remedies
from why403.remedies.proof import OUT_OF_TIME
from why403.remedies.remedy import Remedy

from bench.diagnosis import long_policy
from tests.unit.remedies.incident_case import case_of

QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
REQUEST = {
    "principal": "arn:aws:sts::123456789012:assumed-role/checkout/task-1",
    "action": "sqs:SendMessage",
    "resource": QUEUE,
}
ATTACHED = 20
MOST_PARSED = 4
"""Once for the decision, once for the proof, and what renders or compares documents."""


class CountingDocument(dict[str, Any]):
    """A policy document that counts how often somebody parses it: only the parser asks for its Version."""

    parsed = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.parsed += key == "Version"
        return super().get(key, default)


def drafted(documents: list[Any], clock: Callable[[], float] = lambda: 0.0) -> tuple[Remedy, ...]:
    policies = [{"name": f"team-{number}", "document": each} for number, each in enumerate(documents)]
    return draft_remedies(case_of({"request": REQUEST, "policies": {"identity": policies}}), clock)


def test_a_policy_is_parsed_a_few_times_however_many_neighbours_are_asked() -> None:
    documents = [CountingDocument(long_policy(number)) for number in range(ATTACHED)]

    drafted(documents)

    assert [each for each in documents if each.parsed > MOST_PARSED] == []


def test_in_time_every_draft_is_proven() -> None:
    assert {each.proven for each in drafted([long_policy(1)])} == {True}


def test_the_same_drafts_are_offered_out_of_time_as_not_proven_and_say_so() -> None:
    in_time = drafted([long_policy(1)])

    late = drafted([long_policy(1)], itertools.count(0, CPU_SECONDS + 1).__next__)

    assert {each.title.id for each in in_time} == {each.title.id for each in late}
    assert {each.proven for each in late} == {False}
    assert all(OUT_OF_TIME in {told.id for told in each.missing} for each in late)


def test_time_that_runs_out_in_the_middle_leaves_the_smallest_proven_and_first() -> None:
    asked = itertools.count()
    full = drafted([long_policy(1)], lambda: 0.0 * next(asked))
    half = next(asked) // 2
    asked = itertools.count()

    late = drafted([long_policy(1)], lambda: CPU_SECONDS + 1 if next(asked) > half else 0.0)

    assert (full[0].after, True) == (late[0].after, late[0].proven)
    assert OUT_OF_TIME in {told.id for told in late[-1].missing}
