"""A line costs in proportion to its length, whoever wrote it: CPU time on doubling, never a clock on the wall."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from time import process_time

import pytest
import why403
from why403.denials.classify import classify
from why403.denials.plain import plain
from why403.denials.wording import wordings
from why403.incidents.normalized_resource import normalized_resource
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import whole_events
from why403.log_events.redaction import redact
from why403.log_events.redaction_rules import keyed, prefixed, shapes
from why403.notices.inert import inert

from tests.unit.hostile_units import GENERAL, units_of

DOUBLED = 2.6
"""Twice the text may cost so many times as much; what is quadratic costs four times."""
TRIED, SMALL, LARGE = 200, 4_000, 16_000
"""Characters: to choose the worst unit, and between which it is then doubled."""
MEASURABLE, ENOUGH = 0.002, 0.4
"""Seconds of CPU: below the first a ratio says nothing, above the second the last doubling has told."""
LEAST = MEASURABLE / 10
"""Seconds of CPU: a clock that did not tick tells nothing, and ten times as much is never linear."""
ATTEMPTS = 6
"""Each size is measured once an attempt: what is slow is so in all of them."""
MATCHED_ONCE = (
    "why403.workloads.acting_service.KINDS[",
    "why403.workloads.codebuild._BUILD_STREAM",
    "why403.workloads.log_origin._AWSLOGS_STREAM",
    "why403.workloads.log_origin._FIRELENS_STREAM",
    "why403.denials.arn_text.BEFORE",
    "why403.denials.handled.FIELDS",
    "why403.denials.handled.JSON_FIELD",
    "why403.iam.principal.SERVICE_NAME",
)
"""Never searched for: tried at one place of a text, those of denials on 500 characters at most, of streams on 512."""
MEET_LINES = ("denials", "log_events", "incidents", "iam", "notices", "workloads")
"""Packages whose patterns are given a line's text at any length; those beyond get names, which AWS keeps short."""
COMPILED = re.compile(r"(?<![.\w])re\.compile\(")
"""Where a pattern is made, in a file's text."""
MADE_WHEN_CALLED = {
    "denials/wording.py", "denials/wrappers/patterns.py", "incidents/normalized_resource.py", "log_events/redaction_rules.py",
    "log_events/redaction_columns.py", "notices/changes_told.py",
}  # fmt: skip
"""Files that make patterns of data: each of those is listed below by itself, but for changes_told, which reads 1,000 characters
at most.
"""
SENTENCE = (
    "User: arn:aws:iam::123456789012:user/dana is not authorized to perform: sqs:SendMessage on resource: "
)
LINES = [
    *GENERAL,
    SENTENCE,
    f"{SENTENCE}arn:aws:sqs:eu-west-1:123456789012:orders because no ",
    "arn:aws:s3:::a password=Xk3 ",
    "An error occurred (AccessDenied) when calling the ",
    "AccessDenied: a status code: 403, request id: ",
    "operation error S3: GetObject, ",
    "(Service: Amazon S3; Status Code: 403; ",
    "-----BEGIN PRIVATE KEY-----\n",
    "password=",
    "cookie: a=bbb; ",
    'SecureString" ',
    "eyJaaaaaaaaaaaaaaaa.",
    "identified by ",
    "aB3",
    "\x1b[",
    'Error executing "A" on "https://a.amazonaws.com',
    '"eventSource": "s3.amazonaws.com", ',
]


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(why403.__path__, "why403."):
        if module.name.split(".")[1] in MEET_LINES:
            for name, it in vars(importlib.import_module(module.name)).items():
                yield from ((f"{module.name}.{name}{at}", found) for at, found in _within(it))
    yield from (
        (f"wordings {one.pattern[:40]}", re.compile(one.pattern)) for one in wordings() if one.pattern
    )
    yield from shapes()
    yield from ((kind, keyed(kind)) for kind in ("certain", "likely", "vendors"))
    yield "prefixed", prefixed()[0]


