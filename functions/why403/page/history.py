"""How an incident stood, and from when on: as far as it keeps that itself."""

from collections.abc import Iterator

from why403.incidents.incident import State
from why403.incidents.reasons import StepReason
from why403.notices.headline import end_of_mute
from why403.notices.moments import moment
from why403.notices.notice import Notice
from why403.notices.words import Language, word, words


def history_of(notice: Notice) -> Iterator[tuple[str, str]]:
    """(When, how it stood from then on), oldest first; the present state with its reason or who said so."""
    incident, language = notice.incident, notice.language
    if incident is None:
        return
    stood = [(incident.first_seen, State.OPEN), (incident.fix_seen_at, State.FIX_SEEN)]
    stood += [(incident.resolved_at, State.RESOLVED)]
    if incident.state not in {State.OPEN, State.FIX_SEEN, State.RESOLVED}:
        stood.append((incident.transition_at or incident.last_seen, incident.state))
    for at, state in sorted(each for each in stood if each[0]):
        why = _why_it_stands(notice) if state is incident.state and state is not State.OPEN else ""
        told = word(f"notices.state.{state}", language)
        yield (
            utc(at, language),
            word("notices.severity.because", language, severity=told, why=why) if why else told,
        )


def _why_it_stands(notice: Notice) -> str:
    incident = notice.incident
    if incident is None:
        return ""
    if incident.expectation is not None:
        said = (incident.expectation.reason, incident.expectation.owner, incident.expectation.until)
        return " · ".join(part for part in said if part)
    if incident.muted_until:
        return " · ".join(part for part in (end_of_mute(notice), incident.muted_by) if part)
    if incident.reason == StepReason.PERSON:
        return ""
    reason = f"incidents.{incident.reason}"
    return word(reason, notice.language).rstrip(".。") if reason in words(notice.language) else ""


def utc(milliseconds: int, language: Language) -> str:
    """`2026-11-25 03:51 UTC`; empty for 0."""
    told = moment(milliseconds)
    return word("notices.page.utc", language, time=told) if told else ""
