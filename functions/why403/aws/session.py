"""The one boto3 session of the process, and its clients."""

from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConfigParseError, InvalidConfigError, ProfileNotFound

from why403.aws.clients import READING, Clients
from why403.errors import SettingsError

ACTING = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 4},
)
"""For our own table, topic and secret: boto3 retries."""

UNREADABLE = (ProfileNotFound, ConfigParseError, InvalidConfigError)
"""What boto3 raises where AWS_PROFILE, AWS_CONFIG_FILE or what they lead to is wrong."""
_PROFILE: ContextVar[str | None] = ContextVar("profile", default=None)
"""Whose credentials a person asked for; None: what the environment holds."""


def sign_in(profile: str) -> None:
    """Work with the credentials of a profile, whatever the environment holds. SettingsError as `session`."""
    _PROFILE.set(profile)
    forget()
    session()


@lru_cache(maxsize=1)
def session() -> boto3.Session:
    """The session of our own credentials. AWS_ENDPOINT_URL and AWS_PROFILE count, as boto3 documents.

    SettingsError where the profile or the configuration files cannot be read.
    """
    try:
        made = boto3.Session(profile_name=_PROFILE.get())
        made.get_credentials()
    except UNREADABLE as error:
        raise SettingsError(
            f"{str(error).rstrip('.')}. Name a profile that stands in your AWS configuration (AWS_PROFILE), or correct that file."
        ) from error
    return made


def client(service: str, region: str = "") -> Any:  # noqa: ANN401  # boto3's clients have no static type
    """The client of boto3's `service` for our own resources, made once; in our own Region where it is empty."""
    return _acting().get(service, region)


@lru_cache(maxsize=1)
def reading_clients() -> Clients:
    """The clients that the reader makes its calls with: it retries by itself."""
    return Clients(session(), READING)


@lru_cache(maxsize=1)
def _acting() -> Clients:
    return Clients(session(), ACTING)


def forget() -> None:
    """Make session and clients anew the next time: credentials or the endpoint have changed."""
    for made in (session, reading_clients, _acting):
        made.cache_clear()
