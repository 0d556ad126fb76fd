"""A resource pattern that means the other form of what the request names: the bucket instead of its objects, say.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Callable

from why403.iam.arn import SEGMENTS

SERVICE, RESOURCE = 2, 5


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
