"""What changed just before, in the reader's language: diagnoses are kept with the English sentence, whatever language asks.

changes_told.json has each sentence that changes/ makes, with its places, in the other languages.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from why403.notices.grammar import in_japanese, in_korean

SENTENCES = Path(__file__).with_suffix(".json")
IN = {"ja": in_japanese, "ko": in_korean}
"""The languages that have them; English has the sentences themselves."""
LONGEST = 1_000
"""Characters of a sentence: two ARNs and their names; what is longer stays as it is."""
PLACE = re.compile(r"\{([a-z]+)\}")
"""A place in a sentence of ours, to be filled with what CloudTrail recorded."""
CALLED = re.compile(r"\{\w+\}")
"""A place, called as CloudTrail calls the parameter."""
FROM = "{told} (from {address})"
"""Where the caller's address stands behind the sentence."""


def change_told(what: str, language: str) -> str:
    """The sentence in the language; as it is where it is none of ours, as a newer version may have stored it."""
    if language not in IN or len(what) > LONGEST:
        return what
    behind = _patterns()[FROM].fullmatch(what)
    if behind is not None:
        return _filled(FROM, {**behind.groupdict(), "told": change_told(behind["told"], language)}, language)
    for sentence, pattern in _patterns().items():
        if sentence != FROM and (found := pattern.fullmatch(what)):
            return _filled(sentence, found.groupdict(), language)
    return what


def _filled(sentence: str, values: Mapping[str, str], language: str) -> str:
    return IN[language](_sentences()[sentence][language], values.__getitem__)


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    """By the English one; its places in small letters, as all our texts have them."""
    text = CALLED.sub(lambda found: found[0].lower(), SENTENCES.read_text("utf-8"))
    told: dict[str, dict[str, str]] = json.loads(text)
    return told


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """The sentence with the most words of its own first: `{call} was called` fits what others say better."""
    ordered = sorted(_sentences(), key=lambda one: -len(PLACE.sub("", one)))
    return {sentence: _pattern(sentence) for sentence in ordered}


def _pattern(sentence: str) -> re.Pattern[str]:
    """What the sentence is with any values."""
    parts = PLACE.split(sentence)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)),
        re.DOTALL,
    )
