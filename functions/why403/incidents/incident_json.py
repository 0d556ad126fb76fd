"""An incident's parts as JSON text, as the table keeps them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.incidents.incident import Expectation, Incident, LoudReason, Sample, Severity, State
from why403.incidents.transition import PastTurn, Transition

_SIGHTED = frozenset({"fingerprint", "denial", "log_group", "account", "first_seen", "last_seen", "count"})
_LIFE = tuple(
    field.name
    for field in fields(Incident)
    if field.name not in _SIGHTED | {"samples", "held_back", "streams", "version"}
)


def denial_to_json(denial: Denial) -> str:
    """Only the fields that say something."""
    return json.dumps({name: value for name, value in asdict(denial).items() if value or value is False})


def denial_from_json(text: str) -> Denial:
    """The denial that `denial_to_json` wrote."""
    stored = json.loads(text)
    known = {field.name for field in fields(Denial)}
    given: dict[str, Any] = {name: value for name, value in stored.items() if name in known}
    given["verdict"] = Verdict(given["verdict"])
    given["actions"] = tuple(given.get("actions", ()))
    given["kind"] = Kind(given.get("kind", ""))
    if "deny_kind" in given:
        given["deny_kind"] = DenyKind(given["deny_kind"])
    return Denial(**given)


def life_to_json(incident: Incident) -> str:
    """What the life cycle changes: all but what lines tell (times, streams, samples, count)."""
    stored = {name: getattr(incident, name) for name in _LIFE}
    if incident.expectation is not None:
        stored["expectation"] = asdict(incident.expectation)
    stored["past"] = [[turn.at, turn.transition, turn.by] for turn in incident.past]
    return json.dumps({name: value for name, value in stored.items() if value})


def life_from_json(text: str) -> Mapping[str, Any]:
    """Arguments of Incident; a field that an older version did not know has its default."""
    stored = json.loads(text)
    life = {name: value for name, value in stored.items() if name in _LIFE}
    life["state"] = State(life["state"])
    life["severity"] = Severity(life["severity"])
    if "loud_reason" in life:
        life["loud_reason"] = LoudReason(life["loud_reason"])
    if "transition" in life:
        life["transition"] = Transition(life["transition"])
    if "expectation" in life:
        life["expectation"] = Expectation(**life["expectation"])
    if "past" in life:
        # a transition that a newer version made is none of ours: what is kept of it tells nothing here
        known = (each for each in life["past"] if each[1] in set(Transition))
        life["past"] = tuple(PastTurn(int(at), Transition(name), str(by)) for at, name, by, *_ in known)
    return life


def sample_to_json(sample: Sample) -> str:
    """All of its fields."""
    return json.dumps(asdict(sample))


def sample_from_json(text: str) -> Sample:
    """The sample that `sample_to_json` wrote."""
    return Sample(**json.loads(text))
