"""Resources that are no place in AWS, and actions that can have no effect on the resources beside them.

https://docs.aws.amazon.com/service-authorization/latest/reference/
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.decision import Match, Request
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.arn import ACCOUNT, PARTITION, REGION, RESOURCE, SEGMENTS, SERVICE
from why403.iam.glob import compile_glob, is_wild, overlap, tokens
from why403.iam.principal_element import ACCOUNT_ID
from why403.iam.reference import regions_of, resource_patterns
from why403.iam.template import VARIABLE, split_segments
from why403.message import Message

EVERYTHING = "*"
BUCKET = "arn:*:s3:::*"
OF_AWS = frozenset({"aws", "cloudfront"})
"""What stands in an account's place for things that AWS owns."""
MOST_ORDINARY = 20
"""Actions of a statement that is looked at quickly; the time of a look-up grows with them."""
Tests = tuple[Callable[[str], bool], ...]
"""Of a resource's last segment."""
Finding = tuple[str, tuple[tuple[str, str], ...]]
OddPlace = tuple[str, tuple[str, str]]
"""A message's id, and the name and value of the part that is odd."""


def lint_resources(actions: Sequence[str], resources: Sequence[str], *, excepted: bool) -> list[Finding]:
    """What is odd in the places that a statement names, and in its `actions` beside them, unless it names them `excepted`."""
    found: list[Finding] = []
    cut: list[Sequence[str]] = []
    for resource in resources:
        segments: Sequence[str] = split_segments(resource, SEGMENTS - 1)
        if len(segments) == SEGMENTS and segments[0] == "arn":
            odd = _odd_places(segments[PARTITION], segments[REGION], segments[ACCOUNT])
            found += [(identifier, (("resource", resource), given)) for identifier, given in odd]
        cut.append(VARIABLE.sub("*", resource).split(":", SEGMENTS - 1) if "${" in resource else segments)
    return found + _misfits(actions, resources, cut) if actions and not excepted else found


def are_ordinary(actions: Sequence[str], resources: Sequence[str]) -> bool:
    """True only where each of the resources is a place in AWS and each of the actions has an effect there.

    No `actions`: those of a NotAction, or beside a NotResource.
    """
    if len(actions) > MOST_ORDINARY:
        return False
    if len(resources) == 1:
        tests = () if resources[0] == EVERYTHING else _tests_of(actions, resources[0])
        return tests is not None and _all_mean(tests, resources[0])
    if EVERYTHING in resources:
        actions = ()
    meant = [False] * len(actions)
    for resource in resources:
        if resource == EVERYTHING:
            continue
        tests = _tests_of(actions, resource)
        if tests is None:
            return False
        for number, of_action in enumerate(tests):
            meant[number] = meant[number] or _all_mean((of_action,), resource)
    return all(meant)


def _tests_of(actions: Sequence[str], resource: str) -> tuple[Tests | None, ...] | None:
    """As `_place`, of a whole resource."""
    segments = resource.split(":", SEGMENTS - 1)
    if len(segments) != SEGMENTS or segments[0] != "arn" or "${" in resource:
        return None
    _, partition, service, region, account, _ = segments
    return _place(actions, partition, service, region, account)


def _all_mean(tests: Iterable[Tests | None], resource: str) -> bool:
    """Whether each action's tests, or one of them, take the resource's last segment."""
    name = ""
    for of_action in tests:
        if of_action is None:
            continue
        name = name or resource.split(":", SEGMENTS - 1)[RESOURCE]
        for test in of_action:
            if test(name):
                break
        else:
            return False
    return True


@lru_cache(4096)
def _place(
    actions: Sequence[str], partition: str, service: str, region: str, account: str
) -> tuple[Tests | None, ...] | None:
    """For each action whether it has an effect on a name there (None: on each); None for the whole of an odd place."""
    if _odd_places(partition, region, account):
        return None
    return tuple(
        None if resource_patterns(action) is None else _of_names(action, partition, service, region, account)
        for action in actions
    )


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


def _misfits(actions: Sequence[str], resources: Sequence[str], cut: Sequence[Sequence[str]]) -> list[Finding]:
    """The actions that can have no effect on any of the resources, each given `cut` in its segments.

    None where one is `*`, which fits everything, or no ARN, of which other findings speak.
    """
    for segments in cut:
        if len(segments) != SEGMENTS or segments[0] != "arn":
            return []
    missing: list[str] = []
    misfit: list[str] = []
    for action in actions if cut else ():
        patterns = resource_patterns(action)
        if patterns == ():
            missing.append(action)
        elif patterns is not None and not _any_fits(action, cut):
            misfit.append(action)
    if not missing and not misfit:
        return []
    told = ("resources", ", ".join(resources))
    named = ("decisions.lint-needs-star", missing), ("decisions.lint-action-resource", misfit)
    return [(identifier, (("actions", ", ".join(odd)), told)) for identifier, odd in named if odd]


def _any_fits(action: str, cut: Sequence[Sequence[str]]) -> bool:
    """Segment by segment; a bucket's name has no slash, and a Region or account that is needed is not empty."""
    for _, partition, service, region, account, name in cut:
        fits = _of_names(action, partition, service, region, account)
        if fits is None:
            return True
        for fit in fits:
            if fit(name):
                return True
    return False


@lru_cache(4096)
def _of_names(action: str, partition: str, service: str, region: str, account: str) -> Tests | None:
    """Tests of the last segment, one for each of the action's resources that fits up to there.

    None where the action has resources that the reference does not name as ARNs.
    """
    found = []
    for pattern in resource_patterns(action) or ():
        wanted = pattern.split(":", SEGMENTS - 1)
        if len(wanted) != SEGMENTS:
            return None
        leading = zip(wanted[PARTITION:RESOURCE], (partition, service, region, account), strict=True)
        if wanted[SERVICE] == service and all(_segment_fits(want, given) for want, given in leading):
            found.append(_has_no_slash if pattern == BUCKET else _test(wanted[RESOURCE]))
    return tuple(found)


def _has_no_slash(name: str) -> bool:
    return "/" not in name


def _test(want: str) -> Callable[[str], bool]:
    if want == EVERYTHING:
        return bool
    plain = compile_glob(tokens(want))
    return lambda name: _segment_fits(want, name) if is_wild(name) or not name else plain(name)


def _segment_fits(want: str, given: str) -> bool:
    return want == given or (bool(given) and (want == EVERYTHING or overlap(want, given)))


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
