"""What a caller's own policies say of a service or an action, where the call itself cannot be judged."""

from collections.abc import Iterator

from why403.iam.action import ActionPatterns
from why403.iam.document import ALLOW, Statement, parse_document
from why403.iam.glob import compile_glob, tokens
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.policies.reading import CallerReading

MOST_STATEMENTS = 6
"""What a person reads of it; how many more there are is said."""
MOST_LISTED = 6
"""Names a statement: an action list of a hundred would bury the sentence."""
LONGEST = 400
"""Characters of the names: six ARNs at most, cut where they are longer."""
BY_TOKEN = frozenset({"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"})
"""Asked with a token and without credentials: the trust policy of the role alone decides.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""
SAYS_ALLOW = ("policies.says-allow", "policies.says-allow-if")
SAYS_DENY = ("policies.says-deny", "policies.says-deny-if")
"""Without conditions, with conditions."""


def spoken_of(caller: CallerReading, service: str, action: str | None) -> tuple[Message, ...]:
    """One message a statement that concerns `action`, or any action of `service` (an IAM prefix) where it is None.

    That no policy allows it is said only where all of them were read.
    """
    if action in BY_TOKEN:
        return ()
    name = parse_principal(caller.arn).name or caller.arn
    what = action or service
    speaking = [
        (policy, statement)
        for policy in caller.identity
        for statement in parse_document(policy.document).statements
        if _concerns(statement, service, action)
    ]
    told = [_told(name, *each, service, action) for each in speaking[:MOST_STATEMENTS]]
    more = len(speaking) - len(told)
    if more > 0:
        told.append(Message("policies.says-more", {"caller": name, "count": str(more), "what": what}))
    allowed = any(statement.effect == ALLOW for _, statement in speaking)
    whole = Layer.IDENTITY not in caller.unread and not any(map(_is_odd, caller.identity))
    if not allowed and caller.exists is True and whole:
        told.insert(0, Message("policies.silent", {"caller": name, "what": what}))
    return (*told, *_of_boundary(caller, name, service, action))


def _of_boundary(caller: CallerReading, name: str, service: str, action: str | None) -> Iterator[Message]:
    for policy in caller.boundary or ():
        statements = parse_document(policy.document).statements
        allows = any(each.effect == ALLOW and _concerns(each, service, action) for each in statements)
        if not allows and not _is_odd(policy):
            values = {"caller": name, "policy": policy.name, "what": action or service}
            yield Message("policies.boundary-silent", values)


def _is_odd(policy: Policy) -> bool:
    """Whether nobody can tell what the document means, so that its silence means nothing."""
    document = parse_document(policy.document)
    return bool(document.defects or any(statement.defects for statement in document.statements))


def _concerns(statement: Statement, service: str, action: str | None) -> bool:
    if statement.actions is not None:
        return bool(_meant(statement.actions, service, action))
    if action is not None:
        return not ActionPatterns(statement.not_actions or ()).match(action.lower())
    spared = {pattern.lower() for pattern in statement.not_actions or ()}
    return not spared & {"*", f"{service}:*"}


def _meant(patterns: tuple[str, ...], service: str, action: str | None) -> tuple[str, ...]:
    """Those of the patterns that mean the action, or actions of the service."""
    if action is not None:
        return tuple(pattern for pattern in patterns if ActionPatterns((pattern,)).match(action.lower()))
    return tuple(
        pattern
        for pattern in patterns
        if pattern == "*" or compile_glob(tokens(pattern.lower().partition(":")[0]))(service)
    )


def _told(name: str, policy: Policy, statement: Statement, service: str, action: str | None) -> Message:
    conditions = ", ".join(dict.fromkeys(condition.key for condition in statement.conditions))
    actions = (
        _listed(_meant(statement.actions, service, action))
        if statement.actions is not None
        else f"NotAction: {_listed(statement.not_actions or ())}"
    )
    resources = (
        _listed(statement.resources)
        if statement.resources is not None
        else f"NotResource: {_listed(statement.not_resources or ())}"
    )
    values = {"policy": policy.name, "caller": name, "actions": actions, "resources": resources}
    plain, conditional = SAYS_ALLOW if statement.effect == ALLOW else SAYS_DENY
    if not conditions:
        return Message(plain, values)
    return Message(conditional, values | {"conditions": conditions})


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_LISTED])[:LONGEST]
    return f"{shown}, …" if len(names) > MOST_LISTED else shown
