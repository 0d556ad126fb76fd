"""A target that is not where the call looked for it: of the same name in another Region, or of another stage.

One round, asked only of a resource that does not exist.
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from why403.iam.arn import Arn
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, BlindSpot, Plan, Read, Reply
from why403.services.declaration import Resource, ServiceRead
from why403.services.names import arns_listed, list_reads
from why403.services.read_policy import read_of
from why403.services.reading import TargetReading
from why403.services.reply_collector import existence
from why403.targets.stage import same_but_for_the_stage


def find_elsewhere(resource: Resource, arn: Arn, target: TargetReading, place: Place) -> Plan[TargetReading]:
    """The reading with `elsewhere` and what it means. A target of another account cannot be looked for."""
    if arn.account not in {"", place.account}:
        return target
    call = resource.described if resource.elsewhere is True else resource.elsewhere or None
    probes = _probes(resource, call, arn, place)
    here = replace(place, region=arn.region or place.region)
    listing = list_reads(resource, here.region)
    replies = yield (*probes, *listing)
    found = [
        str(_there(arn, reply))
        for reply in replies[: len(probes)]
        if call is not None and existence(_there(arn, reply), ((call, reply),))
    ]
    listed = (reply for reply in replies[len(probes) :] if isinstance(reply, Answer))
    like = (
        other
        for reply in listed
        for other in arns_listed(resource, reply, here)
        if same_but_for_the_stage(str(arn), other)
    )
    elsewhere = (*found, *dict.fromkeys(like))
    return replace(
        target,
        elsewhere=elsewhere,
        findings=(*target.findings, *_findings(arn, elsewhere)),
        unreadable=(*target.unreadable, *_spots(replies, str(arn))),
    )


def _probes(resource: Resource, call: ServiceRead | None, arn: Arn, place: Place) -> tuple[Read, ...]:
    if call is None or not arn.region:
        return ()
    regions = dict.fromkeys((place.region, *_regions().get(arn.partition, [])))
    there = (replace(arn, region=region) for region in regions if region != arn.region)
    return tuple(replace(read_of(resource, call, each, place), region=each.region) for each in there)


def _there(arn: Arn, reply: Reply) -> Arn:
    return replace(arn, region=reply.read.region)


def _findings(arn: Arn, elsewhere: tuple[str, ...]) -> tuple[Message, ...]:
    missing = (
        Message("policies.target-missing", {"target": str(arn), "region": arn.region})
        if arn.region
        else Message("policies.target-nowhere", {"target": str(arn)})
    )
    return (
        missing,
        *(Message("policies.target-elsewhere", {"target": str(arn), "found": other}) for other in elsewhere),
    )


def _spots(replies: tuple[Reply, ...], subject: str) -> tuple[BlindSpot, ...]:
    """Regions that are switched off refuse, which is no news: told only where nothing at all answered."""
    failed = [reply for reply in replies if not isinstance(reply, Answer)]
    told = [reply for reply in failed if reply.failure != "absent"]
    return (told[0].spot(subject),) if told and len(told) == len(replies) else ()


@cache
def _regions() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("regions.json").read_text("utf-8"))
    return found
