"""The words that people read, by id and language: words/{en,ja,ko}.json."""

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from why403.message import Message
from why403.notices.changes_told import change_told
from why403.notices.grammar import MARK, in_english, in_japanese, in_korean

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
"""A place in a text, named in small letters; other braces are the text's own (policy variables, JSON)."""

ONE = ".one"
"""How the id of a text for a count of 1 ends."""

NO = ".no-"
"""How the id of a text goes on that is told where a value is not known: `<id>.no-<place>`."""

UNKNOWN = "notices.unknown"
"""What stands for a value that is not known where the text has no such variant; `.<place>` where it has a word."""

CHANGED = frozenset({"remedies.undo.title", "remedies.undo.why"})
"""Texts whose `what` is a sentence of a recent change (changes_told.py)."""

IN_WORDS = {
    "layer": "notices.layer.",
    "policy": "notices.policy.",
    "given": "notices.given.",
    "aws": "notices.effect.",
    "ours": "notices.effect.",
}
"""Values that are no names but have words: by their placeholder, how the ids of the words start."""


OF_LAYERS = {"remedies.proof.unknown": "what", "remedies.proof.still-denied": "layers"}
"""Texts with a place for layers and keys, several of them with commas between."""


class Language(StrEnum):
    """The languages that there are words in."""

    ENGLISH = "en"
    JAPANESE = "ja"
    KOREAN = "ko"


@cache
def words(language: Language) -> Mapping[str, str]:
    """Every text of one language by its id, read when first asked for."""
    path = Path(__file__).parent / "words" / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def say(message: Message, language: Language) -> str:
    """The message in the language: plain text, its values put in as they are (whoever renders it escapes).

    Blanks and particles around a value are fitted to it (grammar.py).

    An id without words is told as it is, with its values: a notice never fails for a text. That none lacks is
    tested (tests/unit/notices/test_words.py).
    """
    text = _text(message, words(language))
    if text is None:
        told = ", ".join(f"{name}: {value}" for name, value in message.values.items())
        return f"{message.id} ({told})" if told else message.id
    return _filled(text, lambda name: _value(name, message, language) or _unknown(name, language), language)


def _filled(text: str, value_of: Callable[[str], str], language: Language) -> str:
    match language:
        case Language.ENGLISH:
            return in_english(text, value_of, _kinds_of_policy(language))
        case Language.JAPANESE:
            return in_japanese(_once("ポリシー ", text, value_of, language), value_of)
        case Language.KOREAN:
            return in_korean(_once("정책 ", text, value_of, language), value_of)


def _once(noun: str, text: str, value_of: Callable[[str], str], language: Language) -> str:
    """The text without the noun before a policy that is told by its kind, which has it: not 정책 버킷 정책."""
    place = "{policy}"
    is_kind = noun + place in text and value_of("policy").strip(MARK) in _kinds_of_policy(language)
    return text.replace(noun + place, place) if is_kind else text


@cache
def _kinds_of_policy(language: Language) -> frozenset[str]:
    """Policies that have no name of their own, in words."""
    return frozenset(text for name, text in words(language).items() if name.startswith(IN_WORDS["policy"]))


def _text(message: Message, told: Mapping[str, str]) -> str | None:
    """The text that fits the values: `<id>.no-<place>` where that value is not known; of either, `.one` for one thing.

    Japanese and Korean have no plural, and so no `.one`.
    """
    text = told.get(message.id)
    lacking = [
        f"{message.id}{NO}{place}"
        for place in PLACEHOLDER.findall(text or "")
        if not message.values.get(place)
    ]
    chosen = next((identifier for identifier in lacking if identifier in told), message.id)
    one = told.get(f"{chosen}{ONE}") if message.values.get("count") == "1" else None
    return one or told.get(chosen)


def _value(name: str, message: Message, language: Language) -> str | None:
    """A value as it is, or our word for it where it is one of IAM's: a layer, an effect, a kind of policy."""
    value = message.values.get(name)
    if value and name == "what" and message.id in CHANGED:
        return change_told(value, language)
    if value and message.id in OF_LAYERS and name == OF_LAYERS[message.id]:
        start, told = IN_WORDS["layer"], words(language)
        return told["notices.list.comma"].join(told.get(f"{start}{one}", one) for one in value.split(", "))
    if value is None or name not in IN_WORDS:
        return value
    named = value.strip(MARK)
    return value.replace(named, words(language).get(f"{IN_WORDS[name]}{named.replace(' ', '-')}", named))


def _unknown(name: str, language: Language) -> str:
    told = words(language)
    return told.get(f"{UNKNOWN}.{name}", told[UNKNOWN])


def word(identifier: str, language: Language, **values: str) -> str:
    """The text of an id of ours, filled in."""
    return say(Message(identifier, values), language)
