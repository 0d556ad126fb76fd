"""The JSON message is what docs/message-schema.json promises, and the document tells every field of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from why403.notices.dialects.machines import attributes, message_json, size

from tests.unit.notices.notice_case import NAMES, notice_of

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "message-schema.json").read_text(encoding="utf-8"))
TOLD = (DOCS / "message-schema.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("longest", [200_000, 20_000, 2_000])
@pytest.mark.parametrize("name", NAMES)
def test_a_message_fits_the_schema_however_short_it_must_be(name: str, longest: int) -> None:
    message = message_json(notice_of(name), longest)
    wrong = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(message)]

    assert wrong == []
    assert size(message) <= longest


@pytest.mark.parametrize("name", NAMES)
def test_each_field_of_a_message_is_in_the_schema_and_told(name: str) -> None:
    message = message_json(notice_of(name), 200_000)

    assert set(message) == set(SCHEMA["properties"])
    assert [
        field
        for field in (*message, *message["diagnosis"], *attributes(notice_of(name)))
        if f"`{field}`" not in TOLD
    ] == []
