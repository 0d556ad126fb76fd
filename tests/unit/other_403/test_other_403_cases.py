"""Every case of tests/cases/other_403: a 403 that no permission explains, to what its playbook is filled with."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Kind, Verdict
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.other_403.find import read_other_403
from why403.workloads.workload import Workload, WorkloadKind

from tests.fakes.answers import FakeReader

CASES = Path(__file__).parents[2] / "cases" / "other_403"
PLACE = Place("123456789012", "ap-northeast-1")
NOW = 1_790_000_000_000
MOST_ROUNDS = 3


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        loaded = json.loads(path.read_text())
        found += [
            pytest.param(loaded["answers"], case, id=f"{path.stem}: {case['name']}")
            for case in loaded["cases"]
        ]
    return found


@pytest.mark.parametrize(("shared", "case"), _cases())
def test_what_explains_a_403_besides_permissions_is_told_as_the_case_says(
    shared: dict[str, Any], case: dict[str, Any]
) -> None:
    reader = FakeReader(
        {**case.get("answers", {}), **{k: v for k, v in shared.items() if k not in case.get("answers", {})}}
    )
    denial = Denial(verdict=Verdict.AWS_403_NOT_IAM, kind=Kind(case["kind"]), resource=case.get("resource"))
    event = LogEvent(case["message"], "/app/web", "s", case.get("timestamp", NOW))

    found = reader.run(read_other_403(denial, event, Workload(kind=WorkloadKind.UNKNOWN), PLACE))

    wanted = case["expect"]
    ids = [finding.id for finding in found.findings]
    told: dict[str, Any] = {
        "names": dict(found.names),
        "finding_ids": ids,
        "unreadable_calls": [spot.call for spot in found.unreadable],
        "with": [one for one in wanted.get("with", ()) if one in ids],
        "without": [one for one in wanted.get("without", ()) if one not in ids],
    }
    assert wanted == {name: told[name] for name in wanted}
    assert reader.rounds <= case.get("rounds", MOST_ROUNDS)
