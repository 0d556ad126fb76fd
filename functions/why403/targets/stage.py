"""Names that differ in their stage alone: orders-dev and orders-prod."""

import json
import re
from functools import cache
from pathlib import Path

from why403.services.register import resource_name

PARTS = re.compile(r"[A-Za-z0-9]+")
SUFFIX_LENGTH = 6


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
    name = resource_name(arn)
    if ":secret:" not in arn:
        return name.partition("/")[0] if ":s3:::" in arn else name
    stem, dash, suffix = name.rpartition("-")
    return stem if dash and len(suffix) == SUFFIX_LENGTH else name
