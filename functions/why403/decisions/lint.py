"""What is odd in policies as they are written: parts that can have no effect, or not the one that was meant.

Told beside a decision; it changes none. Time is linear in the size of the policies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.compiled_statement import WITH_PRINCIPAL
from why403.decisions.decision import Request
from why403.decisions.layer_policies import CompiledPolicy
from why403.decisions.lint_conditions import FOR_ALL_VALUES, Finding, lint_condition
from why403.decisions.lint_resources import are_ordinary, lint_resources, lint_target
from why403.decisions.literal_text import has_variable
from why403.iam.condition import NULL
from why403.iam.document import ALLOW, REMEMBERED, Document, Statement, StatementForm
from why403.iam.layer import Layer
from why403.iam.patterns import EVERYTHING
from why403.iam.principal_element import ACCOUNT_ID, EVERYONE
from why403.iam.reference import is_prefix, means_action
from why403.message import Message

MANY_STATEMENTS = 500
"""More than AWS can store in any one policy by its limits on size."""
MOST_TOLD = 20
"""Findings: as many as people read; a generated policy repeats one fault in each statement."""
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}", re.ASCII)
"""What IAM puts in an ARN's place once the role or user is deleted, taken whole."""
_PRINCIPAL_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::(?:\d{12}|cloudfront):[^:*?]+", re.ASCII)
"""A principal has an account, or `cloudfront` for its identities, and no wildcard in its name: IAM refuses others."""
OF_AWS = re.compile(r"arn:[a-z-]+:iam::aws:")
"""AWS's own policies, which nobody can mend."""
_URL = ("https://", "http://")
_ALL = (EVERYTHING,)


def lint(layers: CompiledLayers, request: Request) -> tuple[Message, ...]:
    """The first findings, none twice, in the order of layers, policies and statements."""
    return first_of((*lint_policies(layers), *lint_target(layers, request)))


def first_of(found: Sequence[Message]) -> tuple[Message, ...]:
    """As many as people read, none twice."""
    return tuple(islice(_once(found), MOST_TOLD)) if len(found) > 1 else tuple(found)


def lint_policies(layers: CompiledLayers) -> tuple[Message, ...]:
    """What is odd in the policies whatever is asked of them."""
    found: list[Message] = []
    for layer in layers.held():
        for policy in layer.policies:
            if policy.odd is None:
                policy.odd = _lint_policy(layer.layer, policy)
            found += policy.odd
    return first_of(found)


def _once(messages: Iterable[Message]) -> Iterator[Message]:
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for message in messages:
        mark = (message.id, tuple(message.values.items()))
        if mark not in seen:
            seen.add(mark)
            yield message


def _lint_policy(layer: Layer, policy: CompiledPolicy) -> tuple[Message, ...]:
    if policy.arn and OF_AWS.match(policy.arn):
        return ()
    document = policy.document
    statements, variables, defects = document
    found = _lint_document(policy.name, document) if defects or len(statements) > 1 else []
    for statement in statements:
        if not statement.defects and _is_sound(statement, layer, variables):
            continue
        odd = _lint_statement(statement, layer)
        odd += _lint_meaning(statement, variables=variables)
        if odd:
            where = {"policy": policy.name, "statement": statement.name}
            found += [Message(identifier, where | dict(values)) for identifier, values in odd]
            if len(found) >= MOST_TOLD and len(found := list(first_of(found))) == MOST_TOLD:
                break
    return first_of(found) if found else ()


def _is_sound(statement: Statement, layer: Layer, variables: bool) -> bool:  # noqa: FBT001  # one of a dozen in each line
    """Of one without defects: True only where the search below finds nothing, nearly always, and in a fifth of its time."""
    _, _, form, named, excepted, _ = statement
    if not _is_form_sound(form, layer, variables):
        return False
    if named is None:
        return excepted is None or are_ordinary((), excepted)
    return named == _ALL or are_ordinary(form.actions or (), named)


@lru_cache(REMEMBERED)
def _is_form_sound(form: StatementForm, layer: Layer, variables: bool) -> bool:  # noqa: FBT001  # remembered by position
    """Whether nothing is odd in statements of this form but for what they name."""
    statement = Statement(0, "", form, _ALL)
    return not (_lint_statement(statement, layer) or _lint_meaning(statement, variables=variables))


