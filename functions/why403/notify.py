"""The story of notify: one turn of an incident → each outlet that it concerns, told once.

It may be killed anywhere, and delivered twice or at the same moment: each delivery is claimed first. What fails is
released and raised at the end, when every other outlet has been told; Lambda tries the turn again and then parks it,
and what was told before is not told twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from why403.delivery.doors import Doors
from why403.delivery.outlets import Outlet, Places, outlets, start_of
from why403.delivery.pacing import Pace, has_place, pace_of
from why403.delivery.routing import Route
from why403.errors import DeliveryError, DeliveryRetryableError
from why403.incidents.outbox import HeldTurn
from why403.incidents.table import IncidentTable
from why403.incidents.transition import Transition, Turn
from why403.notices.load import NoticeMaker
from why403.notices.naming import caller_arn, short_name
from why403.notices.notice import Notice

BEGIN = frozenset({Transition.OPENED, Transition.REGRESSED})
"""Begin a thread, always."""
MAY_BEGIN = frozenset(
    {
        Transition.ESCALATED,
        Transition.SURGED,
        Transition.UNMUTED,
        Transition.UNEXPECTED,
        Transition.STILL_DENIED,
        Transition.UNKNOWN,
    }
)
"""Begin one where the outlet has none yet. All others are told within one, or not at all."""
PROGRESS = 3
"""How often an outlet is told that an incident grows, in one generation."""
PATIENCE = 20.0
"""The longest that a receiver's Retry-After is waited for, in seconds; a longer one is left to the next try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """What one turn came to, for the metrics."""

    told: tuple[str, ...] = ()
    """Outlets that took it now."""
    gone: bool = False
    """The incident is no longer kept: there is nothing to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Everything that telling takes. `report` hears of each outlet that failed, by its name and error."""

    table: IncidentTable
    routes: tuple[Route, ...]
    places: Places
    doors: Doors
    maker: NoticeMaker
    report: Callable[[str, DeliveryError], None]
    now: int


def notify(turn: Turn, telling: Telling) -> Notified:
    """Tell the turn to everybody whom it concerns.

    DeliveryRetryableError where an outlet may take it later, DeliveryRefusedError where one never will.
    """
    incident = telling.table.get(turn.fingerprint)
    if incident is None:
        return Notified(gone=True)
    notice = telling.maker.notice_of(incident, turn)
    told, errors = [], []
    for outlet in _outlets(notice, telling):
        try:
            if _deliver(outlet, notice, turn, telling):
                told.append(outlet.name)
        except DeliveryError as error:
            telling.report(outlet.name, error)
            errors.append(error)
    _raise(errors)
    return Notified(told=tuple(told))


def _raise(errors: list[DeliveryError]) -> None:
    later = next((error for error in errors if isinstance(error, DeliveryRetryableError)), None)
    if later is not None:
        raise later
    if errors:
        raise errors[0]


def _outlets(notice: Notice, telling: Telling) -> Iterator[Outlet]:
    yield from outlets(fitting(notice, telling.routes), telling.places, telling.doors)


