"""tests/cases/incidents/fingerprint.json and normalized_resource.json: what splits an incident, and what never does."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.incidents.fingerprint import fingerprint
from why403.incidents.normalized_resource import LONGEST, normalized_resource

CASES = Path(__file__).parents[2] / "cases" / "incidents"


def _load(stem: str) -> Any:
    return json.loads((CASES / f"{stem}.json").read_text())


FINGERPRINTS = _load("fingerprint")
RESOURCES = _load("normalized_resource")["cases"]


def _key(fields: dict[str, Any]) -> str:
    given = dict(fields)
    where = {"log_group": given.pop("log_group"), "account": given.pop("account")}
    given["verdict"] = Verdict(given["verdict"])
    given["kind"] = Kind(given.get("kind", ""))
    given["deny_kind"] = DenyKind(given["deny_kind"]) if given.get("deny_kind") else None
    return fingerprint(Denial(**given), **where)


@pytest.mark.parametrize("case", FINGERPRINTS["cases"], ids=lambda case: case["name"])
def test_lines_share_an_incident_where_the_case_says_so(case: dict[str, Any]) -> None:
    one = _key(FINGERPRINTS["base"] | case.get("one", {}))
    other = _key(FINGERPRINTS["base"] | case.get("other", {}))

    assert case["same"] == (one == other)


@pytest.mark.parametrize("case", RESOURCES, ids=lambda case: case["name"])
def test_a_resource_keeps_what_names_it_and_loses_what_differs_by_call(case: dict[str, str]) -> None:
    assert case["expected"] == normalized_resource(case["resource"], case.get("service", ""))


@pytest.mark.parametrize("case", RESOURCES, ids=lambda case: case["name"])
def test_normalizing_twice_changes_nothing(case: dict[str, str]) -> None:
    assert case["expected"] == normalized_resource(case["expected"], case.get("service", ""))


def test_a_claimed_resource_of_a_megabyte_is_cut() -> None:
    assert len(normalized_resource("a-" * 500_000)) <= LONGEST


def test_a_thousand_objects_tasks_and_requests_are_one_incident() -> None:
    chance = random.Random(403)  # noqa: S311  # the same lines each time
    base: dict[str, Any] = FINGERPRINTS["base"] | {"service": "s3", "action": "s3:PutObject"}

    def line() -> dict[str, Any]:
        return base | {
            "principal": f"arn:aws:sts::123456789012:assumed-role/orders-task/{chance.getrandbits(128):032x}",
            "resource": f"arn:aws:s3:::media/{chance.getrandbits(64)}/{chance.random()}.png",
            "request_id": f"{chance.getrandbits(64):x}",
            "excerpt": str(chance.random()),
        }

    assert len({_key(line()) for _ in range(1000)}) == 1


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::reports/2026/a.csv",
        "arn:aws:s3:::reports//",
        "arn:aws:s3:::reports/a:b/c d",
        "arn:aws:s3:::reports",
        "arn:aws:s3:::/a",
        "arn:aws:s3:::accesspoint/one/object/a",
        "arn:aws:s3:::job/1",
        "arn:aws:s3:::reports-20260301/a",
        "arn:aws:s3:::reports/a\nb",
        f"arn:aws:s3:::reports/{'a' * 3000}",
        f"arn:aws:s3:::{'a' * 2040}/b",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/one/object/a",
        "arn:aws-cn:s3:::reports/a",
    ],
)
def test_an_objects_bucket_is_normalized_as_the_object_is(resource: str) -> None:
    def key(of: str) -> str:
        denial = Denial(verdict=Verdict.MISSING_PERMISSION, action="s3:GetObject", service="s3", resource=of)
        return fingerprint(denial, log_group="/ecs/orders")

    normalized = normalized_resource(resource, "s3")

    assert key(normalized) == key(resource)
    assert normalized_resource(normalized, "s3") == normalized
