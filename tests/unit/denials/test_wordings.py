"""Each family of wordings, and each wrapper, proves itself: it takes its `yes` lines and none of its `no` lines, and has both."""

import importlib
import json
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from why403.denials import wrappers
from why403.denials.call import Wrapper
from why403.denials.classify import classify
from why403.denials.contains import holds_any
from why403.denials.denial import Verdict
from why403.denials.noise import is_noise
from why403.denials.plain import plain
from why403.denials.wording import FOLDER
from why403.log_events.filter_pattern import FILTER_PATTERN, matches
from why403.log_events.log_event import LogEvent

FAMILY_BY_NAME = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
WRAPPERS = sorted(
    module.name
    for module in pkgutil.iter_modules(wrappers.__path__)
    if module.name not in {"register", "patterns"}
)
"""Modules that read an SDK's or tool's failed calls by code of their own; `patterns` are families."""
LINES = {
    answer: [(name, line) for name, family in FAMILY_BY_NAME.items() for line in family.get(answer, ())]
    for answer in ("yes", "no")
}


def _takes(family: Mapping[str, Any], line: str) -> bool:
    """Whether the line means what the family means, with one of its actions where it names any."""
    actions = {one["action"] for one in family["wordings"] if "action" in one}
    means = family["means"]
    return any(
        denial.verdict == means["verdict"]
        and denial.kind == means.get("kind", denial.kind)
        and (not actions or denial.action in actions)
        for denial in classify(LogEvent(line))
    )


@pytest.mark.parametrize("part", ["source", "means", "yes", "no", "wordings"])
def test_every_family_has_its_proof(part: str) -> None:
    without = [name for name, family in FAMILY_BY_NAME.items() if not family.get(part)]

    assert without == []


def test_every_family_takes_its_lines() -> None:
    missed = [(name, line) for name, line in LINES["yes"] if not _takes(FAMILY_BY_NAME[name], line)]

    assert missed == []


def test_no_family_takes_a_line_that_it_must_not() -> None:
    taken = [(name, line) for name, line in LINES["no"] if _takes(FAMILY_BY_NAME[name], line)]

    assert taken == []


def test_nothing_that_a_family_takes_is_noise() -> None:
    noise = [
        line for name, line in LINES["yes"] if "sign" not in FAMILY_BY_NAME[name]["means"] and is_noise(line)
    ]

    assert noise == []


def test_every_missing_permission_of_a_family_passes_the_filter() -> None:
    held = [
        (name, line)
        for name, line in LINES["yes"]
        if FAMILY_BY_NAME[name]["means"]["verdict"] == "missing-permission"
    ]

    assert [line for _, line in held if not matches(FILTER_PATTERN, line)] == []


@pytest.mark.parametrize("name", WRAPPERS)
def test_every_wrapper_takes_its_lines_and_no_other(name: str) -> None:
    proof = json.loads((Path(wrappers.__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    taken = {line: _is_taken_by(name, line) for line in (*proof["yes"], *proof["no"])}

    assert proof["source"]
    assert {line: line in proof["yes"] for line in taken} == taken
    assert set(taken.values()) == {True, False}


def _is_taken_by(name: str, line: str) -> bool:
    """Whether the line is a denial, and the module reads a call of it."""
    module = importlib.import_module(f"{wrappers.__name__}.{name}")
    text = plain(line)
    readers = [it for it in vars(module).values() if isinstance(it, Wrapper)] or [
        Wrapper(("",), module.read_named)
    ]
    calls = [call for one in readers if holds_any(text, one.gates) for call in one.read(text)]
    return bool(calls) and classify(LogEvent(line))[0].verdict is Verdict.MISSING_PERMISSION