def fitting(notice: Notice, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """The routes that the incident belongs to."""
    caller = short_name(caller_arn(notice))
    return tuple(route for route in routes if route.fits(notice.log_group, caller))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """One turn at one outlet: `name` is what is claimed, `thread` the reference of what began there, or empty."""

    outlet: Outlet
    turn: Turn
    notice: Notice
    name: str
    thread: str
    begins: bool


def _deliver(outlet: Outlet, notice: Notice, turn: Turn, telling: Telling) -> bool:
    """Whether it was told now; False where it was told before, or is not for this outlet."""
    table = telling.table
    start = start_of(outlet.name, turn.generation)
    thread = table.delivery_reference(turn.fingerprint, start)
    begins = turn.transition in BEGIN or (turn.transition in MAY_BEGIN and thread is None)
    if outlet.channel.follows and not begins and thread is None:
        return False
    if begins and outlet.route is not None and not outlet.route.hears(notice.severity):
        return False
    if turn.transition is Transition.ESCALATED and outlet.channel.follows:
        already = table.delivery_reference(turn.fingerprint, _as_loud(outlet, turn, notice))
        if already is not None:
            return False
    name = start if begins and outlet.channel.follows else f"{outlet.name}@{turn.turn}"
    if not table.claim_delivery(turn.fingerprint, turn.generation, name, telling.now):
        if table.delivery_reference(turn.fingerprint, name) is None:
            # Another has claimed it and is not through: it may have been killed, so this try must not be the last.
            raise DeliveryRetryableError(f"{name} is being told by another; it is looked at again later.")
        return False
    unsure = table.delivery_reference(turn.fingerprint, _unsure(name)) is not None
    dressed = replace(_dressed(notice, outlet, telling, in_full=begins), is_sent_again=unsure)
    delivery = _Delivery(
        outlet=outlet, turn=turn, notice=dressed, name=name, thread=thread or "", begins=begins
    )
    return _tell(delivery, telling)


def _tell(delivery: _Delivery, telling: Telling) -> bool:
    table, turn = telling.table, delivery.turn
    if (
        turn.transition is Transition.GREW
        and delivery.outlet.channel.follows
        and not _has_room(delivery, telling)
    ):
        table.finish_delivery(turn.fingerprint, turn.generation, delivery.name, "")
        return False
    if not _is_told_alone(delivery, telling):
        held = HeldTurn(turn=turn, severity=delivery.notice.severity, log_group=delivery.notice.log_group)
        table.hold(delivery.outlet.name, held, telling.now)
        _note_told(delivery, "", table)
        return False
    reference = None
    try:
        reference = _patiently(delivery, telling)
    except DeliveryRetryableError as error:
        if error.may_have_arrived:
            table.finish_delivery(turn.fingerprint, turn.generation, _unsure(delivery.name), "")
        raise
    finally:
        if reference is None:
            table.release_delivery(turn.fingerprint, turn.generation, delivery.name)
    if reference is not None:
        _note_told(delivery, reference, table)
    return reference is not None


def _is_told_alone(delivery: _Delivery, telling: Telling) -> bool:
    """Else the outlet's next digest tells it."""
    channel, turn = delivery.outlet.channel, delivery.turn
    if not channel.alone or not (delivery.begins or channel.updates_wait):
        return True
    pace = pace_of(turn, delivery.notice.severity, begins=delivery.begins)
    room = channel.alone if pace is Pace.NEW else max(1, channel.alone // 2)
    return has_place(telling.table, f"{delivery.outlet.name}:{pace}", turn, room, telling.now)


def _note_told(delivery: _Delivery, reference: str, table: IncidentTable) -> None:
    turn = delivery.turn
    table.finish_delivery(turn.fingerprint, turn.generation, delivery.name, reference)
    if turn.transition in BEGIN | {Transition.ESCALATED}:
        loud = _as_loud(delivery.outlet, turn, delivery.notice)
        table.finish_delivery(turn.fingerprint, turn.generation, loud, "")


def _as_loud(outlet: Outlet, turn: Turn, notice: Notice) -> str:
    """Where it is noted that an outlet was told of the incident at this severity: it is not told twice that it rose."""
    return f"{outlet.name}@loud-{turn.generation}-{notice.severity}"


def _unsure(name: str) -> str:
    """Where it is noted that a delivery was sent and nobody said what became of it."""
    return f"{name}@unsure"


def _has_room(delivery: _Delivery, telling: Telling) -> bool:
    """Whether the progress of this incident was told less than PROGRESS times here."""
    table, turn = telling.table, delivery.turn
    for number in range(PROGRESS):
        place = f"{delivery.outlet.name}@grew-{turn.generation}-{number}"
        if table.claim_delivery(turn.fingerprint, turn.generation, place, telling.now):
            table.finish_delivery(turn.fingerprint, turn.generation, place, "")
            return True
    return False


def _patiently(delivery: _Delivery, telling: Telling) -> str:
    """Once more where the receiver asks for a short wait."""
    try:
        return delivery.outlet.tell(delivery.notice, delivery.thread)
    except DeliveryRetryableError as error:
        if error.retry_after is None or error.retry_after > PATIENCE:
            raise
        telling.doors.wait(error.retry_after)
        again = delivery.notice.is_sent_again or error.may_have_arrived
        return delivery.outlet.tell(replace(delivery.notice, is_sent_again=again), delivery.thread)


def _dressed(notice: Notice, outlet: Outlet, telling: Telling, *, in_full: bool) -> Notice:
    """In the outlet's language, and calling the owner, unless the hours are quiet."""
    route = outlet.route
    if route is None:
        return replace(notice, in_full=in_full, language=telling.places.language)
    quiet = route.is_quiet(notice.severity, telling.now)
    owners = tuple(remedy.owner for remedy in notice.diagnosis.remedies if remedy.owner)
    mention = route.mention(notice.diagnosis.workload.tags, owners)
    is_news = in_full or notice.transition is Transition.ESCALATED
    is_called = is_news and not quiet and outlet.channel.calls(mention)
    return replace(
        notice,
        in_full=in_full,
        mention=mention if is_called else "",
        quiet=quiet,
        language=route.language or telling.places.language,
    )
