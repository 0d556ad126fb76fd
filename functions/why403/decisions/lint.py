"""What is odd in policies as they are written: parts that can have no effect, or not the one that was meant.

Told beside a decision; it changes none. Time is linear in the size of the policies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.layer_policies import CompiledPolicy
from why403.decisions.lint_target import lint_target
from why403.decisions.request import Request
from why403.iam.document import Document, Statement
from why403.iam.principal_element import ACCOUNT_ID, EVERYONE
from why403.iam.reference import is_prefix, spell_action
from why403.message import Message

MANY_STATEMENTS = 500
"""More than AWS can store in any one policy by its limits on size."""
MOST_TOLD = 20
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}", re.ASCII)
_PRINCIPAL_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::(?:\d{12}|cloudfront):[^:*?]+", re.ASCII)
_URL = ("https://", "http://")


def lint(layers: CompiledLayers, request: Request) -> tuple[Message, ...]:
    """The first findings, none twice, in the order of layers, policies and statements."""
    return first_of((*lint_policies(layers), *lint_target(layers, request)))


def first_of(found: Iterable[Message]) -> tuple[Message, ...]:
    """As many as people read, none twice."""
    return tuple(islice(_once(found), MOST_TOLD))


def lint_policies(layers: CompiledLayers) -> tuple[Message, ...]:
    """What is odd in the policies whatever is asked of them."""
    held = (policy for layer in layers.held() for policy in layer.policies)
    return first_of(told for policy in held for told in _lint_policy(policy))


def _once(messages: Iterable[Message]) -> Iterator[Message]:
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for message in messages:
        mark = (message.id, tuple(message.values.items()))
        if mark not in seen:
            seen.add(mark)
            yield message


def _lint_policy(policy: CompiledPolicy) -> Iterator[Message]:
    document = policy.document
    if document.defects:
        yield Message(
            "decisions.lint-document", {"policy": policy.name, "defects": ", ".join(document.defects)}
        )
    yield from _lint_size(policy, document)
    for statement in document.statements:
        yield from _lint_statement(statement, {"policy": policy.name, "statement": statement.name})


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


def _lint_action(action: str, where: dict[str, str]) -> Iterator[Message]:
    if action != "".join(action.split()):
        yield Message("decisions.lint-blank", where | {"action": action})
        return
    prefix, _, name = action.partition(":")
    fixed = name and not any(mark in action for mark in "*?")
    if fixed and is_prefix(prefix.lower()) and spell_action(action) is None:
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
