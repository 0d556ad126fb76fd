"""Where notices go: each outlet renders a notice and hands it through a door."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from why403.errors import DeliveryRefusedError, SettingsError
from why403.notices.chat import render_chat
from why403.notices.doors import Doors
from why403.notices.event import render_event
from why403.notices.message_json import attributes, message_json
from why403.notices.notice import Notice
from why403.notices.pagerduty import render_pagerduty
from why403.notices.routing import Route
from why403.notices.slack import render_slack
from why403.notices.slack_address import SlackAddress, parse_slack_secret
from why403.notices.words import Language

MESSAGE = 200_000
"""Bytes of a message on a topic; SNS takes 256 KiB, attributes included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Names and addresses from the settings; empty: there is none."""

    language: Language = Language.ENGLISH
    slack_hosts: tuple[str, ...] = ()
    email_topic: str = ""
    chat_topic: str = ""
    machine_topic: str = ""
    event_bus: str = ""


def places_of(*, language: str, slack_hosts: str, **addresses: str) -> Places:
    """From the environment's texts; `slack_hosts` are comma separated. ValueError where we do not speak `language`."""
    hosts = tuple(filter(None, slack_hosts.split(",")))
    return Places(language=Language(language), slack_hosts=hosts, **addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """`tell` takes the notice and the reference of what started its thread, and returns the new reference.

    It returns None where it leaves the telling to another.

    `follows`: updates are told only where the incident itself was told. Else each transition stands alone.
    """

    name: str
    tell: Callable[[Notice, str], str | None]
    route: Route | None = None
    follows: bool = True


def start_of(outlet: str, generation: int) -> str:
    """The name of the delivery that starts an incident's thread at an outlet."""
    return f"{outlet}@start-{generation}"


def route_outlets(route: Route, places: Places, doors: Doors) -> Iterator[Outlet]:
    """The outlets that are the route's own."""
    if route.slack_secret:
        yield Outlet(name=f"slack:{route.name}", tell=_slack(route, places, doors), route=route)
    if route.pagerduty_secret:
        yield Outlet(name=f"pagerduty:{route.name}", tell=_pagerduty(route, doors), route=route)


def shared_outlets(routes: tuple[Route, ...], places: Places, doors: Doors) -> Iterator[Outlet]:
    """The outlets that all routes share: told once, however many routes fit. E-mail is paced elsewhere."""
    chatting = next((route for route in routes if route.chat), None)
    if places.chat_topic and chatting:
        yield Outlet(name="chat", tell=_chat(places, doors), route=chatting)
    if places.machine_topic:
        yield Outlet(name="machines", tell=_machines(places, doors), follows=False)
    if places.event_bus:
        yield Outlet(name="events", tell=_events(places, doors), follows=False)


def _slack(route: Route, places: Places, doors: Doors) -> Callable[[Notice, str], str]:
    def tell(notice: Notice, thread: str) -> str:
        address = _address(route, places, doors)
        if thread and not notice.in_full and address.can_thread:
            doors.slack_update(address, thread, render_slack(replace(notice, in_full=True)))
        return doors.slack(address, render_slack(notice), "" if notice.in_full else thread)

    return tell


def _address(route: Route, places: Places, doors: Doors) -> SlackAddress:
    try:
        secret = doors.secret(route.slack_secret)
        return parse_slack_secret(secret, route.slack_secret, places.slack_hosts, route.slack_channel)
    except SettingsError as error:
        raise DeliveryRefusedError(str(error)) from error


def _pagerduty(route: Route, doors: Doors) -> Callable[[Notice, str], str]:
    def tell(notice: Notice, _thread: str) -> str:
        event = render_pagerduty(notice, doors.secret(route.pagerduty_secret).strip())
        if event is not None:
            doors.pagerduty(event)
        return ""

    return tell


def _chat(places: Places, doors: Doors) -> Callable[[Notice, str], str]:
    def tell(notice: Notice, _thread: str) -> str:
        doors.publish(places.chat_topic, json.dumps(render_chat(notice), ensure_ascii=False))
        return ""

    return tell


def _machines(places: Places, doors: Doors) -> Callable[[Notice, str], str]:
    def tell(notice: Notice, _thread: str) -> str:
        message = json.dumps(message_json(notice, MESSAGE), ensure_ascii=False)
        doors.publish(places.machine_topic, message, attributes=attributes(notice))
        return ""

    return tell


def _events(places: Places, doors: Doors) -> Callable[[Notice, str], str]:
    def tell(notice: Notice, _thread: str) -> str:
        doors.put_event(render_event(notice, places.event_bus))
        return ""

    return tell
