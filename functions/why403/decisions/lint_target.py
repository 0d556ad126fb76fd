"""A resource pattern that means the other form of what the request names: the bucket instead of its objects, say.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Callable, Iterator, Sequence

from why403.decisions.request import Request
from why403.iam.action import ActionPatterns
from why403.iam.arn import SEGMENTS
from why403.iam.arn_pattern import resource_pattern
from why403.iam.document import ALLOW, Statement
from why403.iam.template import NoValue

SERVICE, RESOURCE = 2, 5


def other_forms(statements: Sequence[Statement], request: Request) -> Iterator[tuple[Statement, str]]:
    """The Allow statements of one policy that speak of the call and name its resource in another form, and where.

    None where one beside it names the right form: a bucket and its objects stand in two statements, or in one.
    """
    speaking = [one for one in statements if one.effect == ALLOW and _speaks_of(one, request.action.lower())]
    found = [
        (one, resource)
        for one in speaking
        for resource in one.resources or ()
        if misses_by_form(resource, request.resource)
    ]
    if found and not any(_means(resource, request) for one in speaking for resource in one.resources or ()):
        yield from found


def _speaks_of(statement: Statement, action: str) -> bool:
    if statement.not_actions is not None:
        return not ActionPatterns(statement.not_actions).match(action)
    return ActionPatterns(statement.actions or ()).match(action)


def _means(resource: str, request: Request) -> bool:
    pattern = resource_pattern(resource, variables=True, short=True)
    segments = request.resource.split(":", SEGMENTS - 1)
    return pattern.matches(request.resource, segments, lambda _key: NoValue.UNKNOWN) is not False


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
