"""Every case of tests/cases/targets: a denial, what AWS lists and what ran, to the ranked resources it may mean."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.targets.find import gather_targets
from why403.targets.ranking import rank_targets
from why403.targets.texts import arns_in
from why403.workloads.workload import Workload, WorkloadKind

from tests.fakes.answers import FakeReader

CASES = Path(__file__).parents[2] / "cases" / "targets"
PLACE = Place("123456789012", "eu-west-1")
ROLE = "arn:aws:iam::123456789012:role/web-task"
MINUTE = 1_790_000_000_000


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.json"))
        for case in json.loads(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("case", _cases())
def test_the_targets_are_ranked_as_the_case_says(case: dict[str, Any]) -> None:
    reader = FakeReader(case.get("answers", {}))
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, **case["denial"])
    event = LogEvent("AccessDenied", "/app/web", "web/1", MINUTE)
    workload = Workload(
        kind=WorkloadKind.ECS,
        task_role_arn=ROLE,
        environment=case.get("environment", {}),
        command=tuple(case.get("command", ())),
    )

    gathered = reader.run(gather_targets(denial, event, PLACE))
    ranked = rank_targets(gathered, denial, workload, PLACE)

    told = [[candidate.arn, [message.id for message in candidate.evidence]] for candidate in ranked]
    assert case["expect"] == told
    assert reader.rounds <= 2
    assert case.get("blind", []) == [spot.call for spot in gathered.unreadable]


@pytest.mark.parametrize("secret", ["hunter2-password", "https://user:hunter2@db.example.com/orders"])
def test_no_value_of_the_environment_leaves_unless_it_names_the_target(secret: str) -> None:
    reader = FakeReader({"sqs:ListQueues": {"data": {"QueueUrls": []}}})
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, action="sqs:SendMessage")
    workload = Workload(kind=WorkloadKind.ECS, task_role_arn=ROLE, environment={"DATABASE": secret})

    gathered = reader.run(gather_targets(denial, LogEvent("AccessDenied", "", ""), PLACE))

    assert "hunter2" not in str(rank_targets(gathered, denial, workload, PLACE))


def test_a_functions_arn_ends_where_the_url_around_it_goes_on() -> None:
    function = "arn:aws:lambda:eu-west-1:123456789012:function:pricing:live"
    text = f"Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{function}/invocations"

    assert arns_in(text, "lambda") == (function,)
