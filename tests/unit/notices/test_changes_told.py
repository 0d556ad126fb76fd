"""What changed is told in the reader's language: every sentence that changes/ makes, and what none of ours says."""

import re

import pytest
from why403.changes.find import PHRASES
from why403.message import Message
from why403.notices.changes_told import LONGEST, change_told
from why403.notices.grammar import PARTICLES
from why403.notices.words import Language, say

OTHERS = [language for language in Language if language is not Language.ENGLISH]
PLACE = re.compile(r"\{\w+\}")
OURS = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
OF_DEPLOYMENTS = (
    "policy {name} was changed: version {version} is the default",
    "{call} was called",
    "code or configuration of the function was changed",
    "the running revision was started",
    "task definition {revision} was registered",
    "stack {name} was deployed",
)
"""What changes/deployments.py and changes/find.py say beside the writes of services."""


@pytest.mark.parametrize("behind", ["", " (from 203.0.113.9)"])
@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("sentence", sorted({*PHRASES.values(), *OF_DEPLOYMENTS}))
def test_a_change_is_told_with_all_its_names(sentence: str, language: Language, behind: str) -> None:
    names = [f"n{number}ame" for number, _ in enumerate(PLACE.findall(sentence))]
    each = iter(names)
    told = change_told(PLACE.sub(lambda _: next(each), sentence) + behind, language)

    assert OURS.search(told)
    assert " was " not in told
    assert [name for name in [*names, *behind.strip(" ()").split()[1:]] if name not in told] == []
    assert [particle for particle in PARTICLES if particle in told] == []


@pytest.mark.parametrize("language", list(Language))
def test_a_sentence_of_a_newer_version_stays_as_it_is(language: Language) -> None:
    assert change_told("the moon was moved", language) == "the moon was moved"


def test_a_text_that_no_sentence_of_ours_can_be_is_not_looked_at() -> None:
    long = "role " + "a" * LONGEST + " was deleted"

    assert change_told(long, Language.JAPANESE) == long


def test_english_is_told_as_it_is_kept() -> None:
    assert change_told("role web was deleted", Language.ENGLISH) == "role web was deleted"


def test_the_way_back_names_the_change_in_the_reader_s_language() -> None:
    values = {"what": "role web was deleted", "when": "2026-11-30T09:00:00Z", "by": "ana"}

    assert "ロール web が削除されました" in say(Message("remedies.undo.title", values), Language.JAPANESE)
    assert "역할 web이 삭제됨" in say(Message("remedies.undo.why", values), Language.KOREAN)
