"""No secret is in the template or the environment, and a secret of yours stays yours."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")


def test_the_template_holds_no_secrets_content(synth: Any) -> None:
    secrets = synth({"page_mode": "signed"}).of("SecretsManager::Secret").values()

    assert {"why403/slack", "why403/links"} == {secret["Name"] for secret in secrets}
    assert not any("SecretString" in secret for secret in secrets)


def test_the_links_key_is_made_by_aws_and_the_webhooks_secret_is_left_empty(synth: Any) -> None:
    made = {
        secret["Name"]: secret
        for secret in synth({"page_mode": "signed"}).of("SecretsManager::Secret").values()
    }

    assert made["why403/links"]["GenerateSecretString"]["PasswordLength"] >= 43
    assert "GenerateSecretString" not in made["why403/slack"]


def test_a_secret_outlives_the_setting_and_the_stack_that_made_it(synth: Any) -> None:
    body = synth({"page_mode": "signed"}).body["Resources"]
    secrets = [found for found in body.values() if found["Type"] == "AWS::SecretsManager::Secret"]
    kept = {(found["DeletionPolicy"], found["UpdateReplacePolicy"]) for found in secrets}

    assert (len(secrets), kept) == (2, {("RetainExceptOnCreate", "Retain")})


def test_a_secret_that_is_named_is_not_made(synth: Any) -> None:
    template = synth({"slack_secret": "team/webhook", "page_mode": "signed"})

    assert [found["Name"] for found in template.of("SecretsManager::Secret").values()] == ["why403/links"]
    assert template.body["Outputs"]["SlackSecretName"]["Value"] == "team/webhook"
    assert any(":secret:team/webhook-??????" in str(found["Resource"]) for found in template.statements())


ELSEWHERE = "arn:aws:secretsmanager:us-east-1:111122223333:secret:team/webhook-AbCdEf"


def _read(template: Any, action: str) -> list[dict[str, Any]]:
    return [found for found in template.statements() if action in found["Action"]]


def test_a_secret_of_another_account_is_named_by_its_arn_and_read_there_alone(synth: Any) -> None:
    template = synth({"slack_secret": ELSEWHERE})
    (statement,) = (
        one for one in _read(template, "secretsmanager:GetSecretValue") if ELSEWHERE in one["Resource"]
    )

    assert statement["Resource"] == [ELSEWHERE, f"{ELSEWHERE}-??????"]
    assert json.loads(template.variables("notify")["ROUTES"]) == [{"slack_secret": ELSEWHERE}]


@pytest.mark.parametrize("name", ["team/webhook", ELSEWHERE])
def test_a_customer_key_decrypts_that_secret_alone_and_only_through_secrets_manager(
    synth: Any, name: str
) -> None:
    (statement,) = (
        one for one in _read(synth({"slack_secret": name}), "kms:Decrypt") if one["Resource"] == "*"
    )
    via = json.dumps(statement["Condition"]["StringLike"]["kms:ViaService"])

    assert statement["Action"] == "kms:Decrypt"
    assert ("secretsmanager.*.amazonaws.com" in via, "AWS::Region" in via) == (
        name == ELSEWHERE,
        name != ELSEWHERE,
    )
    assert name in json.dumps(statement["Condition"]["StringLike"]["kms:EncryptionContext:SecretARN"])


def test_no_other_key_is_opened_for_a_secret_that_the_stack_makes(synth: Any) -> None:
    assert [one for one in _read(synth(), "kms:Decrypt") if one["Resource"] == "*"] == []


def test_a_webhook_given_as_a_setting_is_refused(synth: Any) -> None:
    from why403.errors import SettingsError  # noqa: PLC0415

    with pytest.raises(SettingsError, match="slack_secret: expected a secret's name"):
        synth({"slack_secret": "https://hooks.example.com/services/T0/B0/x"})
