"""What somebody writes into a line of a real denial hides it in few lines, and lends it his own names in few.

Each denial, as SDKs and tools print it, stands beside each text of somebody who knows the code, in each place where applications write
what visitors sent: its beginning, a quotation, a path, a field, the agent, what follows. The figures may only fall.
"""

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from why403.denials.classify import NOISE, read
from why403.denials.denial import Denial, Verdict
from why403.denials.vocabulary import is_noise
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import whole_events

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "hostile" / "beside_denials.json").read_text(encoding="utf-8")
)
"""`denials`, the texts that are `hiding` or `lending`, the `positions` of both as formats, and as `records` with the field of the error."""
NOW = 1_764_000_000_000
"""Milliseconds since the epoch: a moment."""
EVERY = 31
"""One line of so many is read: a prime, so that every text, place and denial has its turn."""
HIDDEN, LENT, OPENED, HIDDEN_BY_A_LINE = 161, 143, 395, 31
"""Lines of those that may be read wrongly: what nobody could tell apart, or what is not yet told apart. Never raise them."""
LINES_OF_OTHERS = (
    "{w}", "  {w}", "\t{w}", "    at {w}", "Caused by: {w}", "{w}:", "{w} {", "{w},", "2026-03-01T10:00:00Z INFO user {w}", '{"user": "{w}"}',
)  # fmt: skip
"""How a line of the same stream looks that somebody wrote, or wrote the end of."""
OTHERWISE = (
    "no space left on device",
    "connection timed out after 3000 ms",
    "NoSuchKey: The specified key does not exist.",
)
"""What happened instead of a denial."""
TOLD = (
    "service", "operation", "action", "resource", "resource_name", "principal", "account", "region", "deny_kind",
    "policy_arn", "authorization_id",
)  # fmt: skip
"""What a line may not be lent."""


def lines(texts: list[str]) -> Iterator[tuple[str, str]]:
    """A denial beside a harmless text, and beside the given one."""
    places = [*CASES["positions"], *CASES["records"]]
    for number, (text, place, denial) in enumerate(product(texts, places, CASES["denials"])):
        if number % EVERY == 0:
            yield _line(place, "report", denial), _line(place, text, denial)


def _line(place: str | dict[str, Any], text: str, denial: str) -> str:
    if isinstance(place, str):
        is_logfmt = "err=" in place
        text, denial = (
            json.dumps(one, ensure_ascii=False)[1:-1] if is_logfmt else one for one in (text, denial)
        )
        return place.replace("{d}", denial, 1).replace("{w}", text, 1)
    fixed = {place["error"]: denial, "level": "error", "ts": "2026-03-01T10:00:00Z"}
    return json.dumps({name: fixed.get(name, text) for name in place["fields"]}, ensure_ascii=False)


@cache
def _denials(line: str) -> tuple[Denial, ...]:
    told = NOISE if is_noise(line) else read(line)
    return tuple(denial for denial in told if denial.verdict is Verdict.MISSING_PERMISSION)


def _is_lent(told: Denial, own: Denial) -> bool:
    """Whether the denial says what the line alone does not; less is no loan."""
    return any(
        value and value != getattr(own, name) and str(value) != "unknown"
        for name in TOLD
        if (value := getattr(told, name))
    )


def test_each_denial_is_told_beside_a_harmless_text() -> None:
    assert [own for own, _ in lines(CASES["hiding"][:1]) if not _denials(own)] == []


def test_few_texts_hide_a_denial() -> None:
    hidden = [line for _, line in lines(CASES["hiding"] + CASES["lending"]) if not _denials(line)]

    assert len(hidden) <= HIDDEN, hidden[:20]


def test_few_texts_lend_a_denial_what_they_name() -> None:
    lent = [
        line
        for own, line in lines(CASES["lending"])
        if any(_is_lent(told, _denials(own)[0]) for told in _denials(line))
    ]

    assert len(lent) <= LENT, lent[:20]


def test_few_texts_make_a_denial_of_what_is_none() -> None:
    places = [*CASES["positions"], *CASES["records"]]
    made = (_line(place, text, error) for text, place, error in product(CASES["lending"], places, OTHERWISE))
    opened = [line for line in made if _denials(line)]

    assert len(opened) <= OPENED, opened[:20]


def test_few_lines_of_others_in_its_stream_hide_a_denial() -> None:
    hidden = []
    for number, (text, form, denial, is_behind) in enumerate(
        product([*CASES["hiding"], *CASES["lending"]], LINES_OF_OTHERS, CASES["denials"], (False, True))
    ):
        if number % (3 * EVERY) == 0:
            line, own = form.replace("{w}", text).replace("\n", " "), denial.split("\n")
            stream = [*own, line] if is_behind else [line, *own]
            whole = whole_events(
                LogEvent(one, "shop", "s", NOW + at, str(at)) for at, one in enumerate(stream)
            )
            if not any(_denials(event.message) for event in whole):
                hidden.append(stream)

    assert len(hidden) <= HIDDEN_BY_A_LINE, hidden[:20]
