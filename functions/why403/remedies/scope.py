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

EVERY = "*"
PLAIN_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
PLAIN_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")
BEYOND_LATIN = re.compile(r"[^\t\n\r -\u00ff]")
"""IAM's policy documents hold no other characters; an object's key may."""
SPECIAL = re.compile(r"[*?]|\$(?=\{)")
LOG_STREAM = re.compile(r"(log-group:[^:]+):.*")
FEWEST_FOR_A_PREFIX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One action on the resource patterns that a statement may name for it."""

    action: str
    resources: tuple[str, ...]
    why: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Unscoped:
    """There is nothing that could be granted without guessing."""

    because: Message


def scope_of(  # noqa: PLR0911  # each refusal has its reason
    action: str, resource: str, seen: tuple[str, ...] = (), *, told: bool = True
) -> Scope | Unscoped:
    """The smallest scope that lets `action` pass on `resource`, and on those like it that were `seen` denied.

    One object key is named exactly; of several their longest common prefix, where they have one. `told` is False
    where no line names the resource: then `/*` at its end is ours and stands for all objects.
    """
    if not PLAIN_ACTION.fullmatch(action):
        return Unscoped(Message("remedies.scope.no-action", {"action": action}))
    if takes_resource(action) is False or (resource == EVERY and can_name_no_resource(action)):
        return Scope(
            action=action, resources=(EVERY,), why=(Message("remedies.scope.every", {"action": action}),)
        )
    arn = parse_arn(resource)
    if arn is None or not PLAIN_TEXT.fullmatch(resource):
        return Unscoped(Message("remedies.scope.no-resource", {"action": action}))
    if not told and is_every_object(resource):
        return Scope(action=action, resources=(resource,))
    if _is_object(arn):
        return _objects(action, resource, seen)
    if SPECIAL.search(resource):
        return Unscoped(Message("remedies.scope.wildcard", {"action": action, "resource": resource}))
    if arn.service == "logs" and "log-stream:" in arn.resource:
        return _streams(action, arn)
    return Scope(action=action, resources=(resource,))


def is_every_object(resource: str) -> bool:
    """Whether it is `arn:aws:s3:::bucket/*`."""
    arn = parse_arn(resource)
    return arn is not None and _is_object(arn) and arn.resource.partition("/")[2] == EVERY


def _is_object(arn: Arn) -> bool:
    bucket, slash, key = arn.resource.partition("/")
    return arn.service == "s3" and bool(slash and key) and not SPECIAL.search(bucket) and not arn.account


def _objects(action: str, resource: str, seen: tuple[str, ...]) -> Scope:
    bucket = resource.partition("/")[0] + "/"
    keys = sorted(
        {each for each in (*seen, resource) if each.startswith(bucket) and PLAIN_TEXT.fullmatch(each)}
    )
    prefix = _common_prefix(keys)
    if len(keys) < FEWEST_FOR_A_PREFIX or prefix == bucket:
        return Scope(action=action, resources=tuple(spelled(each) for each in keys))
    told = Message("remedies.scope.prefix", {"count": str(len(keys)), "prefix": prefix})
    return Scope(action=action, resources=(spelled(prefix) + "*",), why=(told,))


def _common_prefix(several: list[str]) -> str:
    """Of a sorted list: what its first and its last share, all share."""
    first, last = several[0], several[-1]
    length = next(
        (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    return first[:length]


def _streams(action: str, arn: Arn) -> Scope:
    """A log stream's name is made anew with each task: the streams of this log group, of no other."""
    group = LOG_STREAM.sub(r"\1:log-stream:*", arn.resource)
    told = Message("remedies.scope.streams", {"group": group.split(":")[1]})
    return Scope(
        action=action,
        resources=(str(Arn(arn.partition, arn.service, arn.region, arn.account, group)),),
        why=(told,),
    )


def spelled(resource: str) -> str:
    """A literal name as a policy spells it: `*` as `${*}`; what no policy can hold as `?`, one for a character."""
    escaped = SPECIAL.sub(lambda found: "${" + found.group() + "}", resource)
    return BEYOND_LATIN.sub("?", escaped)


def is_literal(pattern: str) -> bool:
    """Whether `pattern` names exactly one thing."""
    return not re.search(r"[*?]", re.sub(r"\$\{[*?$]\}", "", pattern))
