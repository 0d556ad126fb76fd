"""Every wording that the classifier knows, from wordings/: a file is a family, and carries the lines that prove it.

A file holds `source` (the page or the kind of log that shows it), `means`, `passes` (what the subscription filter has to
pass for it, where no refusal's own words do), `yes` (lines that it must take), `unpassed` (lines that it must take as
well, but that the filter has no room for: they are answered where somebody asks), `no` (lines that it must not) and
`wordings`: phrases (`says`, in any case), patterns of failed calls (`pattern`), or marks of AWS (`mark`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "wordings"
LAST = 1000
"""The rank of wordings whose order among others does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Any of `says`, with all of `beside` and none of `without`; or `pattern`, where one of the `gates` stands."""

    means: Mapping[str, str]
    """`verdict`; `kind` of a playbook, or `sign`: what other systems say, are called, or store as S3 does."""
    rank: int
    """The lower one decides where two fit."""
    says: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only_refused: bool = False
    """It means it only beside a refusal or a 403."""
    action: str = ""
    """The service's prefix and a colon, where the words tell no more."""
    resource: str = ""
    """Which ARN of the line is the resource: `role` or `arn`."""
    gates: tuple[str, ...] = ()
    pattern: str = ""
    """Its groups are named as the fields of a call: service, operation, method, code, status; `path` is a bucket and a key."""
    service: str = ""
    """The service, where a tool calls only one."""
    verbs: Mapping[str, str] = field(default_factory=dict)
    """The group `verb`, in the tool's own words, → the operation."""
    mark: str = ""
    """What only AWS's answers, its SDKs and tools on top of them print, in its own case: a refusal beside it is AWS's."""


@cache
def wordings() -> tuple[Wording, ...]:
    """All of them, by rank."""
    return tuple(sorted((one for family in _families() for one in _read(family)), key=lambda one: one.rank))


def passes() -> tuple[str, ...]:
    """The filter's terms of every family, case-sensitive."""
    return tuple(term for family in _families() for term in family.get("passes", ()))


@cache
def marks() -> tuple[str, ...]:
    """What tells that a plain text is of AWS."""
    return tuple(one.mark for one in wordings() if one.mark)


@cache
def _families() -> tuple[Mapping[str, Any], ...]:
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json")))


def _read(family: Mapping[str, Any]) -> Iterator[Wording]:
    for given in family["wordings"]:
        yield Wording(
            means=family["means"],
            rank=given.get("rank", LAST),
            says=tuple(phrase.lower() for phrase in given.get("says", ())),
            beside=tuple(given.get("with", ())),
            without=tuple(given.get("without", ())),
            only_refused=given.get("refused", False),
            action=given.get("action", ""),
            resource=given.get("resource", ""),
            gates=tuple(given.get("gates", ())),
            pattern=given.get("pattern", ""),
            service=given.get("service", ""),
            verbs=given.get("verbs", {}),
            mark=given.get("mark", ""),
        )


@cache
def with_sign(sign: str) -> frozenset[str]:
    """The phrases of other systems that are of one sign: `refusals`, `systems`, `s3_compatible`."""
    return frozenset(phrase for one in wordings() if one.means.get("sign") == sign for phrase in one.says)


@cache
def patterns_with_sign(sign: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """The patterns of one sign, each with its gates: `talk`, `list`, `test`, `document`, `page`."""
    return tuple(
        (one.gates, re.compile(one.pattern))
        for one in wordings()
        if one.pattern and one.means.get("sign") == sign
    )
