"""No secret is in the template or the environment, and a secret of yours stays yours."""

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")


def test_the_template_holds_no_secrets_content(synth: Any) -> None:
    secrets = synth().of("SecretsManager::Secret").values()

    assert {"why403/slack", "why403/links"} == {secret["Name"] for secret in secrets}
    assert not any("SecretString" in secret for secret in secrets)


def test_the_links_key_is_made_by_aws_and_the_webhooks_secret_is_left_empty(synth: Any) -> None:
    made = {secret["Name"]: secret for secret in synth().of("SecretsManager::Secret").values()}

    assert made["why403/links"]["GenerateSecretString"]["PasswordLength"] >= 43
    assert "GenerateSecretString" not in made["why403/slack"]


def test_a_secret_that_is_named_is_not_made(synth: Any) -> None:
    template = synth({"slack_secret": "team/webhook"})

    assert [found["Name"] for found in template.of("SecretsManager::Secret").values()] == ["why403/links"]
    assert template.body["Outputs"]["SlackSecretName"]["Value"] == "team/webhook"
    assert any(":secret:team/webhook-??????" in str(found["Resource"]) for found in template.statements())


def test_a_webhook_given_as_a_setting_is_refused(synth: Any) -> None:
    from why403.errors import SettingsError  # noqa: PLC0415

    with pytest.raises(SettingsError, match="slack_secret: expected a secret's name"):
        synth({"slack_secret": "https://hooks.example.com/services/T0/B0/x"})