def _lint_document(name: str, document: Document) -> list[Message]:
    found: list[Message] = []
    count = len(document.statements)
    if document.defects:
        told = {"policy": name, "defects": ", ".join(document.defects)}
        found.append(Message("decisions.lint-document", told))
    if count > MANY_STATEMENTS:
        told = {"policy": name, "count": str(count)}
        found.append(Message("decisions.lint-many-statements", told))
    sids = [statement.sid for statement in document.statements if statement.sid]
    if len(set(sids)) < len(sids):
        times = Counter(sids)
        twice = [sid for sid in times if times[sid] > 1]
        found += [Message("decisions.lint-duplicate-sid", {"policy": name, "sid": sid}) for sid in twice]
    return found


def _lint_statement(statement: Statement, layer: Layer) -> list[Finding]:
    """What is odd in a statement's elements, each by itself, and in whom it is for."""
    found: list[Finding] = []
    if statement.defects:
        found.append(("decisions.lint-statement", (("defects", ", ".join(statement.defects)),)))
    found += _lint_actions(statement.actions or statement.not_actions or ())
    for resource in statement.resources or statement.not_resources or ():
        if resource != EVERYONE and not resource.startswith("arn:"):
            kind = "decisions.lint-url" if resource.startswith(_URL) else "decisions.lint-no-arn"
            found.append((kind, (("resource", resource),)))
    principal, excepted = statement.principal, statement.not_principal
    if principal is not None or excepted is not None:
        found += (*_lint_principal(principal), *_lint_principal(excepted))
        if layer not in WITH_PRINCIPAL and layer is not Layer.RCP:
            found.append(("decisions.lint-needless-principal", ()))
        if excepted is not None and statement.effect == ALLOW:
            found.append(("decisions.lint-not-principal", ()))
    elif layer in WITH_PRINCIPAL:
        found.append(("decisions.lint-missing-principal", ()))
    return found


def _lint_meaning(statement: Statement, *, variables: bool) -> list[Finding]:
    """What the statement's parts can mean together, by the reference."""
    named = statement.resources
    resources = named or statement.not_resources or ()
    found = lint_resources(statement.actions or (), resources, excepted=not named)
    for condition in statement.conditions:
        found += lint_condition(condition, statement.effect)
    if statement.conditions and found:
        found = [told for told in found if told[0] != FOR_ALL_VALUES or not _is_required(told, statement)]
    if not variables:
        texts = (*resources, *(value for condition in statement.conditions for value in condition.values))
        text = next((text for text in texts if has_variable((text,))), None)
        if text is not None:
            found.append(("decisions.lint-variable-version", (("text", text),)))
    return found


def _is_required(told: Finding, statement: Statement) -> bool:
    """Whether another condition demands that the finding's key is there."""
    key = dict(told[1])["key"]
    return any(
        one.operator.base == NULL and one.key == key and "false" in one.values for one in statement.conditions
    )


@lru_cache(REMEMBERED)
def _lint_actions(actions: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings of an element; the same few stand in many statements."""
    found = []
    for action in actions:
        prefix, _, name = action.partition(":")
        if action != "".join(action.split()):
            found.append(("decisions.lint-blank", (("action", action),)))
        elif name and is_prefix(prefix.lower()) and not means_action(action):
            found.append(("decisions.lint-unknown-action", (("action", action),)))
    return tuple(found)


def _lint_principal(element: object) -> Iterator[Finding]:
    named = element.get("AWS", ()) if isinstance(element, dict) else ()
    for principal in [named] if isinstance(named, str) else named if isinstance(named, list) else ():
        if not isinstance(principal, str) or principal == EVERYONE or ACCOUNT_ID.fullmatch(principal):
            continue
        told = (("principal", principal),)
        if _UNIQUE_ID.fullmatch(principal):
            yield "decisions.lint-deleted-principal", told
        elif _PRINCIPAL_ARN.fullmatch(principal) is None:
            yield "decisions.lint-principal", told
