"""Patterns of policies: actions, resources, and the ARN operators of conditions.

An action is `service:Name`, case-insensitive, and a blank is a character like others. ARNs are compared segment by
segment: `*` and `?` stay within theirs; in the last one, the resource, they also span `/` and `:`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html (an ARN with fewer than six segments)
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from why403.iam.arn import SEGMENTS, SERVICE
from why403.iam.glob import Test, compile_glob, glob, is_wild
from why403.iam.template import Lookup, NoValue, Template, Variable, parse_template, split_segments

EVERYTHING = "*"
MOST_ASKED = 64
"""Actions whose answer an element keeps: more than one incident and its proof ask about."""


class ArnPattern:
    """One ARN pattern. `never` says that nothing can match it, since it is no ARN that IAM accepts there."""

    __slots__ = ("_everything", "_fixed", "_resource", "_segments", "never", "text")

    def __init__(self, text: str, *, never: bool, segments: Sequence[str], variables: bool) -> None:
        self.text = text
        self.never = never
        self._everything = text == EVERYTHING
        self._fixed: Test | None = None
        self._segments: tuple[tuple[int, Template], ...] = ()
        self._resource: Template | None = None
        if never or self._everything:
            return
        if (
            len(segments) == SEGMENTS
            and _is_literal(text[: len(text) - len(segments[-1])])
            and "${" not in text
        ):
            self._fixed = glob(text)
            return
        *leading, resource = (*segments, *[EVERYTHING] * (SEGMENTS - len(segments)))
        prefix = ":".join(leading) + ":"
        last = parse_template(resource, variables=variables, wildcards=True)
        if last.test is not None and _is_literal(prefix):
            self._fixed = compile_glob(
                (prefix, *[part for part in last.parts if not isinstance(part, Variable)])
            )
            return
        self._segments = tuple(
            (number, parse_template(segment, variables=variables, wildcards=True))
            for number, segment in enumerate(leading)
            if segment != EVERYTHING
        )
        self._resource = last

    def matches(self, arn: str, segments: Sequence[str], lookup: Lookup) -> bool | NoValue:
        """Whether the resource `arn`, already cut into `segments`, is meant. NoValue as Template.matches."""
        if self._fixed is not None:
            return self._fixed(arn)
        if self._everything:
            return True
        if self._resource is None or len(segments) != SEGMENTS or arn == EVERYTHING:
            return False
        result: bool | NoValue = True
        for number, segment in (*self._segments, (SEGMENTS - 1, self._resource)):
            found = segment.matches(segments[number], lookup)
            if found is False or found is NoValue.ABSENT:
                return found
            if found is NoValue.UNKNOWN:
                result = found
        return result


class ActionPatterns:
    """The patterns of one Action or NotAction element, compiled."""

    __slots__ = ("_exact", "_globs", "_known", "any_service", "services")

    def __init__(self, patterns: Iterable[str]) -> None:
        lowered = [pattern.lower() for pattern in patterns]
        wild = [pattern for pattern in lowered if is_wild(pattern)]
        self._exact = frozenset(lowered).difference(wild)
        self._globs: tuple[Test, ...] = tuple(glob(pattern) for pattern in wild)
        cut = [pattern.partition(":") for pattern in lowered]
        self.services = frozenset(service for service, colon, _ in cut if colon)
        """What stands before the colon of each."""
        self.any_service = any(is_wild(service) for service, _, _ in cut)
        """One of them has a wildcard in its service."""
        self._known: dict[str, bool] = {}

    def match(self, action: str) -> bool:
        """Whether one of them means `action`, which is given in lower case."""
        found = self._known.get(action)
        if found is None:
            if len(self._known) >= MOST_ASKED:
                self._known.clear()
            found = action in self._exact or any(test(action) for test in self._globs)
            self._known[action] = found
        return found


@lru_cache(4096)
def resource_pattern(text: str, variables: bool, short: bool) -> ArnPattern:  # noqa: FBT001  # remembered by position
    """A pattern of a Resource or NotResource element.

    A variable stands in its last segment only, a wildcard in every segment but the service's. `short` lets an
    ARN of fewer than six segments stand for all that begins so.
    """
    segments = split_segments(text, SEGMENTS - 1)
    missing = SEGMENTS - len(segments)
    never = text != EVERYTHING and (
        segments[0] != "arn"
        or (missing > 0 and not short)
        or (len(segments) > SERVICE and is_wild(segments[SERVICE]))
        or (variables and any("${" in segment for segment in segments[: SEGMENTS - 1]))
    )
    return ArnPattern(text, never=never, segments=segments, variables=variables)


def condition_pattern(text: str, *, variables: bool) -> ArnPattern:
    """A value of an ARN operator: six segments, each with wildcards and variables."""
    segments = split_segments(text, SEGMENTS - 1)
    never = text != EVERYTHING and len(segments) != SEGMENTS
    return ArnPattern(text, never=never, segments=segments, variables=variables)


def _is_literal(text: str) -> bool:
    return "*" not in text and "?" not in text and "${" not in text


@lru_cache(4096)
def action_patterns(patterns: tuple[str, ...]) -> ActionPatterns:
    """The patterns compiled; the same few lists of actions stand in many statements."""
    return ActionPatterns(patterns)
