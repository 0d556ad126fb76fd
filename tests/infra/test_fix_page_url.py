"""The page opens as the setting says, and no wider."""

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")


def _public(template: Any) -> list[dict[str, Any]]:
    return [found for found in template.of("Lambda::Permission").values() if found["Principal"] == "*"]


def test_a_signed_page_has_both_permissions_that_a_url_needs(synth: Any) -> None:
    template = synth({"page_mode": "signed"})
    permissions = {found["Action"]: found for found in _public(template)}

    assert {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} == set(permissions)
    assert permissions["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
    assert permissions["lambda:InvokeFunction"]["InvokedViaFunctionUrl"]
    assert {"NONE"} == {url["AuthType"] for url in template.of("Lambda::Url").values()}


def test_an_iam_page_is_open_to_nobody_without_credentials(synth: Any) -> None:
    template = synth({"page_mode": "iam"})

    assert _public(template) == []
    assert {"AWS_IAM"} == {url["AuthType"] for url in template.of("Lambda::Url").values()}


def test_a_page_that_is_off_is_not_made(synth: Any) -> None:
    template = synth({"page_mode": "off"})

    assert (template.of("Lambda::Url"), _public(template)) == ({}, [])
    assert len(template.of("Lambda::Function")) == 5
    assert template.variables("notify")["PAGE_URL"] == ""


def test_only_the_page_is_public(synth: Any) -> None:
    page = {str(found["FunctionName"]) for found in _public(synth())}

    assert len(page) == 1
    assert "FixPage" in page.pop()
