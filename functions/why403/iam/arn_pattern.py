"""Resource patterns, and the ARN operators of conditions: ARNs compared segment by segment.

`*` and `?` stay within their segment; in the last one, the resource, they also span `/` and `:`. A variable may
stand in the resource only, a wildcard in every segment but the service's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html (an ARN with fewer than six segments)
"""

from collections.abc import Sequence

from why403.iam.arn import SEGMENTS
from why403.iam.glob import Test, Token, compile_glob, tokens
from why403.iam.template import Lookup, NoValue, Template, Variable, parse_template, split_segments

SERVICE = 2


class ArnPattern:
    """One ARN pattern. `never` says that no resource can match it: it is no ARN, or has a wildcard service."""

    __slots__ = ("_everything", "_fixed", "_resource", "_segments", "never", "text")

    def __init__(
        self, text: str, *, variables: bool, short: bool = True, service_wildcard: bool = False
    ) -> None:
        self.text = text
        self.never = False
        self._everything = text == "*"
        self._fixed: Test | None = None
        self._segments: tuple[tuple[int, Test], ...] = ()
        self._resource: Template | None = None
        if not self._everything:
            self._compile(text, variables=variables, short=short, service_wildcard=service_wildcard)

    def _compile(self, text: str, *, variables: bool, short: bool, service_wildcard: bool) -> None:
        segments = split_segments(text, SEGMENTS - 1)
        missing = SEGMENTS - len(segments)
        if segments[0] != "arn" or (missing and not short):
            self.never = True
            return
        if len(segments) > SERVICE and _has_wildcard(segments[SERVICE]) and not service_wildcard:
            self.never = True
            return
        segments += ["*"] * missing
        resource = parse_template(segments[-1], variables=variables, wildcards=True)
        if variables and any(_has_variable(segment) for segment in segments[:-1]):
            self.never = True
        elif resource.test is not None and not any(map(_has_wildcard, segments[:-1])):
            self._fixed = compile_glob((":".join(segments[:-1]) + ":", *_wild_parts(resource)))
        else:
            self._segments = tuple(
                (number, compile_glob(tokens(segment)))
                for number, segment in enumerate(segments[:-1])
                if segment != "*"
            )
            self._resource = resource

    def matches(self, arn: str, segments: Sequence[str], lookup: Lookup) -> bool | NoValue:
        """Whether the resource `arn`, already cut into `segments`, is meant. NoValue as Template.matches."""
        if self._everything:
            return True
        if self._fixed is not None:
            return self._fixed(arn)
        if self._resource is None or len(segments) != SEGMENTS:
            return False
        for number, test in self._segments:
            if not test(segments[number]):
                return False
        return self._resource.matches(segments[-1], lookup)


def _has_wildcard(segment: str) -> bool:
    return "*" in segment or "?" in segment


def _has_variable(segment: str) -> bool:
    return "${" in segment


def _wild_parts(template: Template) -> list[Token]:
    return [part for part in template.parts if not isinstance(part, Variable)]
