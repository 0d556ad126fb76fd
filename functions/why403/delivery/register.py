"""Every channel, in the order in which an incident is told: one line each."""

from collections.abc import Mapping
from typing import Any

from why403.delivery.channel import Channel
from why403.delivery.chat import CHAT
from why403.delivery.doors import Secret
from why403.delivery.email import EMAIL
from why403.delivery.event_bus import EVENT_BUS
from why403.delivery.machines import MACHINES
from why403.delivery.pagerduty import PAGERDUTY
from why403.delivery.slack import SLACK
from why403.delivery.teams import TEAMS

CHANNELS: tuple[Channel[Any], ...] = (SLACK, TEAMS, PAGERDUTY, CHAT, MACHINES, EVENT_BUS, EMAIL)

OWN_ROOM: Channel[Any] = SLACK
"""Whose secret the stack makes, to be filled, where the settings name no room for people."""
SECRETS: Mapping[str, Secret] = {channel.name: channel.secret for channel in CHANNELS if channel.secret}
"""By channel: what holds the address of those that a route has for itself."""
ROUTE_FIELDS: tuple[str, ...] = (
    *(secret.setting for secret in SECRETS.values()),
    *(option for channel in CHANNELS for option in channel.options),
    *(channel.name for channel in CHANNELS if channel.can_be_off),
)
"""What a route may say of channels."""
