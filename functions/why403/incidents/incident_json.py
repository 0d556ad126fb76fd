"""An incident's parts as JSON text, as the table keeps them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.incidents.incident import Expectation, Incident, LoudReason, Sample, Severity, State
from why403.incidents.stored import known_fields, known_or
from why403.incidents.transition import PastTurn, Transition

_SIGHTED = frozenset({"fingerprint", "denial", "log_group", "account", "first_seen", "last_seen", "count"})
_LIFE = tuple(
    field.name
    for field in fields(Incident)
    if field.name not in _SIGHTED | {"samples", "held_back", "streams", "version", "as_stored"}
)


def denial_to_json(denial: Denial) -> str:
    """Only the fields that say something."""
    return json.dumps({name: value for name, value in asdict(denial).items() if value or value is False})


def denial_from_json(text: str) -> Denial:
    """The denial that `denial_to_json` wrote, in this version or another.

    A verdict or kind that is not known here is a 403 of which nothing is claimed, and no draft is made.
    """
    given = known_fields(Denial, json.loads(text))
    given["actions"] = tuple(given.get("actions", ()))
    given["kind"] = known_or(Kind.UNREAD, given.get("kind", ""))
    if "deny_kind" in given:
        given["deny_kind"] = known_or(DenyKind.UNKNOWN, given["deny_kind"])
    is_known = given["verdict"] in list(Verdict) and given["kind"] is not Kind.UNREAD
    given |= {} if is_known else {"verdict": Verdict.AWS_403_NOT_IAM, "kind": Kind.UNREAD}
    given["verdict"] = Verdict(given["verdict"])
    return Denial(**given)


def life_to_json(incident: Incident) -> str:
    """What the life cycle changes: all but what lines tell (times, streams, samples, count).

    What another version stored, and this one does not know or did not change, is written as it stood.
    """
    stored = {name: getattr(incident, name) for name in _LIFE}
    if incident.expectation is not None:
        stored["expectation"] = asdict(incident.expectation)
    stored["past"] = [[turn.at, turn.transition, turn.by] for turn in incident.past]
    told = {name: value for name, value in stored.items() if value}
    if not incident.as_stored:
        return json.dumps(told)
    before, read = json.loads(incident.as_stored), life_from_json(incident.as_stored)
    if incident.past:
        entries = dict(zip(read.get("past", ()), before.get("past", ()), strict=True))
        told["past"] = [
            entries.get(turn, entry) for turn, entry in zip(incident.past, told["past"], strict=True)
        ]
    kept = {
        name: value
        for name, value in before.items()
        if name not in _LIFE or read[name] == getattr(incident, name)
    }
    return json.dumps({**told, **kept})


def life_from_json(text: str) -> Mapping[str, Any]:
    """Arguments of Incident; a field that an older version did not know has its default.

    What a newer one wrote is read with care: a state is UNKNOWN, a severity HIGH, so that no route misses it.
    """
    stored = json.loads(text)
    life = {name: value for name, value in stored.items() if name in _LIFE}
    life["state"] = known_or(State.UNKNOWN, life["state"])
    life["severity"] = known_or(Severity.HIGH, life["severity"])
    if "loud_reason" in life:
        life["loud_reason"] = known_or(LoudReason.UNKNOWN, life["loud_reason"])
    if "transition" in life:
        life["transition"] = known_or(Transition.UNKNOWN, life["transition"])
    if "expectation" in life:
        life["expectation"] = Expectation(**known_fields(Expectation, life["expectation"]))
    if "past" in life:
        life["past"] = tuple(
            PastTurn(int(at), known_or(Transition.UNKNOWN, name), str(by))
            for at, name, by, *_ in life["past"]
        )
    return {**life, "as_stored": text}


def sample_to_json(sample: Sample) -> str:
    """All of its fields."""
    return json.dumps(asdict(sample))


def sample_from_json(text: str) -> Sample:
    """The sample that `sample_to_json` wrote, in this version or another."""
    return Sample(**known_fields(Sample, json.loads(text)))
