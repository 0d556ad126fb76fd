"""The policies of the resources that are likeliest by their names: one that names the caller was likely meant."""

import json
from collections.abc import Mapping

from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.iam.policy import Policy
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, Plan, Reply
from why403.services.declaration import Resource
from why403.services.read_policy import policy_in, read_of
from why403.services.register import resource_name
from why403.targets.stage import words

MOST_POLICIES = 20
"""A list as short as this is read whole: each policy is a call."""
LIKELIEST_POLICIES = 2
"""Of a longer list only those that share most words with the line or its group: a diagnosis has some 45 calls."""
LONGEST_LINE = 2_000
"""Characters of the line whose words count."""


def read_policies(
    kind: Resource, listed: tuple[str, ...], event: LogEvent, place: Place
) -> Plan[tuple[Mapping[str, str], tuple[Reply, ...]]]:
    """One round: the policies as text by ARN, and the replies."""
    most = MOST_POLICIES if len(listed) <= MOST_POLICIES else LIKELIEST_POLICIES
    parsed = (parse_arn(arn) for arn in _likely(listed, event)[:most])
    arns = tuple(arn for arn in parsed if arn is not None)
    replies = yield tuple(read_of(kind, kind.calls[0], arn, place) for arn in arns)
    heard = zip(arns, replies, strict=True)
    return {
        str(arn): _text(policy_in(kind, arn, reply)) for arn, reply in heard if isinstance(reply, Answer)
    }, replies


def _text(policy: Policy | None) -> str:
    return "" if policy is None else json.dumps(policy.document)


def _likely(listed: tuple[str, ...], event: LogEvent) -> list[str]:
    """Those first that share words with the log group or the line."""
    known = {*words(event.log_group), *words(event.log_stream), *words(event.message[:LONGEST_LINE])}
    return sorted(listed, key=lambda arn: -len(known & set(words(resource_name(arn)))))
