"""Which kind of resource is looked for where a line names none: only one that the action can be done to."""

import pytest
from why403.services.register import listed_for


@pytest.mark.parametrize(
    "action", ["events:PutRule", "iam:CreateUser", "lambda:GetLayerVersion", "ssm:GetDocument"]
)
def test_no_resource_is_offered_that_the_action_has_no_effect_on(action: str) -> None:
    assert listed_for(action.partition(":")[0], action) is None


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("events:PutEvents", "event bus"),
        ("s3:GetObject", "bucket"),
        ("dynamodb:Query", "table"),
        ("lambda:InvokeFunction", "function"),
        ("logs:PutLogEvents", "log group"),
        ("iam:PassRole", "role"),
        ("sqs:NoSuchAction", "queue"),
    ],
)
def test_the_kind_is_that_of_the_action(action: str, kind: str) -> None:
    found = listed_for(action.partition(":")[0], action)

    assert found is not None
    assert found.kind == kind
