"""Runs tests/cases/services/*.json: what is read of a resource, with AWS's answers as data."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from why403.iam.place import Place
from why403.policies.target import read_target
from why403.services.reading import TargetReading
from why403.services.register import BY_STEM, has_policy

from tests.fakes.answers import FakeReader

CASES = Path(__file__).parents[2] / "cases" / "services"
PLACE = Place("123456789012", "eu-west-1")
STEMS = [stem for stem, service in BY_STEM.items() if has_policy(service)]
AROUND: dict[str, Any] = {
    "resourcegroupstaggingapi:GetResources": {"data": {}},
    "organizations:DescribeOrganization": {"error": "AWSOrganizationsNotInUseException"},
    "organizations:DescribeAccount": {"error": "AWSOrganizationsNotInUseException"},
}


def _all() -> list[Any]:
    return [
        pytest.param(case, id=f"{stem}: {case['name']}")
        for stem in STEMS
        for case in json.loads((CASES / f"{stem}.json").read_text("utf-8"))
    ]


def _told(reading: TargetReading, wanted: dict[str, Any], reader: FakeReader) -> dict[str, Any]:
    """What the case asks about, of the reading."""
    key = reading.key
    known: dict[str, Any] = {
        "arn": reading.arn,
        "account": reading.account,
        "exists": reading.exists,
        "policy": reading.policy.document if reading.policy else None,
        "policy_name": reading.policy.name if reading.policy else None,
        "unread": sorted(reading.unread),
        "unreadable": [
            {"call": spot.call, "error": spot.error, "cure": bool(spot.cure)} for spot in reading.unreadable
        ],
        "key": None if key is None else {name: _of_key(key, name) for name in wanted.get("key") or {}},
        "bucket": asdict(reading.bucket) if reading.bucket else None,
        "grants": json.loads(json.dumps([asdict(grant) for grant in reading.grants])),
        "managed_by_aws": reading.managed_by_aws,
        "elsewhere": list(reading.elsewhere),
        "rounds": reader.rounds,
        "findings_hold": [
            wanted_id
            for wanted_id in wanted.get("findings_hold", ())
            if wanted_id in {finding.id for finding in reading.findings}
        ],
        "never_asked": [
            call for call in wanted.get("never_asked", ()) if call not in {read.call for read in reader.asked}
        ],
    }
    return {name: known[name] for name in wanted}


def _of_key(key: TargetReading, name: str) -> Any:
    if name == "policy":
        return key.policy.document if key.policy else None
    value = getattr(key, name)
    return sorted(value) if isinstance(value, frozenset) else value


@pytest.mark.parametrize("case", _all())
def test_a_resource_is_read_as_its_case_says(case: dict[str, Any]) -> None:
    reader = FakeReader(AROUND | case["answers"])

    reading = reader.run(read_target(case["arn"], case["action"], PLACE))

    assert case["expect"] == _told(reading, case["expect"], reader)
    assert reader.rounds <= 3
