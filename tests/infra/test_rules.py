"""cdk-nag's AwsSolutions passes, each exception with a reason; and it is really asked."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")
SHORTEST_REASON = 40
VARIANTS: list[dict[str, Any]] = [
    {},
    {"log_groups": ["/ecs/*"], "page_mode": "off"},
    {
        "page_mode": "signed",
        "chat": True,
        "event_bus": "default",
        "email_addresses": ["a@example.com"],
        "permissions_boundary": "limit",
        "role_path": "/teams/",
        "organization_read_role": "arn:aws:iam::111122223333:role/read",
        "deletion_protection": True,
        "teams_secret": "team/teams",
        "kms_key": "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888",
        "subnets": ["subnet-0123456789abcdef0"],
        "security_groups": ["sg-0123456789abcdef0"],
    },
]


def test_the_preflight_asks_for_the_bootstrap_that_the_template_asks_for(synth: Any) -> None:
    from tools.preflight_checks import BOOTSTRAP_AT_LEAST  # noqa: PLC0415  # starts Node

    (rule,) = synth().body["Rules"]["CheckBootstrapVersion"]["Assertions"]
    (contains,) = rule["Assert"]["Fn::Not"]

    assert 1 + max(map(int, contains["Fn::Contains"][0])) == BOOTSTRAP_AT_LEAST


def test_a_stack_that_breaks_a_rule_is_refused(tmp_path: Path) -> None:
    from aws_cdk import App, Stack, Validations, aws_sqs  # noqa: PLC0415
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415

    app = App(outdir=str(tmp_path))
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    aws_sqs.Queue(Stack(app, "Bad"), "Plain")

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


@pytest.mark.parametrize("settings", VARIANTS)
def test_no_rule_is_broken(synth: Any, settings: dict[str, Any]) -> None:
    template = synth(settings)
    reports = template.report.get("pluginReports", [])

    assert [violation for report in reports for violation in report.get("violations", [])] == []


def test_each_exception_has_its_reason_in_the_template(synth: Any) -> None:
    exceptions = [
        rule
        for resource in synth().body["Resources"].values()
        for rule in resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", [])
    ]

    assert {"AwsSolutions-SMG4", "AwsSolutions-L1", "AwsSolutions-SQS3", "AwsSolutions-IAM5"} == {
        rule["id"].partition("[")[0] for rule in exceptions
    }
    assert [rule for rule in exceptions if len(rule["reason"]) < SHORTEST_REASON] == []
