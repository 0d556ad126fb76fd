"""What a channel is. Settings, grants, preflight, doctor, docs, goldens and limits are made from its declaration."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from why403.delivery.doors import Doors, Post, Secret
from why403.notices.letter import Letter
from why403.notices.notice import Notice
from why403.notices.words import word

Rendered = TypeVar("Rendered")
"""What a channel's `render` makes and its `send` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the receiver takes."""

    bytes: int
    """Of a message, as it is sent."""
    a_second: float | None = None
    """Messages, before the receiver refuses more; None where its pages give no figure or one for each Region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where one delivery goes: `secret` is the name of a route's, `address` an ARN or a bus of the stack's."""

    secret: str = ""
    address: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    """The route's other fields for this channel."""
    hosts: tuple[str, ...] = ()
    """Hosts, with port, that a webhook may name beside the vendor's own."""
    thread: str = ""
    """The reference of what began there, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Generic[Rendered]):
    """One way out. `render` knows the notice and no address, `send` the address and no notice.

    `send` returns the reference by which the message can be answered to or updated, or an empty text. It raises
    DeliveryRetryableError and DeliveryRefusedError; no message of theirs holds an address or a token.
    """

    name: str
    """Of its outlets, in logs and in the table: it stays as it is."""
    title: str
    page: str
    """The vendor's page that it follows."""
    limits: Limits
    permissions: tuple[str, ...]
    """What notify's role must be allowed for it."""
    render: Callable[[Notice], Rendered | None]
    """None: this notice is nothing for this channel."""
    send: Callable[[Rendered, Destination, Doors], str]
    renew: Callable[[Rendered, Destination, Doors], None] | None = None
    """Replaces what stands at `destination.thread`, where the vendor can."""
    sent_again: Callable[[Rendered, str], Rendered] | None = None
    """Adds the sentence that this may have been told before; None where a key keeps it from being told twice."""
    secret: Secret | None = None
    """A route's own channel; without one it is the stack's, told once however many routes fit."""
    ask: Callable[[str, Destination, Post], str] | None = None
    """A secret's text → what the receiver says of it, and nothing is told there. Raises as `send` does, and SettingsError."""
    unasked: str = ""
    """Why a receiver that has no `ask` cannot be asked so."""
    options: tuple[str, ...] = ()
    """Other fields of a route that it reads."""
    can_be_off: bool = False
    """Whether a route may turn it off by its name, and hears it by its own threshold and language."""
    mention: re.Pattern[str] | None = None
    """The mentions that it understands."""
    follows: bool = True
    """Updates are told only where the incident itself was told. Else each transition stands alone."""
    alone: int = 0
    """New incidents that are told one by one in a window (pacing.py), half as many updates; 0: all are, it is no person."""
    updates_wait: bool = True
    """Whether updates wait for a digest as well."""
    write: Callable[[Letter, str], Rendered | None] | None = None
    """A letter under an identity of its own. None: it takes none, or not this one."""

    def tell(self, notice: Notice, destination: Destination, doors: Doors) -> str:
        """Render and send; the reference."""
        rendered = self.render(notice)
        if rendered is None:
            return ""
        if notice.is_sent_again and self.sent_again is not None:
            rendered = self.sent_again(rendered, word("notices.sent-again", notice.language))
        return self.send(rendered, destination, doors)

    def calls(self, mention: str) -> bool:
        """Whether the mention is one of its own."""
        return self.mention is not None and self.mention.fullmatch(mention) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A message for a topic."""

    body: str
    subject: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def publish(message: Publication, destination: Destination, doors: Doors) -> str:
    """The `send` of a channel that is a topic of the stack's."""
    doors.publish(
        destination.address, message.body, subject=message.subject, attributes=message.attributes or None
    )
    return ""
