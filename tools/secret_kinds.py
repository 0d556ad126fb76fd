"""Renew log_events/redaction_public.json from the rules of CredSweeper and detect-secrets.

`python -m tools.secret_kinds` fetches CredSweeper's wheel at the version and hash below (its rules are a file in
it; the package itself, with its models, is not installed) and reads the installed detect-secrets. Of each rule that
begins with fixed letters it keeps those letters, the characters that may follow and how many at least: a search for
them is linear by construction, and a token that was cut, or grew in a later version, is still known.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from re import _constants as sre  # the only door to a pattern's parts
from re import _parser as parser
from typing import Any

import yaml
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

TARGET = Path(__file__).parent.parent / "functions" / "why403" / "log_events" / "redaction_public.json"
CREDSWEEPER = "credsweeper==1.19.5 --hash=sha256:{digest}"
DIGEST = "b081617b64a6cdb7c5ff055ef424df111a1f8b6304ddde75f9ea035e95775a59"
NOTICE = (
    "Made by tools/secret_kinds.py from the rules of CredSweeper 1.19.5 (Copyright (c) Samsung Electronics Co., Ltd., "
    "MIT) and detect-secrets 1.5.0 (Copyright Yelp, Apache-2.0). Of each rule only its fixed letters, the characters "
    "after them and the least number of those. THIRD_PARTY_NOTICES.md has both licences."
)
SHORTEST_PREFIX = 4
"""Fixed letters that a rule must begin with; three where one of them is no letter or digit."""
MOST_PREFIXES = 64
"""Forms of one rule: alternatives multiply, and a rule with more begins with anything."""
LEAST, MOST_LEAST, WORD_LEAST = 8, 12, 24
"""How many characters must follow: enough to be no word, few enough that a cut token is known; more after letters."""
AROUND = re.compile(r"^\(\?:\^\|/\|.*?\{0,80\}m\)")
"""What CredSweeper puts before most rules: the edge, which we test ourselves."""
NOT_SECRET = {"UUID", "AWS Client ID", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID", "JWK"}
"""Rules for what is no secret: names of principals, buckets and domains."""
ORDINARY = {"ck_", "ak_"}
"""Starts that names of tables and keys have as well."""
Part = tuple[Any, Any]
"""The kind and the value of one part of a pattern, as Python parses it."""
NAMED = "(?P<variable>"
VISIBLE = [chr(code) for code in range(33, 127) if chr(code) not in "\"'`<>\\,;"]


def main() -> None:
    """Write the file."""
    starts: dict[tuple[str, str, int], set[str]] = {}
    for name, pattern, flags in (*_credsweeper(), *_detect_secrets()):
        for prefixes, following, least in shortened(pattern, flags):
            starts.setdefault((_slug(name), following, least), set()).update(prefixes)
    kinds = [
        [kind, sorted(prefixes), body, least] for (kind, body, least), prefixes in sorted(starts.items())
    ]
    lines = ",\n".join(f"  {json.dumps(kind)}" for kind in kinds)
    TARGET.write_text(
        f'{{\n "notice": {json.dumps(NOTICE)},\n "prefixed": [\n{lines}\n ]\n}}\n', encoding="utf-8"
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _credsweeper() -> Iterator[tuple[str, str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(CREDSWEEPER.format(digest=DIGEST), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "-r", str(wanted), "-d", folder], check=True)  # noqa: S603
        (wheel,) = Path(folder).glob("*.whl")
        rules = yaml.safe_load(zipfile.ZipFile(wheel).read("credsweeper/rules/config.yaml"))
    for rule in rules:
        if rule["type"] in {"pattern", "multi"} and rule["name"] not in NOT_SECRET:
            for value in rule["values"]:
                if NAMED in value:
                    continue  # it is known by the name before it
                yield rule["name"], AROUND.sub("", value), 0


def _detect_secrets() -> Iterator[tuple[str, str, int]]:
    plugins: dict[str, Any] = get_mapping_from_secret_type_to_class()
    for name, plugin in plugins.items():
        for pattern in getattr(plugin, "denylist", ()):
            yield name, pattern.pattern, pattern.flags


def shortened(pattern: str, flags: int = 0) -> Iterator[tuple[list[str], str, int]]:
    """(The fixed starts, the class of characters that follow, how many at least) of each form of the rule."""
    for parts in _forms(list(parser.parse(pattern, flags))):
        prefixes, rest = _starts(parts)
        following = {letter for part in rest for letter in _characters(part)}
        least = sum(_least(part) for part in rest)
        telling = [prefix for prefix in prefixes if _tells(prefix, least)]
        if telling and len(telling) == len(prefixes) and least >= LEAST:
            most = WORD_LEAST if any(prefix.isalnum() for prefix in telling) else MOST_LEAST
            yield sorted(telling), _as_class(following), min(least, most)


def _tells(prefix: str, least: int) -> bool:
    """Whether the start is no ordinary word, nor one of every address."""
    if prefix.startswith("http") or not prefix[:1].isalnum():
        return False
    if len(prefix) < SHORTEST_PREFIX:
        return len(prefix) == SHORTEST_PREFIX - 1 and not prefix.isalnum() and prefix not in ORDINARY
    return not (prefix.isalpha() and prefix.islower()) or least >= WORD_LEAST


def _forms(parts: list[Part]) -> list[list[Part]]:
    """The parts with their groups opened, once for each choice that stands before anything variable; few, or none."""
    waiting = [(0, parts)]
    forms: list[list[Part]] = []
    while waiting and len(waiting) + len(forms) <= MOST_PREFIXES:
        place, form = waiting.pop()
        if place == len(form):
            forms.append(form)
            continue
        kind, value = form[place]
        before, after = form[:place], form[place + 1 :]
        if kind is sre.SUBPATTERN:
            waiting.append((place, [*before, *value[3], *after]))
        elif kind is sre.BRANCH:
            waiting += [(place, [*before, *branch, *after]) for branch in value[1]]
        elif _options(form[place]) is None:
            forms.append(form)
        else:
            waiting.append((place + 1, form))
    return [] if waiting else forms


def _starts(parts: list[Part]) -> tuple[list[str], list[Part]]:
    """The fixed texts that the parts may begin with, and the parts after them."""
    starts = [""]
    while parts:
        options = _options(parts[0])
        if options is None or len(starts) * len(options) > MOST_PREFIXES:
            return starts, parts
        starts = [start + option for start, option in product(starts, options)]
        parts = parts[1:]
    return starts, parts


def _options(part: Part) -> list[str] | None:  # noqa: PLR0911  # one return a kind of part
    """Every text that a part may be, where they are few; None where they are many."""
    kind, value = part
    few = 8
    if kind is sre.LITERAL:
        return [chr(value)]
    if kind in {sre.AT, sre.ASSERT, sre.ASSERT_NOT}:
        return [""]
    if kind is sre.IN:
        found = sorted(_characters(part))
        return found if len(found) <= few else None
    if kind is sre.BRANCH:
        branches = [_starts(list(branch)) for branch in value[1]]
        return (
            [one for starts, _ in branches for one in starts]
            if not any(rest for _, rest in branches)
            else None
        )
    if kind is sre.SUBPATTERN:
        starts, rest = _starts(list(value[3]))
        return starts if not rest else None
    if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT} and value[1] == 1:
        starts, rest = _starts(list(value[2]))
        return ["", *starts] if not rest else None
    return None


def _children(part: Part) -> Sequence[Part]:
    kind, value = part
    if kind is sre.BRANCH:
        return [child for branch in value[1] for child in branch]
    if kind is sre.SUBPATTERN:
        return list(value[3])
    if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
        return list(value[2])
    return []


def _characters(part: Part) -> set[str]:
    kind, value = part
    if kind is sre.LITERAL:
        return {chr(value)}
    if kind is sre.IN:
        return _in_class(value)
    if kind in {sre.NOT_LITERAL, sre.ANY}:
        return set(VISIBLE)
    return {letter for child in _children(part) for letter in _characters(child)}


def _in_class(items: list[Part]) -> set[str]:
    found: set[str] = set()
    for kind, value in items:
        if kind is sre.LITERAL:
            found |= {chr(value)} & set(VISIBLE)
        elif kind is sre.RANGE:
            found |= {letter for letter in VISIBLE if value[0] <= ord(letter) <= value[1]}
        elif kind is sre.CATEGORY:
            found |= {letter for letter in VISIBLE if letter.isalnum() or letter == "_"}
    return set(VISIBLE) - found if items[0][0] is sre.NEGATE else found


def _least(part: Part) -> int:
    kind, value = part
    if kind in {sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY}:
        return 1
    if kind is sre.BRANCH:
        return min(sum(map(_least, branch)) for branch in value[1])
    if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
        return int(value[0]) * sum(map(_least, value[2]))
    return sum(map(_least, _children(part)))


def _as_class(letters: set[str]) -> str:
    ranges = [(name, span) for name, span in (("A-Z", ("A", "Z")), ("a-z", ("a", "z")), ("0-9", ("0", "9")))]
    written = ""
    for name, (first, last) in ranges:
        whole = {chr(code) for code in range(ord(first), ord(last) + 1)}
        if letters & whole:
            written += name
            letters = letters - whole
    return f"[{written}{''.join(re.escape(letter) for letter in sorted(letters))}]"


if __name__ == "__main__":
    main()
