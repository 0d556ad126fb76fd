"""Clients, each made once: making one costs more than most calls that go through it."""

from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

from why403.aws.answer_shape import reject_garbage

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
