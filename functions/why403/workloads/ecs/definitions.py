"""Which task definitions to look at: pages of lists, not one call for each definition of the account."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.message import Message
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import not_all

FAMILIES = DeclaredRead(
    "ecs", "ListTaskDefinitionFamilies", "Find the task definitions that may write to a log group."
)
REVISIONS = DeclaredRead(
    "ecs",
    "ListTaskDefinitions",
    "Find the newest revisions of the task definitions that may write to a log group.",
)
TASK_DEFINITION = DeclaredRead(
    "ecs",
    "DescribeTaskDefinition",
    "Read a task definition's roles, log configuration and environment.",
    absent=("ClientException",),
)
FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""What ECS takes for a family's name."""
REVISION = TASK_DEFINITION.used_for(TASK_DEFINITION.reason, cache_seconds=86_400)
"""A revision never changes."""
MOST_FAMILIES = 60
"""So many a search without an index describes; what is left out is said. The survey reads them all."""
MOST_OF_MANY = 8
"""Where there are more, those whose names are like the group's or the stream's: the others would be luck, at the price of a diagnosis."""
REVISIONS_OF_LIKELY = 3
"""Of the likeliest families older revisions are looked at too: what runs may not be the newest."""
MOST_LIKELY = 4
"""Families whose name is like the group's best: three revisions each are twelve calls."""


@dataclass(frozen=True, slots=True)
class Index:
    """The definitions to describe, likeliest family first, and what is said where some were left out."""

    names: tuple[str, ...]
    """A revision's ARN, or a family's name where its revisions were not listed."""
    findings: tuple[Message, ...] = ()


def index_of(families: Reply, revisions: Reply | None, origin: LogOrigin) -> Index:
    """Choose from the lists; the newest revision of each family, at most MOST_FAMILIES families."""
    by_family = _by_family(revisions.texts("taskDefinitionArns") if isinstance(revisions, Answer) else ())
    listed = families.texts("families") if isinstance(families, Answer) else ()
    known = dict.fromkeys([*listed, *by_family])
    ranked = sorted(known, key=lambda family: (-_rank(family, origin), family))
    names: list[str] = []
    more = isinstance(families, Answer) and families.truncated
    chosen = ranked[:MOST_FAMILIES]
    if more or len(ranked) > MOST_FAMILIES:
        chosen = [family for family in ranked[:MOST_OF_MANY] if _rank(family, origin) > 0]
    for place, family in enumerate(chosen):
        is_likely = len(names) < MOST_OF_MANY and place < MOST_LIKELY and _rank(family, origin) > 0
        names += by_family.get(family, [family])[: REVISIONS_OF_LIKELY if is_likely else 1]
    left_out = not_all("workloads.not-all-families", len(chosen), len(ranked), more=more)
    return Index(tuple(names), left_out)


def guessed_families(origin: LogOrigin) -> tuple[str, ...]:
    """The family that the group's name may be of, else the stream's prefix: described at once, it saves a round."""
    names = (origin.log_group.rpartition("/")[2], origin.prefix)
    return tuple(name for name in names if FAMILY.fullmatch(name) and likeness(name, name))[:1]


def definitions_in(replies: Iterable[Reply]) -> tuple[Mapping[str, Any], ...]:
    """The definitions of DescribeTaskDefinition's answers, each with its tags."""
    return tuple(
        {**reply.data["taskDefinition"], "tags": reply.data.get("tags")}
        for reply in replies
        if isinstance(reply, Answer) and isinstance(reply.at("taskDefinition"), Mapping)
    )


def describe(name: str) -> Read:
    """The read of one definition: a revision's answer is kept for a day, a family's newest for a minute."""
    declared = REVISION if ":task-definition/" in name else TASK_DEFINITION
    return declared.of(taskDefinition=name, include=["TAGS"])


def family_of(task_definition: str) -> str:
    """The family in a task definition's ARN."""
    return task_definition.rpartition("/")[2].partition(":")[0]


def revision_of(task_definition: str) -> int:
    """The revision in a task definition's ARN, 0 where there is none."""
    number = task_definition.rpartition(":")[2]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _by_family(arns: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for arn in arns:
        found.setdefault(family_of(arn), []).append(arn)
    return {family: sorted(listed, key=revision_of, reverse=True) for family, listed in found.items()}


def _rank(family: str, origin: LogOrigin) -> float:
    group = origin.log_group.rpartition("/")[2]
    named = 1.0 if family in {group, origin.log_group} else 0.0
    stream = f"{origin.prefix} {origin.container}" if origin.container else origin.log_stream
    return named + likeness(family, origin.log_group) + likeness(family, stream) / 2
