"""tests/cases/incidents/life_cycle.json: where an incident stands, what happens, where it goes, what is told.

Times are minutes before `now`: `seen_ago`, `fix_seen_ago`, `resolved_ago`, `surged_ago`, `unknown_ago`, and `ago` of a line.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.errors import SettingsError
from why403.incidents.incident import PAST, Expectation, Incident, Loudness, LoudReason, Severity, State
from why403.incidents.incident_json import life_from_json, life_to_json
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import (
    Acknowledge,
    Deployed,
    Expect,
    LifeCycleEvent,
    Mute,
    PolicyVerdict,
    Rechecked,
    Seen,
    Unexpect,
    Unmute,
)
from why403.incidents.transition import PastTurn, Transition

LOADED = json.loads((Path(__file__).parents[2] / "cases" / "incidents" / "life_cycle.json").read_text())
NOW = int(datetime.fromisoformat(LOADED["now"]).timestamp() * 1000)
MINUTE = 60_000
WORDS: dict[str, type[LifeCycleEvent]] = {
    "Acknowledge": Acknowledge,
    "Mute": Mute,
    "Unmute": Unmute,
    "Unexpect": Unexpect,
}
AGO = {
    "seen_ago": "last_seen",
    "fix_seen_ago": "fix_seen_at",
    "resolved_ago": "resolved_at",
    "surged_ago": "surged_at",
    "unknown_ago": "unknown_since",
}


def _incident(fields: dict[str, Any]) -> Incident:
    given = {
        AGO.get(name, name): NOW - value * MINUTE if name in AGO else value for name, value in fields.items()
    }
    given["state"] = State(given["state"])
    given["severity"] = Severity(given.get("severity", "medium"))
    given["expectation"] = _expectation(given.get("expectation"))
    return Incident(
        fingerprint="f", denial=Denial(verdict=Verdict.MISSING_PERMISSION), log_group="g", turn=3, **given
    )


def _expectation(fields: dict[str, Any] | None) -> Expectation | None:
    return Expectation(**fields) if fields else None


def _loudness(fields: dict[str, Any]) -> Loudness:
    return Loudness(Severity(fields["severity"]), LoudReason(fields.get("loud_reason", "several")))


def _event(told: dict[str, dict[str, Any]]) -> LifeCycleEvent:
    ((name, fields),) = told.items()
    match name:
        case "Seen":
            return Seen(
                last=NOW - fields["ago"] * MINUTE,
                loudness=_loudness(fields),
                expectation=_expectation(fields.get("expectation")),
                unusual=fields.get("unusual", False),
            )
        case "Rechecked":
            return Rechecked(
                verdict=PolicyVerdict(fields["verdict"]), quiet_ms=fields["quiet_minutes"] * MINUTE
            )
        case "Deployed":
            return Deployed(loudness=_loudness(fields))
        case "Expect":
            return Expect(expectation=Expectation(**fields["expectation"]))
        case _:
            return WORDS[name](**fields)


@pytest.mark.parametrize("case", LOADED["cases"], ids=lambda case: case["name"])
def test_an_incident_goes_where_the_case_says(case: dict[str, Any]) -> None:
    step = next_state(_incident(case["is"]), _event(case["event"]), NOW)
    told = {
        "rechecked": step.incident.rechecked_at == NOW,
        "resolved": step.incident.resolved_at == NOW,
    }

    assert case["then"] == {
        name: told[name] if name in told else getattr(step.incident, name) for name in case["then"]
    }
    assert (case.get("transition"), case["reason"]) == (step.transition, step.reason)
    assert step.incident.turn == (4 if "transition" in case else 3)


EVENTS = [case["event"] for case in LOADED["cases"]]
STANDS = [case["is"] for case in LOADED["cases"]]


@pytest.mark.parametrize("stands", STANDS, ids=json.dumps)
def test_what_happens_twice_is_told_once(stands: dict[str, Any]) -> None:
    told = []
    for event in EVENTS:
        first = next_state(_incident(stands), _event(event), NOW)
        again = next_state(first.incident, _event(event), NOW)
        told.append((again.transition, again.incident.generation - first.incident.generation))

    assert [(None, 0)] * len(EVENTS) == told


def test_an_incident_that_is_back_keeps_when_it_was_resolved_and_when_it_began_anew() -> None:
    resolved = _incident({"state": "resolved", "resolved_ago": 60})
    seen = Seen(last=NOW - 59 * MINUTE, loudness=_loudness({"severity": "low"}))
    back = next_state(resolved, seen, NOW).incident

    assert (back.resolved_at, back.opened_at) == (NOW - 60 * MINUTE, NOW - 59 * MINUTE)


def test_a_line_from_the_future_begins_no_life_there() -> None:
    seen = Seen(last=NOW + 99 * MINUTE, loudness=_loudness({"severity": "low"}))

    assert next_state(_incident({"state": "resolved"}), seen, NOW).incident.opened_at == NOW


def test_an_incident_keeps_its_newest_turns_and_who_made_them() -> None:
    incident = _incident({"state": "open"})
    for number in range(PAST):
        mute = Mute(until="2026-12-01", by=f"person {number}")
        muted = next_state(incident, mute, NOW + number).incident
        incident = next_state(muted, Unmute(by="Kim"), NOW + number).incident

    assert len(incident.past) == PAST
    assert [(turn.transition, turn.by) for turn in incident.past[-2:]] == [
        (Transition.MUTED, "person 11"),
        (Transition.UNMUTED, "Kim"),
    ]
    assert life_from_json(life_to_json(incident))["past"] == incident.past


def test_a_turn_of_a_newer_version_is_unknown_here_and_kept_as_it_stood() -> None:
    newer = [[1, "opened", ""], [2, "acknowledged-twice", "Kim"], [3, "muted", "Kim", "more"]]
    life = json.loads(life_to_json(_incident({"state": "open"}))) | {"past": newer}

    read = life_from_json(json.dumps(life))
    muted = next_state(replace(_incident({"state": "open"}), **read), Mute(until="2026-12-01", by="Lee"), NOW)

    assert read["past"] == (
        PastTurn(1, Transition.OPENED),
        PastTurn(2, Transition.UNKNOWN, "Kim"),
        PastTurn(3, Transition.MUTED, "Kim"),
    )
    assert json.loads(life_to_json(muted.incident))["past"] == [*newer, [NOW, "muted", "Lee"]]


@pytest.mark.parametrize("until", ["tomorrow", "2026-13-01", "31.01.2027", "<b>"])
def test_a_date_that_is_none_is_refused_before_it_is_kept(until: str) -> None:
    with pytest.raises(SettingsError, match="is no date"):
        next_state(_incident({"state": "open"}), Mute(until=until), NOW)
    with pytest.raises(SettingsError, match="is no date"):
        next_state(
            _incident({"state": "open"}),
            Expect(expectation=Expectation(reason="a", owner="b", until=until)),
            NOW,
        )


@pytest.mark.parametrize(("days", "word"), [(32, Mute), (368, Expect)])
def test_a_persons_word_without_an_end_that_is_near_is_refused(days: int, word: type[Mute | Expect]) -> None:
    for until in (
        "",
        "9999-12-31",
        datetime.fromtimestamp(NOW / 1000 + days * 86_400, UTC).date().isoformat(),
    ):
        event = (
            Mute(until=until)
            if word is Mute
            else Expect(expectation=Expectation(reason="a", owner="b", until=until))
        )
        with pytest.raises(SettingsError, match="is no end within"):
            next_state(_incident({"state": "open"}), event, NOW)
