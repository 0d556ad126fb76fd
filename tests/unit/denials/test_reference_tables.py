"""The generated tables: as new as the pinned packages, and small enough for a function."""

import gzip
import json

import pytest
from why403.iam.reference import actions_of, can_name_no_resource, prefix_of, spell_action

from tools.tables import TARGET, build

MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def built() -> dict[str, object]:
    return build()


@pytest.mark.parametrize("name", sorted(path.name for path in TARGET.iterdir()))
def test_a_table_is_what_the_pinned_packages_give(name: str, built: dict[str, object]) -> None:
    raw = (TARGET / name).read_bytes()
    kept = json.loads(gzip.decompress(raw) if name.endswith(".gz") else raw)

    assert json.loads(json.dumps(built[name])) == kept


def test_the_tables_fit_into_a_function() -> None:
    assert sum(path.stat().st_size for path in TARGET.iterdir()) < MOST_BYTES


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("s3", "NoSuchOperation", ()),
        ("s3", "ListObjectsV2", ("s3:ListBucket",)),
        ("s3", "HeadObject", ("s3:GetObject",)),
        ("s3", "CopyObject", ("s3:PutObject", "s3:GetObject")),
        ("sqs", "SendMessageBatch", ("sqs:SendMessage",)),
        ("sns", "PublishBatch", ("sns:Publish",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("kms", "ReEncrypt", ("kms:ReEncryptFrom", "kms:ReEncryptTo")),
    ],
)
def test_an_operation_needs_its_actions(service: str, operation: str, expected: tuple[str, ...]) -> None:
    assert expected == actions_of(service, operation)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("No Such Service", None),
        ("SFN", "states"),
        ("EventBridge", "events"),
        ("CloudWatch Logs", "logs"),
        ("SESv2", "ses"),
        ("Elastic Load Balancing v2", "elasticloadbalancing"),
        ("AmazonDynamoDBv2", "dynamodb"),
        ("Cognito Identity Provider", "cognito-idp"),
    ],
)
def test_a_service_has_its_prefix(name: str, expected: str | None) -> None:
    assert expected == prefix_of(name)


def test_an_action_is_spelled_as_the_reference_spells_it() -> None:
    assert spell_action("SNS:publish") == "sns:Publish"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", False),
        ("sqs:SendMessage", False),
        ("sns:Unsubscribe", False),
        ("sts:TagSession", False),
        ("no-such:Action", False),
        ("cloudwatch:ListMetrics", True),
        ("cloudwatch:GetMetricData", True),
        ("cloudwatch:PutMetricData", True),
    ],
)
def test_some_actions_can_do_without_the_resource_that_they_know(action: str, *, expected: bool) -> None:
    assert expected is can_name_no_resource(action)
