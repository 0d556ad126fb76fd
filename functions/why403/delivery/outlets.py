"""Where one incident is told: the channels of the routes that fit it, and those of the stack."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from why403.delivery.channel import Channel, Destination
from why403.delivery.doors import Doors
from why403.delivery.register import CHANNELS
from why403.delivery.routing import LOUDNESS, Route
from why403.errors import DeliveryRefusedError
from why403.notices.letter import Letter
from why403.notices.notice import Notice
from why403.notices.words import Language

Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """From the settings: `addresses` are ARNs and names by channel; left out or empty: there is none."""

    language: Language = Language.ENGLISH
    hosts: tuple[str, ...] = ()
    """Hosts, with port, that a webhook may name beside the vendors' own."""
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """`tell` takes the notice and the reference of what started its thread, and returns the new reference."""

    name: str
    channel: Channel[Any]
    tell: Callable[[Notice, str], str]
    write: Callable[[Letter, str], bool]
    """Whether a letter, under an identity of its own, was one for this outlet."""
    route: Route | None = None


def start_of(outlet: str, generation: int) -> str:
    """The name of the delivery that starts an incident's thread at an outlet."""
    return f"{outlet}@start-{generation}"


def outlets(routes: tuple[Route, ...], places: Places, doors: Doors) -> Iterator[Outlet]:
    """The outlets of each route, then those that all share: told once, however many routes fit."""
    for route in routes:
        yield from _of_route(route, places, doors)
    for channel in CHANNELS:
        address = places.addresses.get(channel.name, "")
        hearing = min((one for one in routes if channel.name not in one.off), key=_threshold, default=None)
        if address and (hearing or not channel.can_be_off):
            there = Destination(address=address)
            yield Outlet(
                name=channel.name,
                channel=channel,
                tell=partial(_tell, channel, there, doors),
                write=partial(_write, channel, there, doors),
                route=hearing if channel.can_be_off else None,
            )


def _threshold(route: Route) -> int:
    """The most attentive route decides for all that share a channel."""
    return LOUDNESS[route.severity]


def _of_route(route: Route, places: Places, doors: Doors) -> Iterator[Outlet]:
    for channel in CHANNELS:
        if secret := route.secrets.get(channel.name, ""):
            there = Destination(secret=secret, options=route.options, hosts=places.hosts)
            yield Outlet(
                name=f"{channel.name}:{route.name}",
                channel=channel,
                tell=partial(_by_secret, _tell, channel, there, doors),
                write=partial(_by_secret, _write, channel, there, doors),
                route=route,
            )


def _by_secret(
    send: Callable[..., Sent], channel: Channel[Any], there: Destination, doors: Doors, *told: object
) -> Sent:
    """What a receiver refuses may be an address that was replaced since it was read: then once more, at once."""
    try:
        return send(channel, there, doors, *told)
    except DeliveryRefusedError:
        if not doors.is_renewed(there.secret):
            raise
    return send(channel, there, doors, *told)


def _write(channel: Channel[Any], there: Destination, doors: Doors, letter: Letter, identity: str) -> bool:
    written = channel.write(letter, identity) if channel.write else None
    if written is None:
        return False
    channel.send(written, there, doors)
    return True


def _tell(channel: Channel[Any], there: Destination, doors: Doors, notice: Notice, thread: str) -> str:
    """An update renews what began the thread, where the channel can, and is said in it."""
    if notice.in_full or not thread:
        return channel.tell(notice, there, doors)
    within = replace(there, thread=thread)
    if channel.renew is not None:
        channel.renew(channel.render(replace(notice, in_full=True)), within, doors)
    return channel.tell(notice, within, doors)
