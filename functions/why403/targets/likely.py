"""The policies of the resources that are likeliest by their names: one that names the caller was likely meant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from why403.iam.arn import Arn, parse_arn
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, Plan, Reply
from why403.services.declaration import Resource
from why403.services.read_policy import key_in, policy_in, read_of
from why403.services.register import resource_name
from why403.targets.stage import words

MOST_POLICIES = 20
"""A list as short as this is read whole: each policy is a call."""
LIKELIEST_POLICIES = 2
"""Of a longer list only those that share most words with the line or its group: a diagnosis has some 45 calls."""
LONGEST_LINE = 2_000
"""Characters of the line whose words count."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a listed resource has of its own: its policy as text, and its key as it names it; empty where it has none."""

    policy: str
    key: str


def read_policies(
    kind: Resource, listed: tuple[str, ...], event: LogEvent, place: Place
) -> Plan[tuple[Mapping[str, Held], tuple[Reply, ...]]]:
    """One round: what the likeliest hold by ARN, and the replies."""
    most = MOST_POLICIES if len(listed) <= MOST_POLICIES else LIKELIEST_POLICIES
    parsed = (parse_arn(arn) for arn in _likely(listed, event)[:most])
    arns = tuple(arn for arn in parsed if arn is not None)
    replies = yield tuple(read_of(kind, kind.calls[0], arn, place) for arn in arns)
    heard = zip(arns, replies, strict=True)
    return {str(arn): _held(kind, arn, reply) for arn, reply in heard if isinstance(reply, Answer)}, replies


def _held(kind: Resource, arn: Arn, answer: Answer) -> Held:
    policy = policy_in(kind, arn, answer)
    return Held("" if policy is None else json.dumps(policy.document), key_in(kind, arn, answer))


def _likely(listed: tuple[str, ...], event: LogEvent) -> list[str]:
    """Those first that share words with the log group or the line."""
    known = {*words(event.log_group), *words(event.log_stream), *words(event.message[:LONGEST_LINE])}
    return sorted(listed, key=lambda arn: -len(known & set(words(resource_name(arn)))))
