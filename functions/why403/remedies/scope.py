"""How far a draft reaches: the denied action on the denied resource, and not a step further.

What is quoted here comes from a log line or from reads, never from a pattern: a wildcard that stands in a line is
either escaped, where such a character is legal in a name, or refused.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
"""

import re
from dataclasses import dataclass

from why403.iam.arn import Arn, parse_arn
from why403.iam.reference import can_name_no_resource, takes_resource
from why403.message import Message
from why403.remedies.varying import VARIES, head_of, patterns_of, varies, without_tail

EVERY = "*"
PLAIN_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
"""One action without a wildcard: what stands in a line must not widen a draft."""
PLAIN_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""No control characters and no line ends, in which a command or a template could hide a second one."""
REFERENCE = re.compile(r"\{\{\s{0,9}resolve\s{0,9}:", re.IGNORECASE)
"""CloudFormation would put a secret's or a parameter's content in its place."""
ALTERED = re.compile(r"[^\t\n\r -\u00ff]|[\u00a0\u00ad]")
"""IAM's policy documents hold no others, or nobody sees them: a name with one is not what a draft would grant."""
SPECIAL = re.compile(r"[*?]|\$(?=\{)")
"""What a policy would read as a pattern or a variable; a `$` alone is a letter."""
LOG_STREAM = re.compile(r"(log-group:[^:]+):.*")
"""The group's part: `:*` behind a group is a stream's pattern already."""
SECRET_SUFFIX = re.compile(r"-(?=[a-zA-Z]*[A-Z0-9])[A-Za-z0-9]{6}\Z")
"""Six letters and digits, of which small ones alone are a word of the name: db-secret."""
ANY_SUFFIX = "-??????"
"""https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html"""
CONTAINERS = frozenset({"s3", "s3-outposts", "execute-api", "es"})
HIERARCHIES = frozenset({"ssm", "secretsmanager"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One action on the resource patterns that a statement may name for it."""

    action: str
    resources: tuple[str, ...]
    why: tuple[Message, ...] = ()
    denied: str = ""
    """The one resource that was denied, spelled for a policy, where `resources` reach further."""
    whole: str = ""
    """Everything in what holds it: a bucket's objects, a path's parameters. Empty where that is what `resources` are."""


@dataclass(frozen=True, slots=True)
class Unscoped:
    """There is nothing that could be granted without guessing."""

    because: Message


def scope_of(  # noqa: PLR0911  # each refusal has its reason
    action: str, resource: str, seen: tuple[str, ...] = (), *, told: bool = True
) -> Scope | Unscoped:
    """The smallest scope that lets `action` pass on `resource`, and on what differs from it only as calls differ.

    Numbers, dates, ids and hashes in an object's key or a path become `*`, and so does what differs between those that
    were `seen` denied. `told` is False where no line names the resource: then it is named as it is, and `/*` at its
    end is ours and stands for all objects.
    """
    if not PLAIN_ACTION.fullmatch(action):
        return Unscoped(Message("remedies.scope.no-action", {"action": action}))
    if takes_resource(action) is False or (resource == EVERY and can_name_no_resource(action)):
        return Scope(
            action=action, resources=(EVERY,), why=(Message("remedies.scope.every", {"action": action}),)
        )
    if ALTERED.search(resource) or REFERENCE.search(resource):
        why = "altered" if ALTERED.search(resource) else "reference"
        return Unscoped(Message(f"remedies.scope.{why}", {"action": action, "resource": resource}))
    arn = parse_arn(resource)
    if arn is None or not PLAIN_TEXT.fullmatch(resource):
        return Unscoped(Message("remedies.scope.no-resource", {"action": action}))
    if not told and is_every_object(resource):
        return Scope(action=action, resources=(resource,))
    if SPECIAL.search(resource) and not _is_object(arn):
        return Unscoped(Message("remedies.scope.wildcard", {"action": action, "resource": resource}))
    if arn.service == "logs" and "log-stream:" in arn.resource:
        return _streams(action, arn)
    if not told:
        return Scope(action=action, resources=(spelled(resource),))
    return _alike(action, resource, arn, seen)


def is_every_object(resource: str) -> bool:
    """Whether it is `arn:aws:s3:::bucket/*`."""
    arn = parse_arn(resource)
    return arn is not None and _is_object(arn) and arn.resource.partition("/")[2] == EVERY


def _is_object(arn: Arn) -> bool:
    bucket, slash, key = arn.resource.partition("/")
    return arn.service == "s3" and bool(slash and key) and not SPECIAL.search(bucket) and not arn.account


def _alike(action: str, resource: str, arn: Arn, seen: tuple[str, ...]) -> Scope:
    """The denied resource, and those that other calls of the incident name in its place."""
    head, tail = head_of(arn), without_tail(arn)
    patterns = (tail,) if tail else _patterns(head, resource, seen) if head else (spelled(resource),)
    if patterns == (spelled(resource),):
        return Scope(action=action, resources=patterns, whole=_whole(head, resource))
    whole = _whole(head, resource)
    only_suffix = patterns == (SECRET_SUFFIX.sub(ANY_SUFFIX, resource),)
    told = "remedies.scope.suffix" if only_suffix else "remedies.scope.varies"
    return Scope(
        action=action,
        resources=patterns,
        why=(Message(told, {"resource": resource, "pattern": ", ".join(patterns)}),),
        denied=spelled(resource),
        whole="" if whole in patterns else whole,
    )


def _patterns(head: str, resource: str, seen: tuple[str, ...]) -> tuple[str, ...]:
    """A secret's ARN ends in six letters that are others when it is made anew."""
    suffix = SECRET_SUFFIX.search(resource) if ":secretsmanager:" in head else None
    named = (resource, *(each for each in seen if PLAIN_TEXT.fullmatch(each) and not ALTERED.search(each)))
    paths = patterns_of(head, (SECRET_SUFFIX.sub("", each) if suffix else each for each in named))
    end = ANY_SUFFIX if suffix else ""
    return tuple(head + "/".join(_spelled(each) for each in path) + end for path in paths)


def _spelled(segment: str | None) -> str:
    return EVERY if segment is None else EVERY.join(spelled(each) for each in segment.split(VARIES))


def _whole(head: str, resource: str) -> str:
    """All of a bucket, an API's method or a search domain; of parameters and secrets all under the first name."""
    service = head.split(":")[2] if head else ""
    if service not in HIERARCHIES:
        return head + EVERY if service in CONTAINERS else ""
    first, slash, _ = resource.removeprefix(head).partition("/")
    return f"{head}{spelled(first)}/{EVERY}" if slash and first and not varies(first) else ""


def _streams(action: str, arn: Arn) -> Scope:
    """A log stream's name is made anew with each task: the streams of this log group, of no other."""
    group = LOG_STREAM.sub(r"\1:log-stream:*", arn.resource)
    told = Message("remedies.scope.streams", {"group": group.split(":")[1]})
    return Scope(
        action=action,
        resources=(str(Arn(arn.partition, arn.service, arn.region, arn.account, group)),),
        why=(told,),
        denied=str(arn),
    )


def spelled(resource: str) -> str:
    """A literal name as a policy spells it: `*` as `${*}`."""
    return SPECIAL.sub(lambda found: "${" + found.group() + "}", resource)


def is_literal(pattern: str) -> bool:
    """Whether `pattern` names exactly one thing."""
    return not re.search(r"[*?]", re.sub(r"\$\{[*?$]\}", "", pattern))
