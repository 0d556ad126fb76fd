"""A resource pattern that means the other form of what the request names: the bucket instead of its objects, say.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Callable, Iterator

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.decision import Match, Request
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.arn import RESOURCE, SEGMENTS, SERVICE
from why403.message import Message


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
