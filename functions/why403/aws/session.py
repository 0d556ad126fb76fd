"""The one boto3 session of the process, and its clients."""

import os
from contextvars import ContextVar
from functools import lru_cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConfigParseError, InvalidConfigError, ProfileNotFound

from why403.aws.answer_shape import reject_garbage
from why403.errors import SettingsError

ACTING = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 4},
    parameter_validation=False,
)
"""For our own table, topic and secret: boto3 retries. Our tests look at each parameter, and AWS does: here it takes a tenth of
a delivery's CPU."""
UNREADABLE = (ProfileNotFound, ConfigParseError, InvalidConfigError)
"""What boto3 raises where AWS_PROFILE, AWS_CONFIG_FILE or what they lead to is wrong."""
_PROFILE: ContextVar[str | None] = ContextVar("profile", default=None)
"""Whose credentials a person asked for; None: what the environment holds."""
READING = Config(
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=16,
    retries={"total_max_attempts": 1},
)
"""The reader retries by itself: it knows the budget."""


class Clients:
    """The clients of one set of credentials. Safe to share between threads."""

    def __init__(self, session: boto3.Session, config: Config) -> None:
        self._session = session
        self._config = config
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = Lock()

    def get(self, service: str, region: str = "") -> Any:  # noqa: ANN401  # boto3's clients have no static type
        """The client of boto3's `service` in `region`, or in the session's own where it is empty."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._make(service, region)
            return self._made[key]

    def _make(self, service: str, region: str) -> Any:  # noqa: ANN401
        make: Any = self._session.client
        made = make(
            service, region_name=region or self._session.region_name or "us-east-1", config=self._config
        )
        made.meta.events.register("before-parse", reject_garbage)
        return made


def sign_in(profile: str) -> None:
    """Work with the credentials of a profile, whatever the environment holds. SettingsError as `session`."""
    _PROFILE.set(profile)
    forget()
    session()


@lru_cache(maxsize=1)
def session() -> boto3.Session:
    """The session of our own credentials. AWS_ENDPOINT_URL and AWS_PROFILE count, as boto3 documents.

    So does, before boto3's AWS_DEFAULT_REGION, the AWS_REGION that the CDK and the other SDKs read.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    SettingsError where the profile or the configuration files cannot be read.
    """
    try:
        made = boto3.Session(profile_name=_PROFILE.get(), region_name=os.environ.get("AWS_REGION") or None)
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
