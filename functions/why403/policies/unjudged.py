"""What can be known of a denial whose caller, operation or target is not: the caller's own policies, and its id."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from why403.iam.document import ALLOW, Statement, parse_document
from why403.iam.glob import compile_glob, tokens
from why403.iam.layer import Layer, Policy
from why403.iam.patterns import ActionPatterns
from why403.iam.principal import parse_principal, unique_id_in
from why403.message import Message
from why403.policies.caller import read_caller
from why403.policies.reading import CallerReading
from why403.reads import BlindSpot, Plan, together
from why403.targets.scene import Scene
from why403.workloads.ecs.service import describe_running

EVERYTHING = "*"
_MOST_STATEMENTS = 6
"""What a person reads of it; how many more there are is said."""
_MOST_LISTED = 6
"""Names a statement: an action list of a hundred would bury the sentence."""
_LONGEST = 400
"""Characters of the names: six ARNs at most, cut where they are longer."""
_BY_TOKEN = frozenset({"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"})
"""Asked with a token and without credentials: the trust policy of the role alone decides.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""
_SAYS_ALLOW = ("policies.says-allow", "policies.says-allow-if")
_SAYS_DENY = ("policies.says-deny", "policies.says-deny-if")
"""Without conditions, with conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was read though nothing can be judged. `caller` None: nobody knows who called."""

    scene: Scene
    caller: CallerReading | None = None
    findings: tuple[Message, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()


def read_known(scene: Scene) -> Plan[Known]:
    """At most three rounds: the caller's policies as far as they speak of the service. Nothing is simulated."""
    if not scene.caller:
        return Known(scene=scene, findings=of_unknown_id(scene))
    caller, running = yield from together(
        read_caller(scene.caller, "", EVERYTHING, scene.place), describe_running(scene.workload, scene.place)
    )
    return known_of(replace(scene, workload=running), caller)


def known_of(scene: Scene, caller: CallerReading) -> Known:
    """What was read of the caller; of a caller that the line's unique id contradicts, only that it does."""
    other = of_other_id(scene, caller)
    denial = scene.denial
    service = denial.action.partition(":")[0] if denial.action else denial.service or ""
    said = () if other or not service else spoken_of(caller, service, denial.action)
    return Known(
        scene=scene,
        caller=None if other else caller,
        findings=(*other, *caller.findings, *said),
        unreadable=caller.unreadable,
    )


def of_other_id(scene: Scene, caller: CallerReading) -> tuple[Message, ...]:
    """That the line names its caller by the unique id of somebody else than `caller`, who was found otherwise."""
    found = _id_of_caller(scene)
    if not found or not caller.unique_id or caller.unique_id == found:
        return ()
    values = {"id": found, "role": caller.arn, "own": caller.unique_id}
    return (Message("policies.caller-by-other-id", values),)


def of_unknown_id(scene: Scene) -> tuple[Message, ...]:
    """That the line names its caller by an id that nothing read here has."""
    found = _id_of_caller(scene)
    return (Message("policies.caller-by-id", {"id": found}),) if found else ()


def _id_of_caller(scene: Scene) -> str:
    """Empty where the line names the caller by an ARN."""
    return "" if scene.denial.principal else unique_id_in(scene.event.message)


def spoken_of(caller: CallerReading, service: str, action: str | None) -> tuple[Message, ...]:
    """One message a statement that concerns `action`, or any action of `service` (an IAM prefix) where it is None.

    That no policy allows it is said only where all of them were read.
    """
    if action in _BY_TOKEN:
        return ()
    name = parse_principal(caller.arn).name or caller.arn
    what = action or service
    speaking = [
        (policy, statement)
        for policy in caller.identity
        for statement in parse_document(policy.document).statements
        if _concerns(statement, service, action)
    ]
    told = [_told(name, *each, service, action) for each in speaking[:_MOST_STATEMENTS]]
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
    plain, conditional = _SAYS_ALLOW if statement.effect == ALLOW else _SAYS_DENY
    if not conditions:
        return Message(plain, values)
    return Message(conditional, values | {"conditions": conditions})


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_LISTED])[:_LONGEST]
    return f"{shown}, …" if len(names) > _MOST_LISTED else shown
