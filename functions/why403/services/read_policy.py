"""The one plan that reads a declared resource: its policy, its key, and whether it is there.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Layer, Policy
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Failure, Plan, Read, Reply, Unreadable
from why403.services.declaration import Draft, Parts, Resource, ServiceRead, filled
from why403.services.documents import parsed
from why403.services.names import holder_of, parts_of
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector, existence
from why403.services.tags import tags_of


def read_resource(resource: Resource, arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for a plain resource, none for one without calls; two at most for an odd one."""
    if resource.read is not None:
        return (yield from resource.read(arn, action, place))
    collector = ReplyCollector(holder_of(resource, arn))
    calls = resource.calls
    if not calls:
        return collector.reading(service=arn.service, account=arn.account)
    replies = yield tuple(read_of(resource, call, arn, place) for call in calls)
    answers = [
        collector.take(reply, *((Layer.RESOURCE,) if number == 0 else ()))
        for number, reply in enumerate(replies)
    ]
    held, keyed = answers[0], answers[-1]
    described = answers[-2] if resource.keyed is not None else keyed
    if resource.unlocked_by and arn.account == place.account:
        collector.findings += shut_out(replies[0], collector.subject, resource.unlocked_by)
    if resource.findings is not None:
        collector.findings += resource.findings(arn, described)
    return collector.reading(
        **_true_arn(resource, described),
        service=arn.service,
        account=arn.account,
        exists=existence(arn, zip(calls, replies, strict=True)),
        policy=policy_in(resource, arn, held),
        key_arn=key_in(resource, arn, keyed),
        version=str(found_at(held.data, resource.version) or ""),
        tags=_tags(found_at(described.data, resource.tags)),
    )


def policy_in(resource: Resource, arn: Arn, answer: Answer) -> Policy | None:
    """The policy that an answer holds."""
    if callable(resource.policy):
        return resource.policy(arn, answer)
    called = resource.draft.called if isinstance(resource.draft, Draft) else f"{resource.kind} policy"
    return parsed(called, found_at(answer.data, resource.policy))


def read_of(resource: Resource, call: ServiceRead, arn: Arn, place: Place) -> Read:
    """The call in the Region and account of `arn`."""
    parts = dict(parts_of(resource, arn) or {})
    own = arn.account in {"", place.account}
    parts["name_or_arn"] = parts.get("name", "") if own else parts.get("arn", "")
    given = {name: _value(value, arn, parts) for name, value in call.parameters.items()}
    return ask(
        call.read,
        arn,
        place,
        pages=call.pages,
        **{name: value for name, value in given.items() if value != ""},
    )


def _value(given: object, arn: Arn, parts: Parts) -> object:
    if callable(given):
        return given(arn)
    if isinstance(given, str):
        return filled(given, parts)
    return [filled(str(each), parts) for each in given] if isinstance(given, (tuple, list)) else given


def ask(declared: DeclaredRead, arn: Arn, place: Place, *, pages: int = 1, **parameters: object) -> Read:
    """The read in the Region and account of `arn`, both left empty where they are our own."""
    region = "" if arn.region == place.region else arn.region
    account = "" if arn.account in {"", place.account} else arn.account
    return Read(declared, parameters, region, account, pages)


def found_at(data: Mapping[str, Any], path: str) -> object:
    """What stands at `Repositories.0.Key`; None where a step is missing."""
    found: object = data
    for step in path.split(".") if path else ():
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, Sequence) and not isinstance(found, str) and step.isdecimal():
            found = found[int(step)] if int(step) < len(found) else None
        else:
            return None
    return found if path else None


def _true_arn(resource: Resource, described: Answer) -> dict[str, str]:
    told = found_at(described.data, resource.true_arn)
    return {"arn": told} if isinstance(told, str) and told else {}


def key_in(resource: Resource, arn: Arn, described: Answer) -> str:
    """The key as the resource names it: an ARN, an id or an alias; empty where it has none."""
    if callable(resource.key):
        return resource.key(arn, described)
    told = found_at(described.data, resource.key)
    return str(told or "") or (resource.key_by_default if described.data else "")


def _tags(found: object) -> dict[str, str]:
    """From a list of `Key` and `Value`, or from a mapping."""
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in found.items()}
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return tags_of(tag for tag in listed if isinstance(tag, Mapping))


def shut_out(reply: Reply, target: str, task: str) -> tuple[Message, ...]:
    """That the resource's own policy likely refused us. `task` is AssumeRoot's policy that unlocks its kind.

    AWS's code does not tell our own missing permission from a deny: both are said.
    """
    if not isinstance(reply, Unreadable) or reply.failure is not Failure.REFUSED:
        return ()
    permission = reply.cure or reply.read.declared.actions[0]
    values = {"call": reply.read.call, "target": target, "permission": permission, "task": task}
    return (Message("policies.refused-by-itself", values),)
