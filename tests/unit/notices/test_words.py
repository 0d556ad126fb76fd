"""Every id has words in every language, every word has an id, and no text is too long for where it is shown."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Kind, Verdict
from why403.diagnosis.diagnosis import Confidence
from why403.iam.layer import Effect, Layer
from why403.incidents.incident import LoudReason, Severity, State
from why403.incidents.life_cycle_person import Deed
from why403.incidents.step import StepReason
from why403.incidents.transition import Transition
from why403.message import Message
from why403.notices.checklist import Mark
from why403.notices.letter import LetterKind
from why403.notices.words import IN_WORDS, NO, ONE, PLACEHOLDER, UNKNOWN, Language, say, word, words
from why403.remedies.remedy import Risk

from tests.unit.notices.notice_case import LANGUAGES

CODE = Path(__file__).parents[3] / "functions" / "why403"
STAGES = "notices|diagnosis|remedies|decisions|changes|policies|targets|workloads|incidents"
ID = re.compile(rf"(?:{STAGES})\.[a-z0-9][a-z0-9.-]*[a-z0-9]")
HOLE = "{}"
FAMILIES: dict[str, list[str]] = json.loads((Path(__file__).with_name("word_families.json")).read_text())
"""Ids that are put together of parts, and what the parts may be; an enum's members by its name."""
ENUMS: dict[str, list[str]] = {
    "Confidence": [member.value for member in Confidence],
    "Deed": [member.value for member in Deed],
    "Effect": [member.value for member in Effect],
    "Kind": [member.value for member in Kind if member is not Kind.NONE],
    "Layer": [member.value for member in Layer],
    "LetterKind": [member.value for member in LetterKind],
    "LoudReason": [member.value for member in LoudReason],
    "Mark": [*(member.name.lower().replace("_", "-") for member in Mark), "forbids"],
    "Reason": [member.value for member in StepReason],
    "Risk": [member.value for member in Risk if member is not Risk.LOW],
    "Severity": [member.value for member in Severity],
    "State": [member.value for member in State],
    "Transition": [member.value for member in Transition],
    "Verdict": [member.value for member in Verdict if member is not Verdict.MISSING_PERMISSION],
}


def _texts_of_data(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for name, item in told.items():
            yield name
            yield from _texts_of_data(item)
    elif isinstance(told, list):
        for item in told:
            yield from _texts_of_data(item)
    elif isinstance(told, str):
        yield told


def _whole_ids() -> set[str]:
    found: set[str] = set()
    for path in CODE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        constants = [
            node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in parts
        ]
        found |= {
            node.value for node in constants if isinstance(node.value, str) and ID.fullmatch(node.value)
        }
    for path in CODE.rglob("*.json"):
        if path.parent.name != "words" or path.parent.parent.name != "notices":
            texts = _texts_of_data(json.loads(path.read_text(encoding="utf-8")))
            found |= {text for text in texts if ID.fullmatch(text)}
    for path in CODE.rglob("*.html"):
        found |= set(re.findall(r'\bt\("([^"~]+)"(?! ~)', path.read_text(encoding="utf-8")))
    return found


def _families_in_code() -> set[str]:
    """The ids with holes: f-strings in the code, `"id." ~ value` in the templates."""
    found: set[str] = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else HOLE for part in node.values]
                found.add("".join(str(part) for part in parts))
    for path in CODE.rglob("*.html"):
        found |= {
            f"{start}{HOLE}" for start in re.findall(r't\("([^"]+)" ~', path.read_text(encoding="utf-8"))
        }
    return {
        family for family in found if re.match(rf"(?:{STAGES})\.[a-z.-]*{re.escape(HOLE)}[a-z.-]*$", family)
    }


def _members(family: str) -> Iterator[str]:
    for member in FAMILIES[family]:
        for name in ENUMS.get(member, [member]):
            yield family.replace(HOLE, name)


@cache
def _told_ids() -> set[str]:
    return _whole_ids() | {member for family in FAMILIES for member in _members(family)}


def test_each_id_that_is_put_together_says_of_what() -> None:
    of_values = {f"{start}{HOLE}" for start in IN_WORDS.values()}

    assert set(FAMILIES) == _families_in_code() | of_values


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_id_lacks_words(language: Language) -> None:
    assert sorted(_told_ids() - set(words(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_lack_an_id(language: Language) -> None:
    told = _told_ids()
    without = {
        f"{identifier}{NO}{place}"
        for identifier in told
        for place in PLACEHOLDER.findall(words(language).get(identifier, ""))
    }
    counted = {
        f"{identifier}{ONE}"
        for identifier in told | without
        if "{count}" in words(language).get(identifier, "")
    }
    unknown = {
        f"{UNKNOWN}.{place}" for text in words(language).values() for place in PLACEHOLDER.findall(text)
    }

    assert sorted(set(words(language)) - told - counted - without - unknown) == []


def test_one_line_is_told_in_the_singular() -> None:
    values = {"group": "app", "first": "then"}
    told = [
        word("notices.context", language, count=count, **values) for language in LANGUAGES for count in "12"
    ]

    assert told == [
        "app · 1 line since then",
        "app · 2 lines since then",
        "app · then から 1 件",
        "app · then から 2 件",
        "app · then부터 1줄",
        "app · then부터 2줄",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_asks_for_the_same_values_in_each_language(language: Language) -> None:
    told, english = words(language), words(Language.ENGLISH)
    asked = {identifier: set(PLACEHOLDER.findall(text)) for identifier, text in told.items()}
    wanted = {identifier: set(PLACEHOLDER.findall(english[identifier])) for identifier in told}

    assert wanted == asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_that_is_empty_or_missing_leaves_a_place_unfilled(language: Language) -> None:
    left: list[str] = []
    for identifier, text in words(language).items():
        places = set(PLACEHOLDER.findall(text))
        full = dict.fromkeys(places, "given")
        for place in places:
            without = {name: value for name, value in full.items() if name != place}
            said = [
                say(Message(identifier, values), language) for values in ({**full, place: ""}, without, {})
            ]
            left += [f"{identifier}: {told}" for told in said if PLACEHOLDER.search(told) or not told.strip()]

    assert left == []


def test_a_statement_of_a_policy_is_no_door() -> None:
    alone = re.compile(
        r"(?<![가-힣])문(?=[은이을의에]|\(\{)"
    )  # 문 is a door too, without its English beside it
    told = words(Language.KOREAN).items()

    assert [identifier for identifier, text in told if alone.search(text)] == []


@pytest.mark.parametrize(
    ("language", "named"),
    [
        (Language.ENGLISH, "identity-based policies, aws:VpcSourceIp"),
        (Language.JAPANESE, "アイデンティティベースのポリシー、aws:VpcSourceIp"),
        (Language.KOREAN, "ID 기반 정책, aws:VpcSourceIp"),
    ],
)
def test_layers_in_a_list_are_told_in_words(language: Language, named: str) -> None:
    values = {"action": "s3:GetObject", "resource": "arn:aws:s3:::identity"}
    unknown = word("remedies.proof.unknown", language, what="identity, aws:VpcSourceIp", **values)
    denied = word("remedies.proof.still-denied", language, layers="identity, aws:VpcSourceIp", **values)

    assert named in unknown
    assert named in denied
    assert "arn:aws:s3:::identity" in denied
