"""A secret is kept for a while, but never an empty one, and a refusal has it read anew."""

from typing import Any

import pytest
from why403.aws.secrets import KEPT_SECONDS, Secrets


class Vault:
    """Secrets Manager, as far as it is asked here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.now = 0.0
        self.reads = 0
        self.regions: list[str] = []

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        self.reads += 1
        return {"SecretString": self.text}

    def open(self) -> Secrets:
        return Secrets(self.within, lambda: self.now)

    def within(self, region: str) -> "Vault":
        self.regions.append(region)
        return self


def test_a_secret_is_read_once_in_a_while() -> None:
    vault = Vault("old")
    secrets = vault.open()
    told = [secrets.read("s") for _ in range(3)]
    vault.text, vault.now = "new", KEPT_SECONDS + 1.0

    assert ([*told, secrets.read("s")], vault.reads) == (["old", "old", "old", "new"], 2)


def test_a_secret_is_asked_of_the_region_that_its_arn_names() -> None:
    vault = Vault("text")
    for name in ("team/slack", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:team/slack-AbCdEf"):
        vault.open().read(name)

    assert vault.regions == ["", "eu-central-1"]


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_secret_is_never_kept(empty: str) -> None:
    vault = Vault(empty)
    secrets = vault.open()
    secrets.read("s")
    vault.text = "filled"

    assert secrets.read("s") == "filled"


def test_a_secret_that_was_refused_is_read_anew_and_says_whether_it_changed() -> None:
    vault = Vault("revoked")
    secrets = vault.open()
    secrets.read("s")
    same = secrets.is_renewed("s")
    vault.text = "working"

    assert (same, secrets.is_renewed("s"), secrets.read("s")) == (False, True, "working")
