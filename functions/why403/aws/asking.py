"""One read, asked until it is answered, refused for good, or its time is up.

One read's pages, fetched and merged.

Not by boto3's paginators: theirs cannot tell, without asking for it, whether there is a page after the last one wanted,
and give nobody a say before the next one (docs/decisions/0008).
"""

import random
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    DataNotFoundError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnknownServiceError,
)
from botocore.parsers import ResponseParserError

from why403.aws.accounts import Accounts, NoReadRoleError
from why403.aws.answer_shape import fits
from why403.aws.budget import Budget
from why403.aws.failures import code_of, failure_of
from why403.aws.rates import Rates
from why403.reads import TAKES_ROLE, Answer, Failure, Read, Reply, Unreadable

Pagination = Mapping[str, Any]
METADATA = "ResponseMetadata"
_MODELS_LOCK = Lock()


def fetch(
    client: Any,  # noqa: ANN401  # boto3's clients have no static type
    operation: str,
    parameters: Mapping[str, Any],
    pages: int,
    may_go_on: Callable[[], bool],
) -> tuple[dict[str, Any], bool]:
    """What `operation` answers, at most `pages` pages of it merged, and whether there were more.

    `may_go_on` is asked before each page but the first, and waits for its turn; where it says no, the pages so far
    are the answer. Lists are joined, however deep they stand; for the rest the first page counts. botocore's errors pass.
    """
    service = client.meta.service_model.service_name
    call = getattr(client, xform_name(operation))
    pagination = _pagination(service, operation)
    merged: dict[str, Any] = {}
    token: dict[str, Any] = {}
    for number in range(max(pages, 1)):
        if number and not may_go_on():
            break
        page = call(**parameters, **token)
        merged = _joined(merged, {name: value for name, value in page.items() if name != METADATA})
        token = _next(page, pagination)
        if not token:
            return merged, False
    return merged, True


@lru_cache(maxsize=1)
def _models() -> botocore.session.Session:
    return botocore.session.Session()


@lru_cache(maxsize=256)
def _pagination(service: str, operation: str) -> Pagination:
    """Botocore's session is not made for threads: one at a time asks it."""
    with _MODELS_LOCK:
        try:
            found: Pagination = _models().get_paginator_model(service).get_paginator(operation)
        except (ValueError, DataNotFoundError, UnknownServiceError):
            return {}
        return found


def _next(page: Mapping[str, Any], pagination: Pagination) -> dict[str, Any]:
    if not pagination:
        return {}
    more = pagination.get("more_results")
    if more and not jmespath.search(more, page):
        return {}
    inputs, outputs = _listed(pagination["input_token"]), _listed(pagination["output_token"])
    token = {name: jmespath.search(path, page) for name, path in zip(inputs, outputs, strict=True)}
    return {name: value for name, value in token.items() if value}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _joined(first: dict[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(first)
    for name, value in then.items():
        known = joined.get(name)
        if isinstance(known, list) and isinstance(value, list):
            joined[name] = [*known, *value]
        elif isinstance(known, dict) and isinstance(value, Mapping):
            joined[name] = _joined(known, value)
        elif known is None:
            joined[name] = value
    return joined


ATTEMPTS = {Failure.THROTTLED: 5, Failure.UNAVAILABLE: 2, Failure.MALFORMED: 2}
"""How often to ask in all where it failed like this; once where it is not here."""
FIRST_WAIT_SECONDS = 0.25
"""Doubled each time and cut by chance, as AWS advises for throttling."""
LONGEST_WAIT_SECONDS = 4.0
"""Five attempts wait 7.5 seconds at most together, well within a diagnosis' minutes."""
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, TokenRetrievalError)
NOT_WORTH_REPEATING = frozenset(
    {"NotImplemented", "UnknownOperation", "UnknownOperationException", "InvalidAction"}
)


class Asker:
    """Makes calls, at the pace that each API allows, and turns whatever comes back into a reply."""

    def __init__(
        self,
        accounts: Accounts,
        rates: Rates,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._accounts = accounts
        self._rates = rates
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    def ask(self, read: Read, budget: Budget) -> Reply:
        """The reply to `read`; never raises for what AWS or the network does."""
        ends = self._clock() + min(read.declared.timeout_seconds, budget.seconds_left())
        attempt = 0
        while True:
            attempt += 1
            if not budget.take():
                return Unreadable(read, Failure.THROTTLED, "BudgetSpent")
            if not self._wait_for_turn(read, ends):
                return Unreadable(read, Failure.THROTTLED, "RateLimit")
            reply = self._once(read, lambda: budget.take() and self._wait_for_turn(read, ends))
            if isinstance(reply, Answer) or attempt >= _attempts(reply):
                return reply
            if not self._wait(self._backoff(attempt), ends):
                return reply

    def _wait_for_turn(self, read: Read, ends: float) -> bool:
        """Each page is a call of its own to AWS."""
        within = max(0.0, ends - self._clock())
        return self._wait(self._rates.reserve(read.call, read.account, read.region, within), ends)

    def _wait(self, seconds: float, ends: float) -> bool:
        if seconds > 0:
            if self._clock() + seconds >= ends:
                return False
            self._sleep(seconds)
        return True

    def _backoff(self, attempt: int) -> float:
        return self._chance() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**attempt)

    def _once(self, read: Read, may_go_on: Callable[[], bool]) -> Reply:
        try:
            return self._call(read, may_go_on)
        except NoReadRoleError:
            return Unreadable(read, Failure.REFUSED, "NoReadRole", TAKES_ROLE)
        except ClientError as error:
            return _from_client_error(read, error)
        except (ConnectTimeoutError, ReadTimeoutError):
            return Unreadable(read, Failure.SLOW, "Timeout")
        except BotoCoreError as error:
            failure = Failure.REFUSED if isinstance(error, NO_CREDENTIALS) else Failure.UNAVAILABLE
            return Unreadable(read, failure, type(error).__name__)
        except (ResponseParserError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
            return Unreadable(read, Failure.MALFORMED, "MalformedAnswer")

    def _call(self, read: Read, may_go_on: Callable[[], bool]) -> Reply:
        region = read.region or self._accounts.region
        client = self._accounts.clients(read.account).get(read.declared.service, region)
        data, truncated = fetch(client, read.declared.operation, read.parameters, read.pages, may_go_on)
        model = client.meta.service_model.operation_model(read.declared.operation)
        if not fits(model.output_shape, data):
            return Unreadable(read, Failure.MALFORMED, "MalformedAnswer")
        return Answer(read, data, truncated)


def _attempts(reply: Unreadable) -> int:
    return 1 if reply.error in NOT_WORTH_REPEATING else ATTEMPTS.get(reply.failure, 1)


def _from_client_error(read: Read, error: ClientError) -> Unreadable:
    code = code_of(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    if error.operation_name == "AssumeRole" and read.declared.operation != "AssumeRole":
        return Unreadable(read, Failure.REFUSED, code, TAKES_ROLE)
    failure = failure_of(code, status, read.declared)
    return Unreadable(read, failure, code, cure_of(read, failure))


def cure_of(read: Read, failure: Failure) -> str:
    """The IAM actions that would let the read through; empty where no permission would."""
    return ", ".join(read.declared.actions) if failure is Failure.REFUSED else ""