def _within(it: object) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns that a value is or holds, and where in it."""
    if isinstance(it, re.Pattern):
        yield "", it
    elif isinstance(it, Mapping):
        yield from _each(it.items())
    elif isinstance(it, tuple | list):
        yield from _each(enumerate(it))
    elif is_dataclass(it) and not isinstance(it, type):
        yield from _each((each.name, getattr(it, each.name)) for each in fields(it))


def _each(held: Iterable[tuple[object, object]]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for at, value in held:
        yield from ((f"[{at}]{deeper}", found) for deeper, found in _within(value))


EVERY_PATTERN = dict(_patterns())
PATTERN_BY_NAME = {
    name: pattern for name, pattern in EVERY_PATTERN.items() if not name.startswith(MATCHED_ONCE)
}


def _cpu(work: Callable[[str], object], text: str) -> float:
    started = process_time()
    work(text)
    return process_time() - started


def _is_linear(work: Callable[[str], object], unit: str) -> bool:
    """Whether the last doubling that can be measured costs no more than it may, in one of the attempts."""
    return any(_last_ratio(work, unit) <= DOUBLED for _ in range(ATTEMPTS))


def _last_ratio(work: Callable[[str], object], unit: str) -> float:
    text = unit * (2 * LARGE // len(unit) + 1)
    size, ratio = SMALL, 1.0
    cost = _cpu(work, text[:size])
    while size < LARGE and cost < ENOUGH:
        twice = _cpu(work, text[: 2 * size])
        ratio = twice / max(cost, LEAST) if twice > MEASURABLE else 1.0
        size, cost = 2 * size, twice
    return ratio


def _search(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: sum(1 for _ in pattern.finditer(text))


def _worst(pattern: re.Pattern[str]) -> str:
    """The unit that costs most at a few hundred characters."""
    search = _search(pattern)
    cost_by_unit = {unit: _cpu(search, unit * (TRIED // len(unit) + 1)) for unit in units_of(pattern)}
    return max(cost_by_unit, key=lambda unit: cost_by_unit[unit])


def test_no_pattern_that_a_file_makes_is_left_out() -> None:
    root = Path(why403.__path__[0])
    made = {
        str(path.relative_to(root)): len(COMPILED.findall(path.read_text("utf-8")))
        for package in MEET_LINES
        for path in (root / package).rglob("*.py")
    }
    tried = {
        name: sum(
            one.startswith(f"why403.{name.removesuffix('.py').replace('/', '.')}.") for one in EVERY_PATTERN
        )
        for name in made
    }

    assert {name for name, count in made.items() if count > tried[name]} == MADE_WHEN_CALLED


@pytest.mark.parametrize("name", sorted(EVERY_PATTERN.keys() - PATTERN_BY_NAME.keys()))
def test_a_pattern_that_is_tried_at_one_place_takes_linear_time_there(name: str) -> None:
    pattern = EVERY_PATTERN[name]
    slow = [unit for unit in units_of(pattern) if not _is_linear(pattern.match, unit)]

    assert slow == []


def test_no_pattern_takes_more_than_linear_time_on_what_it_fits_in_part() -> None:
    worst = {name: _worst(pattern) for name, pattern in PATTERN_BY_NAME.items()}
    slow = [
        (name, unit) for name, unit in worst.items() if not _is_linear(_search(PATTERN_BY_NAME[name]), unit)
    ]

    assert slow == []


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda line: classify(LogEvent(f"AccessDenied {line}")), id="classified"),
        pytest.param(lambda line: plain(f"AccessDenied {line}"), id="made plain"),
        pytest.param(redact, id="redacted"),
        pytest.param(inert, id="made inert"),
        pytest.param(lambda line: normalized_resource(line, "s3"), id="normalized"),
        pytest.param(
            lambda line: list(whole_events(LogEvent(part) for part in line.splitlines())), id="put together"
        ),
    ],
)
def test_a_line_takes_linear_time(work: Callable[[str], object]) -> None:
    slow = [line for line in LINES if not _is_linear(work, line)]

    assert slow == []
