"""Which log groups are ours to look at, decided before anything else is done with their lines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from why403.errors import SettingsError


@dataclass(frozen=True, slots=True)
class LogGroups:
    """Globs over log group names. An exclude wins; our own groups are excluded by infra, or we would feed on them."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()

    def accept(self, name: str) -> bool:
        """Whether lines of the group are looked at."""
        wanted = any(fnmatchcase(name, glob) for glob in self.include)
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
