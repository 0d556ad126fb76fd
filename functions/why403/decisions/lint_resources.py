"""Resources that are no place in AWS, and actions that can have no effect on the resources beside them.

https://docs.aws.amazon.com/service-authorization/latest/reference/
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.decision import Match, Request
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.arn import ACCOUNT, PARTITION, REGION, RESOURCE, SEGMENTS, SERVICE
from why403.iam.glob import overlap
from why403.iam.principal_element import ACCOUNT_ID
from why403.iam.reference import regions_of, resource_patterns
from why403.iam.template import VARIABLE, split_segments
from why403.message import Message

EVERYTHING = "*"
BUCKET = "arn:*:s3:::*"
OF_AWS = frozenset({"aws", "cloudfront"})
"""What stands in an account's place for things that AWS owns."""
Finding = tuple[str, tuple[tuple[str, str], ...]]
OddPlace = tuple[str, tuple[str, str]]
"""A message's id, and the name and value of the part that is odd."""


def lint_place(resource: str) -> tuple[Finding, ...]:
    """Partition, Region and account of an ARN, where each is written out and none of AWS's."""
    segments = split_segments(resource, SEGMENTS - 1) if resource.startswith("arn:") else []
    if len(segments) != SEGMENTS:
        return ()
    found = _odd_places(segments[PARTITION], segments[REGION], segments[ACCOUNT])
    return tuple((identifier, (("resource", resource), given)) for identifier, given in found)


@lru_cache(4096)
def _odd_places(partition: str, region: str, account: str) -> tuple[OddPlace, ...]:
    """What of the three is none of AWS's; the same few stand in all resources of a company."""
    return tuple(_odd(partition, region, account))


def _odd(partition: str, region: str, account: str) -> Iterator[OddPlace]:
    regions = regions_of(partition)
    if _is_written_out(partition) and not regions:
        yield "decisions.lint-partition", ("partition", partition)
    elif _is_written_out(region) and regions and region not in regions:
        yield "decisions.lint-region", ("region", region)
    if _is_written_out(account) and not ACCOUNT_ID.fullmatch(account) and account not in OF_AWS:
        yield "decisions.lint-account", ("account", account)


def _is_written_out(segment: str) -> bool:
    return bool(segment) and not any(mark in segment for mark in ("*", "?", "${"))


@lru_cache(1024)
def lint_fit(actions: tuple[str, ...], resources: tuple[str, ...]) -> tuple[Finding, ...]:
    """The actions of a statement that can have no effect on any of its resources."""
    plain = [VARIABLE.sub("*", resource) if "${" in resource else resource for resource in resources]
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
    whole = _whole(patterns)
    return len(whole) < len(patterns) or any(_fits(whole, resource) for resource in resources)


@lru_cache(4096)
def _whole(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if pattern.count(":") >= SEGMENTS - 1)


def _fits(patterns: tuple[str, ...], resource: str) -> bool:
    """Segment by segment; a bucket's name has no slash, and a Region or account that is needed is not empty."""
    *leading, name = resource.split(":", SEGMENTS - 1)
    wanted = _names(patterns, tuple(leading))
    return any("/" not in name if want == BUCKET else _segment_fits(want, name) for want in wanted)


@lru_cache(4096)
def _names(patterns: tuple[str, ...], leading: tuple[str, ...]) -> tuple[str, ...]:
    """The last segments of the patterns that fit up to there; BUCKET stands for its own."""
    found = []
    for pattern in patterns:
        *wanted, name = pattern.split(":", SEGMENTS - 1)
        same_service = wanted[SERVICE] == leading[SERVICE]
        if same_service and all(map(_segment_fits, wanted, leading)):
            found.append(BUCKET if pattern == BUCKET else name)
    return tuple(found)


def _segment_fits(want: str, given: str) -> bool:
    return want == given or (bool(given) and (want == EVERYTHING or _overlap(want, given)))


_overlap = lru_cache(4096)(overlap)
"""Of the leading segments and of names that stand in many policies."""


def lint_target(
    layers: CompiledLayers, request: Request, call: EvaluationContext | None = None
) -> Iterator[Message]:
    """The Allow statements that speak of the call and name its resource in another form, and where.

    None where one beside it names the right form: a bucket and its objects stand in two statements, or in one.
    """
    given = request.resource.split(":", SEGMENTS - 1)
    if len(given) != SEGMENTS or given[SERVICE] not in _FORMS:
        return
    call = call or EvaluationContext(request)
    for layer in layers.held():
        speaking = [one for one in layer.speaking_of(call.action)[1] if one.statement.resources]
        found = [
            (one, resource)
            for one in speaking
            for resource in one.statement.resources or ()
            if misses_by_form(resource, request.resource)
        ]
        right = {one.policy for one in speaking if found and one.match_resource(call) is not Match.NO}
        for one, resource in found:
            if one.policy not in right:
                where = {"policy": one.policy, "statement": one.statement.name}
                told = where | {"resource": resource, "given": request.resource}
                yield Message("decisions.lint-other-form", told)


def misses_by_form(pattern: str, given: str) -> bool:
    """Whether `pattern` names the same thing as `given` in a form that does not match it."""
    wanted, arn = pattern.split(":", SEGMENTS - 1), given.split(":", SEGMENTS - 1)
    if len(wanted) != SEGMENTS or len(arn) != SEGMENTS or wanted[:RESOURCE] != arn[:RESOURCE]:
        return False
    form = _FORMS.get(arn[SERVICE])
    return form is not None and form(wanted[RESOURCE], arn[RESOURCE])


def _bucket(name: str, given: str) -> bool:
    return name == given.partition("/")[0] != given or name == f"{given}/*"


def _qualified_function(name: str, given: str) -> bool:
    return name != given and _function(name) == _function(given) and "*" not in name


def _function(resource: str) -> str:
    """`function:name` of `function:name:alias`."""
    return ":".join(resource.split(":")[:2])


_FORMS: dict[str, Callable[[str, str], bool]] = {
    "s3": _bucket,
    "lambda": _qualified_function,
    "logs": lambda name, given: name == given.removesuffix(":*") != given,
    "dynamodb": lambda name, given: name == given.partition("/index/")[0] != given,
    "secretsmanager": lambda name, given: name == given[: -len("-AbCdEf")],
}
HAS_FORMS = frozenset(_FORMS)
"""Services whose resources are named in more than one form."""
