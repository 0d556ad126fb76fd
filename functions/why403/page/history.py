"""What happened to an incident, when, and by whom: as far as it keeps that itself."""

from collections.abc import Iterator

from why403.incidents.incident import Incident
from why403.incidents.step import StepReason
from why403.incidents.transition import PastTurn, Transition
from why403.notices.headline import end_of_mute
from why403.notices.moments import utc
from why403.notices.notice import Notice
from why403.notices.words import word, words


def history_of(notice: Notice) -> Iterator[tuple[str, str]]:
    """(When, what happened and by whom), oldest first; the last with its reason or its end."""
    incident, language = notice.incident, notice.language
    if incident is None:
        return
    past = _past(incident)
    for number, turn in enumerate(past, 1):
        told = word(f"notices.past.{turn.transition}", language)
        besides = [turn.by, *(_why_it_stands(notice, incident) if number == len(past) else ())]
        by = " · ".join(dict.fromkeys(filter(None, besides)))
        at = utc(turn.at, language)
        yield at, word("notices.past.because", language, what=told, by=by) if by else told


def _past(incident: Incident) -> tuple[PastTurn, ...]:
    """Its transitions; of an incident that kept none or not all of them, what its other fields tell first."""
    first = PastTurn(incident.first_seen, Transition.OPENED)
    if incident.past:
        return incident.past if incident.past[0].transition is Transition.OPENED else (first, *incident.past)
    told = [
        first,
        PastTurn(incident.fix_seen_at, Transition.FIX_SEEN),
        PastTurn(incident.resolved_at, Transition.RESOLVED),
    ]
    if incident.transition not in {None, *(turn.transition for turn in told)}:
        told.append(PastTurn(incident.transition_at, incident.transition or Transition.OPENED))
    return tuple(sorted((turn for turn in told if turn.at), key=lambda turn: turn.at))


def _why_it_stands(notice: Notice, incident: Incident) -> tuple[str, ...]:
    """Why and until when it stands as it does."""
    if incident.expectation is not None:
        return incident.expectation.owner, incident.expectation.reason, incident.expectation.until
    if incident.muted_until:
        return incident.muted_by, end_of_mute(notice)
    reason = f"incidents.{incident.reason}"
    is_news = incident.reason not in {StepReason.PERSON, StepReason.NEW}
    is_told = is_news and reason in words(notice.language)
    return (word(reason, notice.language).rstrip(".。"),) if is_told else ()
