"""Action patterns: `service:Name`, case-insensitive, with wildcards; a blank is a character like others.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from collections.abc import Iterable
from functools import lru_cache

from why403.iam.glob import Test, compile_glob, tokens


class ActionPatterns:
    """The patterns of one Action or NotAction element, compiled."""

    __slots__ = ("_exact", "_globs", "any_service", "services")

    def __init__(self, patterns: Iterable[str]) -> None:
        lowered = [pattern.lower() for pattern in patterns]
        wild = [pattern for pattern in lowered if "*" in pattern or "?" in pattern]
        self._exact = frozenset(lowered).difference(wild)
        self._globs: tuple[Test, ...] = tuple(compile_glob(tokens(pattern)) for pattern in wild)
        cut = [pattern.partition(":") for pattern in lowered]
        self.services = frozenset(service for service, colon, _ in cut if colon)
        """What stands before the colon of each."""
        self.any_service = any("*" in service or "?" in service for service, _, _ in cut)
        """One of them has a wildcard in its service."""

    def match(self, action: str) -> bool:
        """Whether one of them means `action`, which is given in lower case."""
        return action in self._exact or any(test(action) for test in self._globs)


@lru_cache(4096)
def action_patterns(patterns: tuple[str, ...]) -> ActionPatterns:
    """The patterns compiled; the same few lists of actions stand in many statements."""
    return ActionPatterns(patterns)
