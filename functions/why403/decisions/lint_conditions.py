"""What is odd in a statement's conditions: keys that nobody has, operators that do not fit, values that match nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from ipaddress import ip_network

from why403.iam.comparison import parse_date, parse_number
from why403.iam.condition import NULL, Operator, SetOperator
from why403.iam.condition_keys import ValueKind, is_service_with_keys, key_kind
from why403.iam.document import ALLOW, Condition
from why403.iam.reference import is_prefix
from why403.iam.template import VARIABLE

SOURCE_IP = "aws:sourceip"
FOR_ALL_VALUES = "decisions.lint-for-all-values"
EPOCH = "aws:epochtime"
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""RFC 1918 and RFC 4193: no call reaches AWS's public endpoints from there."""
STRINGS = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
ARNS = frozenset({"arnequals", "arnlike"})
Finding = tuple[str, tuple[tuple[str, str], ...]]
"""A message's id and values, so that it can be remembered."""


@lru_cache(4096)
def lint_condition(condition: Condition, effect: str) -> tuple[Finding, ...]:
    """The findings of one operator on one key; the same few stand in many statements."""
    return tuple(_found(condition, condition.key.lower(), effect))


def _found(condition: Condition, key: str, effect: str) -> Iterator[Finding]:
    operator = condition.operator
    told = (("operator", condition.name), ("key", condition.key))
    kind = key_kind(key)
    if kind is None and _should_be_known(key):
        yield "decisions.lint-unknown-key", told
    if operator.base == NULL:
        return
    if operator.over is SetOperator.FOR_ALL_VALUES and effect == ALLOW and not operator.if_exists:
        yield FOR_ALL_VALUES, told
    if kind is not None:
        value_kind, several = kind
        if several and operator.over is SetOperator.NONE:
            yield "decisions.lint-set-operator", told
        if not _fits(operator, value_kind, key):
            yield "decisions.lint-operator-type", (*told, ("type", value_kind.value))
    yield from _values(condition, key, told)


def _should_be_known(key: str) -> bool:
    """A global key, or one of a service whose keys the reference lists. Identity providers' keys begin with a host."""
    prefix, colon, _ = key.partition(":")
    return (
        not colon
        or prefix == "aws"
        or ("." not in prefix and (is_service_with_keys(prefix) or is_prefix(prefix)))
    )


def _fits(operator: Operator, kind: ValueKind, key: str) -> bool:
    base = operator.base
    match kind:
        case ValueKind.STRING:
            return base in STRINGS or base == "binaryequals" or (base in ARNS and key.endswith("arn"))
        case ValueKind.ARN:
            return base in ARNS or base in STRINGS
        case ValueKind.BOOL:
            return base == "bool"
        case ValueKind.NUMERIC:
            return base.startswith("numeric")
        case ValueKind.DATE:
            return base.startswith("date") or (key == EPOCH and base.startswith("numeric"))
        case ValueKind.ADDRESS:
            return base == "ipaddress"


def _values(condition: Condition, key: str, told: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    base = condition.operator.base
    # Of these operators Bool alone takes variables.
    readable = _READABLE.get(base) or _READABLE.get(base[:4])
    for value in condition.values:
        plain = VARIABLE.sub("", value)
        if base in {"stringequals", "stringequalsignorecase"} and "*" in plain:
            yield "decisions.lint-literal-wildcard", (*told, ("value", value))
        elif readable is not None and not readable(value) and (plain == value or base != "bool"):
            yield "decisions.lint-value", (*told, ("value", value))
        elif base == "ipaddress" and key == SOURCE_IP and _is_private(value):
            yield "decisions.lint-private-address", (*told, ("value", value))


def _is_network(text: str) -> bool:
    try:
        ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return True


def _is_private(text: str) -> bool:
    network = ip_network(text.strip(), strict=False)
    return any(network.version == own.version and network.subnet_of(own) for own in PRIVATE)  # type: ignore[arg-type]


_READABLE: dict[str, Callable[[str], bool]] = {
    "bool": lambda text: text.lower() in {"true", "false"},
    "ipaddress": _is_network,
    "date": lambda text: parse_date(text) is not None,
    "nume": lambda text: parse_number(text) is not None,
}
"""By an operator's name, or by its first four letters: NumericLessThan, DateEquals."""
