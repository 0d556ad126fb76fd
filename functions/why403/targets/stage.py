"""Names that differ in their stage alone: orders-dev and orders-prod."""

import json
import re
from functools import cache
from pathlib import Path

from why403.iam.arn import parse_arn
from why403.services.names import parts_of
from why403.services.register import resource_name, resource_of

PARTS = re.compile(r"[A-Za-z0-9]+")
"""Words of a name, whatever parts them: orders-dev, orders_dev, orders/dev."""


@cache
def _stages() -> frozenset[str]:
    return frozenset(json.loads(Path(__file__).with_name("stages.json").read_text("utf-8")))


def without_stage(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, without those that name a stage."""
    return tuple(part for part in words(name) if part not in _stages())


def words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case."""
    return tuple(part.lower() for part in PARTS.findall(name))


def same_but_for_the_stage(wanted: str, other: str) -> bool:
    """Whether two ARNs of one kind name the same thing in two stages. A secret's random suffix is left out."""
    first, second = _bare(wanted), _bare(other)
    if first == second or not without_stage(first):
        return False
    return without_stage(first) == without_stage(second)


def _bare(arn: str) -> str:
    """The resource's own name: a bucket's of its object's, a secret's without its suffix."""
    parsed = parse_arn(arn)
    resource = resource_of(parsed) if parsed is not None else None
    if parsed is None or resource is None:
        return resource_name(arn)
    name = resource_name((parts_of(resource, parsed) or {}).get("itself", arn))
    return next(iter(resource.also_called(name)), name) if resource.also_called is not None else name
