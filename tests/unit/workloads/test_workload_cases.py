"""Every case of tests/cases/workloads: a log event and what AWS answers, to the workload and whose credentials.

`writers` of a case are those that the index knows of the group, after a survey that came to its end.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.workloads.find import find_workload
from why403.workloads.index import INDEXED
from why403.workloads.workload import Hints, Workload, WorkloadKind, Writer

from tests.fakes.answers import FakeReader

CASES = Path(__file__).parents[2] / "cases" / "workloads"
PLACE = Place("123456789012", "ap-northeast-1")
MOST_ROUNDS = 4
"""Clusters, the task in them, its definition; one more where the task is gone. What the names tell takes fewer; a case may say how many."""


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        loaded = json.loads(path.read_text())
        shared = loaded["answers"]
        found += [pytest.param(shared, case, id=f"{path.stem}: {case['name']}") for case in loaded["cases"]]
    return found


def _told(workload: Workload, wanted: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "finding_ids": [finding.id for finding in workload.findings],
        "unreadable_calls": [spot.call for spot in workload.unreadable],
    }
    return {name: told[name] if name in told else getattr(workload, name) for name in wanted}


@pytest.mark.parametrize(("shared", "case"), _cases())
def test_the_workload_behind_a_log_event_is_told_as_the_case_says(
    shared: dict[str, Any], case: dict[str, Any]
) -> None:
    reader = FakeReader({**shared, **case.get("answers", {})})
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, principal=case.get("principal"))
    event = LogEvent(
        message=case.get("message", "AccessDenied"),
        log_group=case["log_group"],
        log_stream=case.get("log_stream", ""),
    )

    writers = tuple(Writer(**{**one, "kind": WorkloadKind(one["kind"])}) for one in case.get("writers", ()))
    known = Hints(writers=writers, surveyed=INDEXED if writers else frozenset())

    workload = reader.run(find_workload(denial, event, PLACE, known))

    wanted = {
        name: tuple(value) if isinstance(value, list) and not name.endswith(("_ids", "_calls")) else value
        for name, value in case["expect"].items()
    }
    assert wanted == _told(workload, wanted)
    assert reader.rounds <= case.get("rounds", MOST_ROUNDS)
