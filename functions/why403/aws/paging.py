"""One read's pages, fetched and merged.

Not by boto3's paginators: theirs cannot tell, without asking for it, whether there is a page after the last one wanted,
and give nobody a say before the next one (docs/decisions/0008).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError

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
