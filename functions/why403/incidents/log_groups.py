"""Which log groups are ours to look at, decided before anything else is done with their lines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from why403.errors import SettingsError
from why403.iam.place import Place
from why403.reads import DeclaredRead

FILTERS_ONCE, FILTERS_TODAY = 2, 5
"""Subscription filters that a group may have: until 2025, and since; older accounts may keep the lower quota.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""
WITHOUT_FILTERS = frozenset({"INFREQUENT_ACCESS", "DELIVERY"})
"""The classes of groups that take no subscription filter.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html"""

DESCRIBE_LOG_GROUPS = DeclaredRead(
    "logs",
    "DescribeLogGroups",
    "Which log groups the settings' globs mean today, for the daily count of lines.",
    cache_seconds=300,
)

DESCRIBE_TAGGED = DeclaredRead(
    "resourcegroupstaggingapi",
    "GetResources",
    "Which log groups carry the setting's tags today, for the daily count of lines.",
    actions=("tag:GetResources",),
    cache_seconds=300,
)
DESCRIBE_FILTERS = DeclaredRead(
    "logs",
    "DescribeSubscriptionFilters",
    "Since when a log group is watched, for the daily count: its lines from before were never to arrive.",
)
ANY_VALUE = "*"
"""Of a tag, in the setting `log_group_tags`."""


def group_with_tags(tags: Mapping[str, str]) -> Mapping[str, Any]:
    """What GetResources is asked for log groups that carry all of the tags.

    https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
    """
    wanted = [
        {"Key": key, **({} if value == ANY_VALUE else {"Values": [value]})} for key, value in tags.items()
    ]
    return {"ResourceTypeFilters": ["logs:log-group"], "TagFilters": wanted}


def arn_of_group(name: str, place: Place) -> str:
    """/ecs/orders → arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/orders."""
    return f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:{name}"


def group_of_arn(arn: str) -> str:
    """arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/orders:* → /ecs/orders."""
    return arn.partition(":log-group:")[2].removesuffix(":*")


@dataclass(frozen=True, slots=True)
class LogGroups:
    """Globs over log group names. An exclude wins; our own groups are excluded by infra, or we would feed on them."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    tagged: frozenset[str] = field(default=frozenset(), repr=False)
    """Groups that are meant by their tags."""

    def accept(self, name: str) -> bool:
        """Whether lines of the group are looked at."""
        wanted = name in self.tagged or any(fnmatchcase(name, glob) for glob in self.include)
        return wanted and not any(fnmatchcase(name, glob) for glob in self.exclude)


def parse_log_groups(text: str) -> LogGroups:
    """From the environment's JSON {"include": [glob], "exclude": [glob]}; SettingsError where it is none."""
    try:
        setting = json.loads(text)
    except ValueError:
        setting = None
    if not isinstance(setting, Mapping):
        raise SettingsError(_expected(text))
    return LogGroups(_globs(setting, "include", text), _globs(setting, "exclude", text))


def _globs(setting: Mapping[str, object], key: str, text: str) -> tuple[str, ...]:
    globs = setting.get(key, ())
    if (
        isinstance(globs, str)
        or not isinstance(globs, Sequence)
        or not all(isinstance(g, str) for g in globs)
    ):
        raise SettingsError(_expected(text))
    return tuple(globs)


def _expected(text: str) -> str:
    return (
        f'LOG_GROUPS is {text[:100]!r}, expected a JSON object {{"include": ["…"], "exclude": ["…"]}} of globs. '
        "Deploy the stack again; infra/ sets it."
    )
