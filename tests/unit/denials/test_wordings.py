"""Each family of wordings, and each wrapper, proves itself: it takes its `yes` lines and none of its `no` lines, and has both."""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from why403.denials import wrappers
from why403.denials.call import Wrapper
from why403.denials.classify import classify
from why403.denials.contains import holds_any
from why403.denials.denial import Verdict
from why403.denials.filter_terms import filter_pattern
from why403.denials.plain import plain
from why403.denials.vocabulary import is_noise
from why403.denials.wording import FOLDER, marks
from why403.log_events.log_event import LogEvent

from demo.filter_pattern import matches

FAMILY_BY_NAME = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
WRAPPERS = sorted(
    module.name
    for module in pkgutil.iter_modules(wrappers.__path__)
    if module.name not in {"register", "patterns"}
)
"""Modules that read an SDK's or tool's failed calls by code of their own; `patterns` are families."""
ALERTING = {"missing-permission", "credentials", "aws-403-not-iam"}
FRAME_BY_NAME: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in Lambda's JSON format": lambda line: json.dumps(
        {"timestamp": "2026-11-20T10:00:00Z", "level": "ERROR", "message": line}
    ),
    "in JSON in Docker's JSON": lambda line: json.dumps(
        {"log": json.dumps({"msg": line}), "stream": "stderr"}
    ),
    "in PHP's JSON, which escapes slashes": lambda line: json.dumps({"message": line}).replace("/", "\\/"),
    "in Go's JSON, which escapes brackets": lambda line: (
        json.dumps({"msg": line}).replace("<", "\\u003c").replace(">", "\\u003e")
    ),
    "in Python's words for a mapping": lambda line: repr({"message": line}),
}
LINES = {
    answer: [(name, line) for name, family in FAMILY_BY_NAME.items() for line in family.get(answer, ())]
    for answer in ("yes", "unpassed", "no")
}


def _takes(family: Mapping[str, Any], line: str) -> bool:
    """Whether the line means what the family means, with one of its actions where it names any."""
    actions = {one["action"] for one in family["wordings"] if "action" in one}
    means = family["means"]
    return any(
        denial.verdict == means["verdict"]
        and denial.kind == means.get("kind", denial.kind)
        and (not actions or (denial.action or f"{denial.service}:") in actions)
        for denial in classify(LogEvent(line))
    )


@pytest.mark.parametrize("part", ["source", "means", "yes", "no", "wordings"])
def test_every_family_has_its_proof(part: str) -> None:
    without = [name for name, family in FAMILY_BY_NAME.items() if not family.get(part)]

    assert without == []


def test_every_family_takes_its_lines() -> None:
    lines = (*LINES["yes"], *LINES["unpassed"])
    missed = [(name, line) for name, line in lines if not _takes(FAMILY_BY_NAME[name], line)]

    assert missed == []


def test_no_family_takes_a_line_that_it_must_not() -> None:
    taken = [(name, line) for name, line in LINES["no"] if _takes(FAMILY_BY_NAME[name], line)]

    assert taken == []


def test_every_wording_stands_in_a_line_that_its_family_must_take() -> None:
    unproven = [
        (name, text)
        for name, family in FAMILY_BY_NAME.items()
        for lines in [(*family["yes"], *family.get("unpassed", ()))]
        for shown in ["\n".join(f"{line}\n{plain(line)}" for line in lines)]
        for one in family["wordings"]
        for text in (*one.get("says", ()), *([one["pattern"]] if "pattern" in one else []))
        if not (
            re.search(text, shown, re.MULTILINE)
            if text == one.get("pattern")
            else text.lower() in shown.lower()
        )
    ]

    assert unproven == []


def test_nothing_that_a_family_takes_is_noise() -> None:
    noise = [
        line for name, line in LINES["yes"] if "sign" not in FAMILY_BY_NAME[name]["means"] and is_noise(line)
    ]

    assert noise == []


def test_each_mark_of_aws_decides_a_line_alone() -> None:
    lines = [line for name, line in LINES["yes"] if FAMILY_BY_NAME[name]["means"].get("sign") == "aws"]
    decided = {found[0] for line in lines if len(found := [mark for mark in marks() if mark in line]) == 1}

    assert [mark for mark in marks() if mark not in decided] == []


def test_what_a_family_has_the_filter_pass_stands_in_a_line_of_its_own() -> None:
    unproven = [
        (name, term)
        for name, family in FAMILY_BY_NAME.items()
        for term in family.get("passes", ())
        if not any(term in line for line in family["yes"])
    ]

    assert unproven == []


@pytest.mark.parametrize("frame", FRAME_BY_NAME.values(), ids=FRAME_BY_NAME)
def test_every_line_that_alerts_passes_the_filter_however_it_is_wrapped(frame: Callable[[str], str]) -> None:
    of_wrappers = [line for name in WRAPPERS for line in _proof(name)["yes"]]
    of_families = [
        line for name, line in LINES["yes"] if FAMILY_BY_NAME[name]["means"]["verdict"] in ALERTING
    ]

    assert [line for line in (*of_families, *of_wrappers) if not matches(filter_pattern(), frame(line))] == []


@pytest.mark.parametrize("frame", FRAME_BY_NAME.values(), ids=FRAME_BY_NAME)
def test_a_line_means_the_same_however_it_is_wrapped(frame: Callable[[str], str]) -> None:
    of_wrappers = [line for name in WRAPPERS for line in _proof(name)["yes"]]
    lines = [
        *of_wrappers,
        *(line for name, line in LINES["yes"] if FAMILY_BY_NAME[name]["means"]["verdict"] in ALERTING),
    ]

    assert [_told(line) for line in lines] == [_told(frame(line)) for line in lines]


def _told(line: str) -> tuple[object, ...]:
    denial = classify(LogEvent(line))[0]
    return (
        denial.verdict,
        denial.kind,
        denial.service,
        denial.operation,
        denial.action,
        denial.resource,
        denial.principal,
    )


def _proof(wrapper: str) -> Any:  # a JSON object
    return json.loads((Path(wrappers.__file__).parent / f"{wrapper}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", WRAPPERS)
def test_every_wrapper_takes_its_lines_and_no_other(name: str) -> None:
    proof = _proof(name)
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


@pytest.mark.parametrize(
    "hint",
    [
        ". If you see this error, check the role's policies.",
        " See https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
        " Make sure that the role is not denied access.",
        " Will retry when access is no longer denied.",
        " For example, grant s3:GetObject; how to fix it: docs/access.md",
    ],
)
def test_a_hint_behind_a_denial_takes_nothing_of_it_back(hint: str) -> None:
    of_families = [
        line
        for name, line in LINES["yes"]
        if FAMILY_BY_NAME[name]["means"]["verdict"] == "missing-permission"
    ]
    lines = [line for line in of_families if not line.endswith("}")]

    assert [
        line for line in lines if classify(LogEvent(line + hint))[0].verdict is not Verdict.MISSING_PERMISSION
    ] == []
