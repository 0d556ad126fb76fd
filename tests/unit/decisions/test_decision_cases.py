"""Every case of tests/cases/decisions: a request, its policies, and what the page named beside it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.cli.evaluate import read_policies, read_request
from why403.decisions.decision import Decision, LayerFinding, Part
from why403.decisions.evaluate import decide
from why403.iam.layer import Layer
from why403.policies.policy_set import PolicySet
from why403.services.reading import BucketSettings, Grant

CASES = Path(__file__).parents[2] / "cases" / "decisions"
FILES = sorted(CASES.glob("*.json"))
Case = dict[str, Any]


def all_cases() -> list[Case]:
    return [case for path in FILES for case in json.loads(path.read_text("utf-8"))]


def policies_of(case: Case) -> PolicySet:
    """The contract's policies, and what only our own stages tell: grants, bucket settings, what was not read."""
    told = read_policies(case["policies"])
    grants = tuple(
        Grant(
            id=grant["id"],
            grantee=grant["grantee"],
            operations=tuple(grant["operations"]),
            encryption_context_equals=tuple((k, v) for k, v in grant.get("encryption_context_equals", [])),
            encryption_context_subset=tuple((k, v) for k, v in grant.get("encryption_context_subset", [])),
        )
        for grant in case.get("grants", [])
    )
    return PolicySet(
        identity=told.identity,
        boundary=told.boundary,
        session=told.session,
        scp=told.scp,
        rcp=told.rcp,
        resource=told.resource,
        vpc_endpoint=told.vpc_endpoint,
        grants=grants,
        bucket=BucketSettings(**case["bucket"]) if "bucket" in case else None,
        unread=frozenset(map(Layer, case.get("unread", []))),
    )


def layer_of(decision: Decision, name: str) -> LayerFinding:
    return next(finding for finding in decision.layers if finding.layer is Layer(name))


def missing_part(finding: LayerFinding) -> Part | None:
    return finding.near_miss.misses[0] if finding.near_miss else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_decision_is_the_documentations(path: Path) -> None:
    for case in json.loads(path.read_text("utf-8")):
        try:
            check(case)
        except AssertionError as error:
            error.add_note(f"In the case: {case['name']}")
            raise


def check(case: Case) -> None:
    expected = case["expected"]

    decision = decide(read_request(case["request"]), policies_of(case))

    assert expected["decision"] == decision.outcome.value
    if "denied_by" in expected:
        assert expected["denied_by"] == [layer.value for layer in decision.denied_by]
    if "settles" in expected:
        assert expected["settles"] == list(decision.settles)
    for name, (effect, policy, statement, *reason) in expected.get("layers", {}).items():
        finding = layer_of(decision, name)
        assert (effect, policy, statement) == (finding.effect.value, finding.policy, finding.statement)
        assert reason in ([], [finding.reason])
    for name, values in expected.get("values", {}).items():
        found = layer_of(decision, name).values
        assert values == {place: found.get(place) for place in values}
    for name, level in expected.get("levels", {}).items():
        assert level == layer_of(decision, name).level
    for name, part in expected.get("near_miss", {}).items():
        assert part == missing_part(layer_of(decision, name))


def test_every_case_follows_a_page() -> None:
    pages = {case["page"] for case in all_cases()}

    assert all(page.startswith("https://docs.aws.amazon.com/") for page in pages)


def test_every_member_begins_with_a_must_not_and_has_a_must() -> None:
    for path in sorted(CASES.glob("*.json")):
        first, *others = [case["expected"]["decision"] for case in json.loads(path.read_text("utf-8"))]

        assert (path.stem, first != "allowed", "allowed" in others) == (path.stem, True, True)


def test_there_are_at_least_four_hundred_cases() -> None:
    assert len(all_cases()) >= 400
