"""Clients, each made once: making one costs more than most calls that go through it."""

from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.config import Config

from why403.aws.answer_shape import reject_garbage

AWS_DOMAINS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".hci.ic.gov",
    ".adc-e.uk",
)
READING = Config(
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=16,
    retries={"total_max_attempts": 1},
)
"""The reader retries by itself: it knows the budget."""
EMULATED = Config(s3={"addressing_style": "path"}, inject_host_prefix=False)
"""An emulator behind AWS_ENDPOINT_URL answers under one host name only."""


class Clients:
    """The clients of one set of credentials. Safe to share between threads."""

    def __init__(self, session: boto3.Session, config: Config) -> None:
        self._session = session
        self._config = config
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = Lock()
        self._emulated = False

    def get(self, service: str, region: str = "") -> Any:  # noqa: ANN401  # boto3's clients have no static type
        """The client of boto3's `service` in `region`, or in the session's own where it is empty."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._make(service, region)
            return self._made[key]

    def _make(self, service: str, region: str) -> Any:  # noqa: ANN401
        """A client is costly: what the last one turned out to be, this one will be too."""
        made = self._client(service, region, emulated=self._emulated)
        endpoint = made.meta.endpoint_url
        is_emulated = not (urlsplit(endpoint).hostname or "").endswith(AWS_DOMAINS)
        if is_emulated is not self._emulated:
            self._emulated = is_emulated
            made = self._client(service, region, emulated=is_emulated)
        made.meta.events.register("before-parse", reject_garbage)
        if is_emulated:
            made.meta.events.register("before-sign", partial(_to_host_of, endpoint))
        return made

    def _client(self, service: str, region: str, *, emulated: bool) -> Any:  # noqa: ANN401
        make: Any = self._session.client
        config = self._config.merge(EMULATED) if emulated else self._config
        return make(service, region_name=region or self._session.region_name or "us-east-1", config=config)


def _to_host_of(endpoint_url: str, request: Any, **_: object) -> None:  # noqa: ANN401
    """S3 Control puts the account before the host's name; an emulator's host has no such subdomain."""
    parts = urlsplit(request.url)
    request.url = urlunsplit(parts._replace(netloc=urlsplit(endpoint_url).netloc))
