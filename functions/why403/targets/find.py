"""Gather what may tell the resource that a denied call was for: two rounds at most, beside the search for the workload."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from why403.denials.denial import Denial
from why403.iam.arn import Arn, parse_arn
from why403.iam.place import Place
from why403.iam.reference import takes_resource
from why403.incidents.stream import ask_stream, events_of
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, BlindSpot, Failure, Plan, Reply, Unreadable
from why403.services.declaration import Resource
from why403.services.names import arn_of_name, arns_listed, list_reads
from why403.services.read_policy import key_in, policy_in, read_of
from why403.services.register import listed_for, resource_name
from why403.targets.stage import words
from why403.targets.texts import is_certain
from why403.targets.trail import Recorded, ask_trail, recorded

MOST_NEIGHBOURS = 200
"""Events nearest to the denial: a megabyte and a half of text at most."""
LONGEST_NEIGHBOUR = 8_000
"""Characters of an event beside the denial that are searched for names."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What may tell the target, before it is known who called."""

    listed: tuple[str, ...] = ()
    """ARNs of the resources of this kind in our account, in the Region that the line asked and in ours."""
    complete: bool = False
    """`listed` are all of them."""
    neighbours: tuple[tuple[int, str], ...] = ()
    """The events around the denial in the same stream, which often name what its line does not."""
    held: Mapping[str, Held] = field(default_factory=dict)
    """The policies and keys of listed resources, by ARN."""
    recorded: tuple[Recorded, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()


def gather_targets(denial: Denial, event: LogEvent, place: Place) -> Plan[Gathered]:
    """Two rounds at most; none where the line names the target, or the action takes none."""
    kind = _kind(denial, place)
    if kind is None:
        return Gathered()
    regions = dict.fromkeys((denial.region or place.region, place.region))
    everywhere = kind.listed is not None and kind.listed.global_
    listing = tuple(
        read for region in list(regions)[: 1 if everywhere else None] for read in list_reads(kind, region)
    )
    near, trail = ask_stream(event), ask_trail(denial, event)
    replies = yield (*listing, *near, *trail)
    there = replace(place, region=denial.region or place.region)
    lists = replies[: len(listing)]
    listed = tuple(
        dict.fromkeys(
            arn
            for reply in lists
            if isinstance(reply, Answer)
            for arn in arns_listed(kind, reply, replace(place, region=reply.read.region or there.region))
        )
    )
    gathered = Gathered(
        listed=listed,
        complete=all(isinstance(reply, Answer) and not reply.truncated for reply in lists),
        neighbours=tuple(
            pair for reply in replies[len(listing) :][: len(near)] for pair in _neighbours(reply, event)
        ),
        recorded=tuple(call for reply in replies[len(listing) + len(near) :] for call in recorded(reply)),
        unreadable=_spots(replies, kind),
    )
    if kind.listed is None or not kind.listed.policies_tell:
        return gathered
    held, replies = yield from read_policies(kind, listed, event, there)
    return replace(gathered, held=held, unreadable=(*gathered.unreadable, *_spots(replies, kind)))


def _neighbours(reply: Reply, event: LogEvent) -> tuple[tuple[int, str], ...]:
    """(milliseconds from the denial, text) of the nearest, the denied event's own lines left out; nearest first."""
    own = {event.message.strip(), *map(str.strip, event.message.split("\n"))}
    found = [
        (abs(near.timestamp - event.timestamp), near.message[:LONGEST_NEIGHBOUR])
        for near in events_of(reply, event)
        if near.message.strip() not in own
    ]
    return tuple(sorted(found)[:MOST_NEIGHBOURS])


def _kind(denial: Denial, place: Place) -> Resource | None:
    """The kind to look for; None where there is nothing to look for."""
    if denial.resource or (denial.action is not None and takes_resource(denial.action) is False):
        return None
    kind = listed_for(called_service(denial), denial.action or "")
    name = denial.resource_name
    if kind is None or (name and is_certain(name) and arn_of_name(kind, name, place)):
        return None
    return kind


def called_service(denial: Denial) -> str:
    """The IAM prefix of what was called, though the line may not tell the operation."""
    return denial.action.partition(":")[0] if denial.action else denial.service or ""


def _spots(replies: tuple[Reply, ...], kind: Resource) -> tuple[BlindSpot, ...]:
    """One entry a call: a hundred refused policies are one blind spot."""
    failed = [
        reply for reply in replies if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT
    ]
    return tuple({(reply.read.call, reply.error): reply.spot(kind.kind) for reply in failed}.values())


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
