"""Links that open the fix page: signed, bound to a purpose and an incident, and good until a moment.

A link to look never acts, however it is used: what acts is a link of its own, good for hours and not for days, bound
to the incident's state as well, and noted in the table once it was used.

The secret is JSON, as infra/own_secrets.py makes it: {"current": "2", "2": "<64 characters>", "1": "<the one before>"}.
The current key signs; every key in it opens, so that links survive a rotation.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode

from why403.errors import DeliveryError, LinkError, LinkExpiredError, SettingsError
from why403.incidents.incident import Incident

VERSION = "why403-link-1"
CURRENT = "current"
LEAST_KEY = 32
"""Characters that a key has at least."""
LONGEST = 1_000
"""Characters: the longest of ours has some 360; longer ones are refused before a pattern sees them."""
QUERY = re.compile(
    r"incident=(?P<incident>[A-Za-z0-9_-]{1,128})&purpose=(?P<purpose>[a-z-]{1,16})&until=(?P<until>[1-9][0-9]{0,11})"
    r"(?:&bound=(?P<bound>[A-Za-z0-9._-]{1,64}))?&key=(?P<key>[A-Za-z0-9_-]{1,32})&signature=(?P<signature>[A-Za-z0-9_-]{43})"
)
"""One spelling only, parameters in our order: a signature must not fit two texts. 43 letters are SHA-256 in base64url."""


class Purpose(StrEnum):
    """What a link may be used for."""

    VIEW = "view"
    SAVED = "saved"
    """The page after one of the forms was sent."""
    ACT = "act"
    """The page with its forms."""
    MUTE = "mute"
    UNMUTE = "unmute"
    EXPECT = "expect"
    UNEXPECT = "unexpect"


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Keys by their id, and which of them signs. `repr` shows none."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """What a good link says. `until` in seconds since the epoch."""

    incident: str
    purpose: Purpose
    until: int
    bound: str = ""
    """What else it is bound to: `state_of` an incident, and what names the link that led here. Empty: to nothing."""


def parse_link_keys(secret: str) -> LinkKeys:
    """The keys in the secret; SettingsError, without them, where there are none to use."""
    try:
        told = json.loads(secret)
        current = str(told[CURRENT])
        keys = {str(name): str(key).encode() for name, key in told.items() if name != CURRENT}
        usable = current in keys and all(len(key) >= LEAST_KEY for key in keys.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        usable = False
    if not usable:
        raise SettingsError(
            'The links\' secret must be JSON with "current", the id of the key that signs, and each key (32 characters '
            "or more) under its id. docs/runbooks/ shows how to rotate it."
        )
    return LinkKeys(current, keys)


def sign(link: Link, keys: LinkKeys) -> str:
    """The link's query, to be put after the page's URL and a `?`."""
    named = {
        "incident": link.incident,
        "purpose": link.purpose.value,
        "until": str(link.until),
        **({"bound": link.bound} if link.bound else {}),
        "key": keys.current,
    }
    return urlencode({**named, "signature": _signature(link, keys.current, keys.keys[keys.current])})


def verify(query: str, keys: LinkKeys, now: int) -> Link:
    """What a good link says; `now` in seconds since the epoch.

    LinkError for every other text: one character more, less or other, another order, an unknown key. LinkExpiredError
    for one of ours whose time is over.
    """
    found = QUERY.fullmatch(query) if len(query) <= LONGEST else None
    if found is None or found["purpose"] not in set(Purpose) or found["key"] not in keys.keys:
        raise LinkError("The link is not one of ours.")
    link = Link(found["incident"], Purpose(found["purpose"]), int(found["until"]), found["bound"] or "")
    expected = _signature(link, found["key"], keys.keys[found["key"]])
    if not hmac.compare_digest(expected, found["signature"]):
        raise LinkError("The link's signature is not ours.")
    if link.until <= now:
        raise LinkExpiredError("The link has expired.")
    return link


def _signature(link: Link, key_id: str, key: bytes) -> str:
    bound = [link.bound] if link.bound else []
    told = json.dumps([VERSION, key_id, link.purpose.value, link.incident, link.until, *bound])
    digest = hmac.new(key, told.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


HOUR = 3_600
"""Seconds, as links count; incidents count in milliseconds."""
NAME = 16
"""Characters of a signature that name its link where it is noted as used."""


def life_of(incident: Incident) -> str:
    """What a message's link to act is bound to: this life of the incident, not the next."""
    return str(incident.generation)


def state_of(incident: Incident) -> str:
    """What a form is bound to: all that was told of the incident until it was shown."""
    return f"{incident.generation}.{incident.turn}"


def chain_of(link: Link, query: str) -> str:
    """What a link to act is noted under: the name that it is bound to, or the first characters of its signature."""
    return link.bound.partition(".")[2] or query.rpartition("=")[2][:NAME]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """`url` is the function URL, empty where there is no page; `now` in seconds since the epoch."""

    url: str
    hours: int
    act_hours: int = 0
    """How long a link to act opens; 0: messages carry none."""
    secret: Callable[[], str]
    """Reads the secret that holds the keys."""
    now: int
    report: Callable[[Exception], None]
    """Hears why no link could be signed: the notice goes out without one."""

    def of(self, incident: Incident) -> str:
        """The signed link to the incident's page, or an empty text."""
        return self._signed(Link(incident.fingerprint, Purpose.VIEW, self.now + self.hours * HOUR))

    def act_of(self, incident: Incident) -> str:
        """The signed link to the page with its forms, or an empty text."""
        if not self.act_hours:
            return ""
        until = self.now + self.act_hours * HOUR
        return self._signed(Link(incident.fingerprint, Purpose.ACT, until, life_of(incident)))

    def _signed(self, link: Link) -> str:
        if not self.url:
            return ""
        try:
            query = sign(link, parse_link_keys(self.secret()))
        except (SettingsError, DeliveryError) as error:
            self.report(error)
            return ""
        return f"{self.url.rstrip('/')}/?{query}"
