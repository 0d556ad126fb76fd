"""What is odd in policies as they are written: parts that can have no effect, or not the one that was meant.

Told beside a decision; it changes none. Time is linear in the size of the policies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.compiled_statement import WITH_PRINCIPAL
from why403.decisions.decision import Request
from why403.decisions.layer_policies import CompiledPolicy
from why403.decisions.lint_conditions import FOR_ALL_VALUES, lint_condition
from why403.decisions.lint_resources import lint_fit, lint_place, lint_target
from why403.decisions.literal_text import has_variable
from why403.iam.condition import NULL
from why403.iam.document import ALLOW, Document, Statement
from why403.iam.layer import Layer
from why403.iam.principal_element import ACCOUNT_ID, EVERYONE
from why403.iam.reference import is_prefix, means_action
from why403.message import Message

MANY_STATEMENTS = 500
"""More than AWS can store in any one policy by its limits on size."""
MOST_TOLD = 20
"""Findings: as many as people read; a generated policy repeats one fault in each statement."""
REMEMBERED_POLICIES = 2048
"""The same few stand in many sets: an organization's in all of them."""
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}", re.ASCII)
"""What IAM puts in an ARN's place once the role or user is deleted, taken whole."""
_PRINCIPAL_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::(?:\d{12}|cloudfront):[^:*?]+", re.ASCII)
"""A principal has an account, or `cloudfront` for its identities, and no wildcard in its name: IAM refuses others."""
OF_AWS = re.compile(r"arn:[a-z-]+:iam::aws:")
"""AWS's own policies, which nobody can mend."""
_URL = ("https://", "http://")


def lint(layers: CompiledLayers, request: Request) -> tuple[Message, ...]:
    """The first findings, none twice, in the order of layers, policies and statements."""
    return first_of((*lint_policies(layers), *lint_target(layers, request)))


def first_of(found: Iterable[Message]) -> tuple[Message, ...]:
    """As many as people read, none twice."""
    return tuple(islice(_once(found), MOST_TOLD))


def lint_policies(layers: CompiledLayers) -> tuple[Message, ...]:
    """What is odd in the policies whatever is asked of them."""
    held = ((layer.layer, policy) for layer in layers.held() for policy in layer.policies)
    own = ((layer, policy) for layer, policy in held if not OF_AWS.match(policy.arn))
    return first_of(told for layer, policy in own for told in _lint_policy(layer, policy))


@lru_cache(REMEMBERED_POLICIES)
def _lint_policy(layer: Layer, policy: CompiledPolicy) -> tuple[Message, ...]:
    return first_of(_odd_parts(layer, policy))


def _once(messages: Iterable[Message]) -> Iterator[Message]:
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for message in messages:
        mark = (message.id, tuple(message.values.items()))
        if mark not in seen:
            seen.add(mark)
            yield message


def _odd_parts(layer: Layer, policy: CompiledPolicy) -> Iterator[Message]:
    document = policy.document
    if document.defects:
        yield Message(
            "decisions.lint-document", {"policy": policy.name, "defects": ", ".join(document.defects)}
        )
    yield from _lint_size(policy, document)
    for sid, times in Counter(statement.sid for statement in document.statements).items():
        if sid and times > 1:
            yield Message("decisions.lint-duplicate-sid", {"policy": policy.name, "sid": sid})
    for statement in document.statements:
        where = {"policy": policy.name, "statement": statement.name}
        yield from _lint_statement(statement, where)
        yield from _lint_named(statement, layer, where)
        yield from _lint_meaning(statement, where, variables=document.variables)


def _lint_size(policy: CompiledPolicy, document: Document) -> Iterator[Message]:
    count = len(document.statements)
    if count > MANY_STATEMENTS:
        yield Message("decisions.lint-many-statements", {"policy": policy.name, "count": str(count)})


def _lint_statement(statement: Statement, where: dict[str, str]) -> Iterator[Message]:
    if statement.defects:
        yield Message("decisions.lint-statement", where | {"defects": ", ".join(statement.defects)})
    for action in statement.actions or statement.not_actions or ():
        yield from _lint_action(action, where)
    for resource in statement.resources or statement.not_resources or ():
        yield from _lint_resource(resource, where)
    for element in (statement.principal, statement.not_principal):
        yield from _lint_principal(element, where)


def _lint_named(statement: Statement, layer: Layer, where: dict[str, str]) -> Iterator[Message]:
    """Whom the statement is for, which its layer demands or forbids to say."""
    written = statement.principal is not None or statement.not_principal is not None
    if layer in WITH_PRINCIPAL and not written:
        yield Message("decisions.lint-missing-principal", where)
    if layer not in WITH_PRINCIPAL and layer is not Layer.RCP and written:
        yield Message("decisions.lint-needless-principal", where)
    if statement.not_principal is not None and statement.effect == ALLOW:
        yield Message("decisions.lint-not-principal", where)


def _lint_meaning(statement: Statement, where: dict[str, str], *, variables: bool) -> Iterator[Message]:
    """What the statement's parts can mean together, by the reference."""
    resources = statement.resources or statement.not_resources or ()
    found = [told for resource in resources for told in lint_place(resource)]
    if statement.actions and statement.resources:
        found += lint_fit(statement.actions, statement.resources)
    for condition in statement.conditions:
        found += lint_condition(condition, statement.effect)
    required = {
        one.key for one in statement.conditions if one.operator.base == NULL and "false" in one.values
    }
    found = [told for told in found if told[0] != FOR_ALL_VALUES or dict(told[1])["key"] not in required]
    texts = (*resources, *(value for condition in statement.conditions for value in condition.values))
    if not variables and has_variable(texts):
        text = next(text for text in texts if has_variable((text,)))
        found.append(("decisions.lint-variable-version", (("text", text),)))
    for identifier, values in found:
        yield Message(identifier, where | dict(values))


def _lint_action(action: str, where: dict[str, str]) -> Iterator[Message]:
    if action != "".join(action.split()):
        yield Message("decisions.lint-blank", where | {"action": action})
        return
    prefix, _, name = action.partition(":")
    if name and is_prefix(prefix.lower()) and not means_action(action):
        yield Message("decisions.lint-unknown-action", where | {"action": action})


def _lint_resource(resource: str, where: dict[str, str]) -> Iterator[Message]:
    if resource == EVERYONE or resource.startswith("arn:"):
        return
    kind = "decisions.lint-url" if resource.startswith(_URL) else "decisions.lint-no-arn"
    yield Message(kind, where | {"resource": resource})


def _lint_principal(element: object, where: dict[str, str]) -> Iterator[Message]:
    named = element.get("AWS", ()) if isinstance(element, dict) else ()
    for principal in [named] if isinstance(named, str) else named if isinstance(named, list) else ():
        if not isinstance(principal, str) or principal == EVERYONE or ACCOUNT_ID.fullmatch(principal):
            continue
        told = where | {"principal": principal}
        if _UNIQUE_ID.fullmatch(principal):
            yield Message("decisions.lint-deleted-principal", told)
        elif _PRINCIPAL_ARN.fullmatch(principal) is None:
            yield Message("decisions.lint-principal", told)
