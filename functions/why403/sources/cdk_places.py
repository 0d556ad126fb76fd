"""Where the statements of a CDK construct stand in the source: in calls, in lists, and in the literals of L1 constructs.

https://docs.aws.amazon.com/cdk/v2/guide/constructs.html#constructs-l1
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.sources.cdk import ROLE, TRUST, FoundConstruct, sees
from why403.sources.code import Code, CodeCall, camel, dotted
from why403.sources.kinds import L1, l1_class

HELD = {"aws_iam.Policy", "aws_iam.ManagedPolicy"}
"""Constructs that hold the statements of the roles that they are given."""
OF_ROLES: Mapping[str, tuple[str, str]] = {
    "aws_iam.CfnPolicy": ("Roles", "PolicyDocument"),
    "aws_iam.CfnManagedPolicy": ("Roles", "PolicyDocument"),
    "aws_iam.CfnRolePolicy": ("RoleName", "PolicyDocument"),
}
"""L1 constructs that hold a policy of roles: for whom, and the document."""


@dataclass(frozen=True, slots=True)
class StatementPlace:
    """Where statements of a construct stand: `call` adds them, or holds the list; `literal`: of a policy that an L1 construct has."""

    call: CodeCall
    holder: Any
    statements: tuple[Any, ...]
    literal: bool = False


def places_of(code: Code, call: CodeCall, found: FoundConstruct) -> Iterator[StatementPlace]:
    """Where the construct's statements stand."""
    if found.made.literal:
        for holder, node in _literal_lists(code, call, found.made.literal):
            yield from (replace(each, literal=True) for each in _list_place(holder, node))
    else:
        yield from _called_places(code, call, found)
        if found.made is not TRUST:
            yield from _given_places(code, call)


def _called_places(code: Code, call: CodeCall, found: FoundConstruct) -> Iterator[StatementPlace]:
    """Calls that add a statement by the construct's name, and policies that it alone is given."""
    target, through = call.around.target, found.made.method.rpartition(".")[0]
    methods = {found.made.method} | ({"addToPrincipalPolicy"} if found.made is ROLE else set())
    adds = {camel(f"{target}.{each}") for each in methods} if target else set()
    for each in code.calls:
        if camel(each.name) in adds and len(each.positional) == 1 and sees(each, call.around, target):
            yield StatementPlace(each, None, (each.positional[0],))
        elif code.construct_class(each.name) in HELD and not through and sees(each, call.around, target):
            roles = each.named.get("roles")
            given = [code.text(one) for one in roles.named_children] if roles is not None else []
            if target and given == [target]:
                yield from _list_place(each, each.named.get("statements"))


def _given_places(code: Code, call: CodeCall) -> Iterator[StatementPlace]:
    """Lists among the construct's own arguments."""
    if "initialPolicy" in call.named:
        yield from _list_place(call, call.named["initialPolicy"])
    inline = call.named.get("inlinePolicies")
    for _, node in (
        code.pairs(inline) if inline is not None and inline.type in {"dictionary", "object"} else ()
    ):
        document = code.call_at(node)
        if document is not None:
            yield from _list_place(call, document.named.get("statements"))


def _list_place(call: CodeCall, node: Any) -> Iterator[StatementPlace]:  # noqa: ANN401
    if node is not None:
        yield StatementPlace(call, node, tuple(_items(node)))


def _argument(name: str) -> str:
    """A property of CloudFormation's as the CDK spells it."""
    return name[:1].lower() + name[1:]


def _literal_lists(code: Code, call: CodeCall, layer: str) -> Iterator[tuple[CodeCall, Any]]:
    """The lists of statements of an L1 construct's policies: (the call that holds it, the list)."""
    kind = L1[code.construct_class(call.name)]
    holders: Mapping[str, tuple[str, str]] = (
        {l1_class(kind.held[0]): (kind.held[1], kind.held[2])} if kind.held[0] else {}
    )
    documents = [(call, call.named.get(_argument(kind.own)))]
    if layer == "identity":
        holders, policies = OF_ROLES, _items(call.named.get("policies"))
        documents = [(call, _members(code, each).get("policyDocument")) for each in policies]
    target = call.around.target
    for each in code.calls:
        key, document = map(_argument, holders.get(code.construct_class(each.name), ("", "")))
        named = [dotted(code.source, one).rpartition(".")[0] for one in _items(each.named.get(key))]
        if key and target and named == [target] and sees(each, call.around, target):
            documents.append((each, each.named.get(document)))
    for holder, node in documents:
        found = _members(code, node)
        statements = found.get("Statement") or found.get("statements")
        if statements is not None:
            yield holder, statements


def _items(node: Any) -> list[Any]:  # noqa: ANN401
    """The values of a list, or the one that stands for it."""
    if node is None:
        return []
    is_list = node.type in {"list", "array"}
    return [each for each in node.named_children if each.type != "comment"] if is_list else [node]


def _members(code: Code, node: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """What a literal, or a call that stands for one, holds by name."""
    if node is None:
        return {}
    if node.type in {"dictionary", "object"}:
        return {camel(key): value for key, value in code.pairs(node)}
    call = code.call_at(node)
    return call.named if call is not None else {}
