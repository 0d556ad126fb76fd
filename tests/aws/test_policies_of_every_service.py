"""Every service file reads what an emulated AWS really answers: with a policy, without one, missing, denied.

What moto cannot set is answered by botocore's Stubber, which holds requests and answers against AWS's own models.
"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from why403.aws.reader import Reader
from why403.aws.session import reading_clients
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.target import read_target
from why403.services.reading import TargetReading

from tests.aws.calling_as import calling_in_moto
from tests.aws.policy_holders import ACCOUNT, MAKERS, REGION, policy_text

PLACE = Place(ACCOUNT, REGION)
NOT_IN_MOTO = frozenset({"backup", "glacier", "ssm"})
ALWAYS_HELD = frozenset({"kms", "sns", "sts"})
"""AWS gives each key, topic and role a policy of its own."""
STUBBED: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "backup": (
        "backup",
        "get_backup_vault_access_policy",
        f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:holder",
        "backup:CopyIntoBackupVault",
        {"Policy": policy_text("backup:CopyIntoBackupVault")},
    ),
    "glacier": (
        "glacier",
        "get_vault_access_policy",
        f"arn:aws:glacier:{REGION}:{ACCOUNT}:vaults/holder",
        "glacier:UploadArchive",
        {"policy": {"Policy": policy_text("glacier:UploadArchive")}},
    ),
    "codeartifact": (
        "codeartifact",
        "get_repository_permissions_policy",
        f"arn:aws:codeartifact:{REGION}:{ACCOUNT}:repository/holder/web",
        "codeartifact:ReadFromRepository",
        {"policy": {"document": policy_text("codeartifact:ReadFromRepository")}},
    ),
}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account of moto's, inside this process."""
    with calling_in_moto(monkeypatch):
        yield


def client(service: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=REGION)


def read(arn: str, action: str) -> TargetReading:
    return Reader(PLACE).run(read_target(arn, action, PLACE))


def document(reading: TargetReading) -> str:
    return json.dumps(reading.policy.document if reading.policy else None)


@pytest.mark.parametrize("stem", sorted(MAKERS.keys() - NOT_IN_MOTO))
def test_a_resource_without_a_policy_is_there_and_has_none(stem: str) -> None:
    arn, action = MAKERS[stem](client, policy=False)

    reading = read(arn, action)

    assert '"Named"' not in document(reading) or stem == "sts"
    assert stem in ALWAYS_HELD or reading.policy is None
    assert reading.exists is not False
    assert Layer.RESOURCE not in reading.unread


@pytest.mark.parametrize("stem", sorted(MAKERS.keys() - NOT_IN_MOTO))
def test_a_resource_with_a_policy_is_read_with_its_statement(stem: str) -> None:
    arn, action = MAKERS[stem](client, policy=True)

    reading = read(arn, action)

    assert '"Effect": "Allow"' in document(reading)
    assert '"Named"' in document(reading)
    assert reading.unread == frozenset()


@pytest.mark.parametrize("stem", sorted({"sqs", "sns", "s3", "kms", "secretsmanager", "dynamodb", "ecr"}))
def test_a_resource_that_is_gone_is_never_told_as_there(stem: str) -> None:
    arn, action = MAKERS[stem](client, policy=False)
    gone = arn.replace("holder", "nowhere") if "holder" in arn else arn[:-4] + "0000"

    reading = read(gone, action)

    assert reading.exists is False
    assert reading.policy is None


@pytest.mark.parametrize("stem", STUBBED)
def test_a_policy_that_moto_cannot_hold_is_read_from_what_aws_answers(stem: str) -> None:
    service, operation, arn, action, answer = STUBBED[stem]
    stubber = Stubber(reading_clients().get(service, REGION))
    stubber.add_response(operation, answer)

    with stubber:
        reading = read(arn, action)

    assert '"Named"' in document(reading)


@pytest.mark.parametrize("stem", STUBBED)
def test_a_refused_read_is_a_named_blind_spot_and_no_missing_policy(stem: str) -> None:
    service, operation, arn, action, _ = STUBBED[stem]
    stubber = Stubber(reading_clients().get(service, REGION))
    stubber.add_client_error(operation, "AccessDeniedException", http_status_code=403)

    with stubber:
        reading = read(arn, action)

    assert Layer.RESOURCE in reading.unread
    assert [spot.error for spot in reading.unreadable if spot.error == "AccessDeniedException"] != []
