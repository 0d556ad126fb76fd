"""Notices out of tests/cases/notices: whole diagnoses as `why403 explain --json` made them, with their incident."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json
from why403.diagnosis.plain_json import restored
from why403.iam.place import Place
from why403.incidents.incident import Incident
from why403.incidents.transition import Transition
from why403.message import Message
from why403.notices.notice import Links, Notice
from why403.notices.words import Language

CASES = Path(__file__).parents[2] / "cases" / "notices"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))
LANGUAGES = list(Language)


def case(name: str) -> dict[str, Any]:
    """The case; one that is `like` another has its fields, but for those that it tells itself."""
    told: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    if "like" not in told:
        return told
    model = case(told.pop("like"))
    return {**model, **told, "incident": {**model["incident"], **told.get("incident", {})}}


def diagnosis_of(name: str) -> Diagnosis:
    return from_json(case(name)["diagnosis"])


def notice_of(name: str, language: Language = Language.ENGLISH, **changed: Any) -> Notice:
    """The notice of a case; `changed` replaces fields of it."""
    told = case(name)
    notice = Notice(
        diagnosis=from_json(told["diagnosis"]),
        incident=restored(Incident, told["incident"]),
        links=Links(**told["links"]),
        language=language,
        transition=Transition(told["transition"]),
        place=Place("123456789012", "ap-northeast-1"),
        occurrences=tuple((hour, lines) for hour, lines in told["occurrences"]),
    )
    return replace(notice, **changed)


def huge(language: Language = Language.ENGLISH) -> Notice:
    """The first incident with every text as long as anything can make it."""
    notice = notice_of("first_incident", language)
    told = notice.diagnosis
    values = {"evidence": "x" * 9_000, "what": "y" * 9_000, "percent": "1"}
    remedies = tuple(
        replace(
            remedy,
            set=1,
            diff="+ z\n" * 9_000,
            why=(Message("notices.meant", values),) * 9,
            steps=remedy.steps * 9,
        )
        for remedy in told.remedies
    )
    findings = (Message("notices.meant", values),) * 9
    return replace(notice, diagnosis=replace(told, remedies=remedies, findings=findings))
