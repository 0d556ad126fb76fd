"""Every case of tests/cases/changes: what AWS recorded, to the writes that may explain the first denial."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from why403.changes.find import find_changes
from why403.iam.place import Place
from why403.workloads.workload import Workload, WorkloadKind

from tests.fakes.answers import FakeReader

CASES = Path(__file__).parents[2] / "cases" / "changes" / "find.json"
PLACE = Place("123456789012", "eu-west-1")
CALLER = "arn:aws:iam::123456789012:role/web-task"
TARGET = "arn:aws:sqs:eu-west-1:123456789012:orders"
FIRST_DENIED = int(datetime.fromisoformat("2026-11-25T14:03:11+00:00").timestamp() * 1000)
MOMENTS = ("EventTime", "CreateDate", "registeredAt", "LastUpdatedTime", "UpdateDate")
MOST_ROUNDS = 3


def _as_boto3_gives_it(found: dict[str, Any]) -> dict[str, Any]:
    """JSON has no times, and CloudTrail's record is text."""
    for name in MOMENTS:
        if name in found:
            found[name] = datetime.fromisoformat(found[name])
    if "CloudTrailEvent" in found:
        found["CloudTrailEvent"] = json.dumps(found["CloudTrailEvent"])
    return found


def _cases() -> list[Any]:
    loaded = json.loads(CASES.read_text(), object_hook=_as_boto3_gives_it)
    return [pytest.param(loaded["answers"], case, id=case["name"]) for case in loaded["cases"]]


@pytest.mark.parametrize(("shared", "case"), _cases())
def test_what_was_written_before_the_first_denial_is_told_as_the_case_says(
    shared: dict[str, Any], case: dict[str, Any]
) -> None:
    given = case.get("workload", {"kind": "unknown"})
    workload = Workload(**{**given, "kind": WorkloadKind(given["kind"])})
    reader = FakeReader(case["answers"] if case.get("bare") else {**shared, **case["answers"]})

    changes = reader.run(
        find_changes(case.get("caller", CALLER), case.get("target", TARGET), workload, FIRST_DENIED, PLACE)
    )

    told = [
        {name: asdict(change)[name] for name in wanted}
        for change, wanted in zip(changes.found, case["expect"], strict=True)
    ]
    assert case["expect"] == told
    assert [spot.call for spot in changes.unreadable] == case.get("unreadable_calls", [])
    assert reader.rounds <= MOST_ROUNDS
    assert reader.calls == case.get("calls", reader.calls)
