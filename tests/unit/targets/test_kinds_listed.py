"""Which kind of resource is looked for where a line names none: only one that the action can be done to."""

import pytest
from why403.denials.denial import Denial, Verdict
from why403.iam.place import Place
from why403.services.register import listed_for
from why403.targets.find import Gathered
from why403.targets.ranking import rank_targets
from why403.workloads.workload import Workload, WorkloadKind


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


def test_a_secret_is_never_a_candidate_for_what_a_keys_denial_was_for() -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/api-a1b2c3"
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, service="kms", action="kms:Decrypt")
    workload = Workload(kind=WorkloadKind.ECS, environment={"SECRET_ARN": secret})
    place = Place("123456789012", "eu-west-1")

    assert rank_targets(Gathered(listed=(secret,)), denial, workload, place) == ()
