"""Resources that are no place in AWS, and actions that can have no effect on the resources beside them.

https://docs.aws.amazon.com/service-authorization/latest/reference/
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from collections.abc import Iterator
from functools import lru_cache

from why403.iam.arn import SEGMENTS
from why403.iam.glob import overlap
from why403.iam.principal_element import ACCOUNT_ID
from why403.iam.reference import regions_of, resource_patterns
from why403.iam.template import VARIABLE, split_segments

PARTITION, SERVICE, REGION, ACCOUNT = 1, 2, 3, 4
EVERYTHING = "*"
BUCKET = "arn:*:s3:::*"
OF_AWS = frozenset({"aws", "cloudfront"})
"""What stands in an account's place for things that AWS owns."""
Finding = tuple[str, tuple[tuple[str, str], ...]]


@lru_cache(4096)
def lint_place(resource: str) -> tuple[Finding, ...]:
    """Partition, Region and account of an ARN, where each is written out and none of AWS's."""
    return tuple(_places(resource)) if resource.startswith("arn:") else ()


def _places(resource: str) -> Iterator[Finding]:
    segments = split_segments(resource, SEGMENTS - 1)
    if len(segments) != SEGMENTS:
        return
    partition, region, account = segments[PARTITION], segments[REGION], segments[ACCOUNT]
    regions = regions_of(partition)
    if _is_written_out(partition) and not regions:
        yield "decisions.lint-partition", (("resource", resource), ("partition", partition))
    elif _is_written_out(region) and regions and region not in regions:
        yield "decisions.lint-region", (("resource", resource), ("region", region))
    if _is_written_out(account) and not ACCOUNT_ID.fullmatch(account) and account not in OF_AWS:
        yield "decisions.lint-account", (("resource", resource), ("account", account))


def _is_written_out(segment: str) -> bool:
    return bool(segment) and not any(mark in segment for mark in ("*", "?", "${"))


@lru_cache(1024)
def lint_fit(actions: tuple[str, ...], resources: tuple[str, ...]) -> tuple[Finding, ...]:
    """The actions of a statement that can have no effect on any of its resources."""
    plain = [VARIABLE.sub("*", resource) for resource in resources]
    if not plain or any(_is_no_arn(resource) for resource in plain):
        return ()
    known = [(action, patterns) for action in actions if (patterns := resource_patterns(action)) is not None]
    missing = [action for action, patterns in known if not patterns]
    misfit = [action for action, patterns in known if patterns and not _any_fits(patterns, plain)]
    told = ("resources", ", ".join(resources))
    return (
        *([("decisions.lint-needs-star", (("actions", ", ".join(missing)), told))] if missing else ()),
        *([("decisions.lint-action-resource", (("actions", ", ".join(misfit)), told))] if misfit else ()),
    )


def _is_no_arn(resource: str) -> bool:
    """`*`, which fits everything, and what other findings speak of."""
    return len(resource.split(":", SEGMENTS - 1)) != SEGMENTS or not resource.startswith("arn:")


def _any_fits(patterns: tuple[str, ...], resources: list[str]) -> bool:
    whole = [pattern for pattern in patterns if pattern.count(":") >= SEGMENTS - 1]
    return len(whole) < len(patterns) or any(_fits(one, other) for one in whole for other in resources)


def _fits(pattern: str, resource: str) -> bool:
    """Segment by segment; a bucket's name has no slash, and a Region or account that is needed is not empty."""
    if pattern == BUCKET and "/" in resource:
        return False
    ours, theirs = _cut(pattern), _cut(resource)
    if ours[SERVICE] != theirs[SERVICE]:
        return False
    for want, given in zip(ours, theirs, strict=True):
        if want == given:
            continue
        if not given or (want != EVERYTHING and not overlap(want, given)):
            return False
    return True


@lru_cache(4096)
def _cut(arn: str) -> tuple[str, ...]:
    return tuple(arn.split(":", SEGMENTS - 1))
