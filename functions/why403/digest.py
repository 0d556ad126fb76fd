"""The story of the digest: what came faster than an outlet is told one by one; once a week, what is silenced.

What waited is let go after it was told: killed in between, the next digest tells it again, and nothing is lost.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from why403.delivery.outlets import Outlet, outlets
from why403.delivery.pacing import WINDOW
from why403.delivery.routing import LOUDNESS, Route
from why403.errors import DeliveryError
from why403.incidents.expected import is_past
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_person import is_silent
from why403.incidents.outbox import HeldTurn
from why403.notices.letter import WEEK, Letter, LetterKind, digest_letter, silenced_letter
from why403.notices.notice import Notice
from why403.notices.words import Language
from why403.notify import BEGIN, Telling, fitting

AT_ONCE, ROWS = 500, 100
"""Turns of an outlet that one digest tells of, and those of them that are read and told each."""
SILENCED, OPEN = 500, 200
"""Silenced incidents that a letter may tell of, and open ones among which are those that are silent until fixed."""


def digest(telling: Telling, kind: str) -> tuple[str, ...]:
    """The outlets that took a letter of that LetterKind; ValueError where a schedule asks for no such.

    DeliveryError of the first that did not, after all were asked.
    """
    write = _letter_of(LetterKind(kind), telling)
    writing = (one for one in outlets(telling.routes, telling.places, telling.doors) if one.channel.write)
    return write_each(writing, lambda outlet: write(outlet, telling), telling)


def write_each(asked: Iterable[Outlet], write: Callable[[Outlet], bool], telling: Telling) -> tuple[str, ...]:
    """The outlets for which `write` says that it went out. DeliveryError of the first that failed, after all were asked."""
    told, errors = [], []
    for outlet in asked:
        try:
            if write(outlet):
                told.append(outlet.name)
        except DeliveryError as error:
            telling.report(outlet.name, error)
            errors.append(error)
    if errors:
        raise errors[0]
    return tuple(told)


def _letter_of(kind: LetterKind, telling: Telling) -> Callable[[Outlet, Telling], bool]:
    match kind:
        case LetterKind.DIGEST:
            return _waiting
        case LetterKind.SILENCED:
            return _silenced(telling)
        case LetterKind.ALARM | LetterKind.ALARM_OVER:
            raise ValueError(kind)
        case never:
            assert_never(never)


def _waiting(outlet: Outlet, telling: Telling) -> bool:
    """The loudest are told each, the others by their log group."""
    held = telling.table.held(outlet.name, AT_ONCE)
    if not held:
        return False
    newest = {one.turn.fingerprint: one for one in held}
    ordered = sorted(newest.values(), key=lambda one: -LOUDNESS[one.severity])
    notices = [notice for one in ordered[:ROWS] if (notice := _notice(one, telling)) is not None]
    letter = digest_letter(notices, [one.log_group for one in ordered[ROWS:]], language_of(outlet, telling))
    if letter.count and not send_once(outlet, letter, telling.now // WINDOW, telling):
        return False
    telling.table.let_go(outlet.name, held)
    return bool(letter.count)


def _notice(held: HeldTurn, telling: Telling) -> Notice | None:
    """None where the incident is no longer kept."""
    incident = telling.table.get(held.turn.fingerprint)
    if incident is None:
        return None
    return replace(telling.maker.notice_of(incident, held.turn), in_full=held.turn.transition in BEGIN)


def _silenced(telling: Telling) -> Callable[[Outlet, Telling], bool]:
    """Each outlet is told of what it would hear of, were it not silent."""
    found = [*telling.table.silenced(SILENCED), *telling.table.unresolved(OPEN)]
    notices = [_of_week(one, telling) for one in found if _is_silenced(one, telling.now)]

    def write(outlet: Outlet, telling: Telling) -> bool:
        own = [notice for notice in notices if fitting(notice, _routes(outlet, telling.routes))]
        letter = silenced_letter(own, language_of(outlet, telling), telling.now)
        return bool(own) and send_once(outlet, letter, telling.now // WEEK, telling)

    return write


def _of_week(incident: Incident, telling: Telling) -> Notice:
    """Its lines of the last week only: a year of them would be read for nothing."""
    recent = replace(incident, first_seen=max(incident.first_seen, telling.now - WEEK))
    return telling.maker.notice_of(recent)


def _is_silenced(incident: Incident, now: int) -> bool:
    match incident.state:
        case State.MUTED:
            return not is_past(incident.muted_until, now)
        case State.EXPECTED:
            until = incident.expectation.until if incident.expectation else ""
            return not is_past(until, now)
        case State.OPEN | State.REGRESSED | State.FIX_SEEN | State.RESOLVED | State.UNKNOWN:
            return is_silent(incident, now)


def _routes(outlet: Outlet, routes: Sequence[Route]) -> tuple[Route, ...]:
    """An outlet of a route is that route's; one of the stack is every route's that does not turn it off."""
    if outlet.name != outlet.channel.name:
        return tuple(filter(None, (outlet.route,)))
    return tuple(route for route in routes if outlet.channel.name not in route.off)


def language_of(outlet: Outlet, telling: Telling) -> Language:
    """The route's, or else the stack's."""
    return (outlet.route.language if outlet.route else None) or telling.places.language


def send_once(outlet: Outlet, letter: Letter, number: int | str, telling: Telling) -> bool:
    """Whether it went out now: of each number of its kind one does, however often this is tried."""
    table, kind = telling.table, f"letter-{letter.kind}-{number}"
    if not table.claim_delivery(kind, 0, outlet.name, telling.now):
        return False
    is_sent = False
    try:
        is_sent = outlet.write(letter, f"why403-{letter.kind}-{number}")
    finally:
        if not is_sent:
            table.release_delivery(kind, 0, outlet.name)
    if is_sent:
        table.finish_delivery(kind, 0, outlet.name, "")
    return is_sent
