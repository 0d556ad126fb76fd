"""Every line of the documents that the users work by today, through `why403 explain`, in an account where it happens."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from demo.emulator import Emulator, emulator
from tests.e2e.documents_account import build_documents_account
from tests.fakes.command import why403

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases" / "documents").glob("*.json"))


EVERY_CASE = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in CASES
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.fixture(scope="session")
def documents_account() -> Iterator[tuple[Emulator, Mapping[str, str]]]:
    with emulator() as running:
        yield running, build_documents_account(running)


@pytest.fixture(scope="session")
def explained(documents_account: tuple[Emulator, Mapping[str, str]]) -> Callable[[Any, str], tuple[int, str]]:
    account, keys = documents_account

    def run(case: Any, form: str) -> tuple[int, str]:
        line = case["line"]
        for word, arn in keys.items():
            line = line.replace("{" + word + "}", arn)
        named = ("--log-group", case["log_group"], "--format", form)
        status, out, told = why403("explain", *named, line, environment=account.environment)
        assert told == ""
        return status, out

    return run


@pytest.mark.parametrize("case", EVERY_CASE)
def test_the_document_s_line_is_explained(case: Any, explained: Any) -> None:
    status, out = explained(case, "json")
    told = json.loads(out.splitlines()[0])
    drafted = json.dumps([remedy["policy_document"] for remedy in told.get("remedies", ())])

    assert status == case.get("status", 0)
    assert missing(case["expect"], told) == []
    assert [word for word in case.get("never_drafted", ()) if word in drafted] == []


@pytest.mark.parametrize(
    "case", [case for case in EVERY_CASE if "reads" in cast("dict[str, Any]", case.values[0])]
)
def test_its_reader_is_told(case: Any, explained: Any) -> None:
    _, out = explained(case, "text")

    assert [words for words in case["reads"] if words.lower() not in out.lower()] == []


def missing(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where `found` lacks what is wanted: an object's keys, and for each object of a list one that has its."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [gap for key, part in wanted.items() for gap in missing(part, found.get(key), f"{path}.{key}")]
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
        return [
            f"{path}: none is {part}"
            for part in wanted
            if not any(missing(part, candidate) == [] for candidate in found or ())
        ]
    return [] if wanted == found else [f"{path}: wanted {wanted!r}, found {found!r}"]
