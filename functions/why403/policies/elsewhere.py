"""A target that is not where the call looked for it: the same in another Region or stage, or a name almost the same.

One round, asked only of a resource that does not exist.
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from why403.denials.denial import Denial
from why403.iam.arn import Arn, parse_arn
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.reads import Answer, BlindSpot, Plan, Read, Reply
from why403.services.declaration import Resource, ServiceRead
from why403.services.names import arns_listed, holder_of, list_reads
from why403.services.read_policy import read_of
from why403.services.reading import TargetReading
from why403.services.register import resource_name
from why403.services.reply_collector import existence
from why403.targets.stage import same_but_for_the_stage

ALIKE, MOST_ALIKE = 0.75, 3
"""How much of two names must be the same, as difflib counts it: `ordres` is 0.83 of `orders`, `payments` 0.29."""
REGION, PARTITION, ACCOUNT = "targets.other-region", "targets.other-partition", "targets.other-account"


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
    answers = [reply for reply in replies[len(probes) :] if isinstance(reply, Answer)]
    listed = dict.fromkeys(other for reply in answers for other in arns_listed(resource, reply, here))
    staged = [other for other in listed if same_but_for_the_stage(str(arn), other)]
    alike = [other for other in _almost(str(arn), list(listed)) if other not in staged]
    elsewhere = (*found, *staged)
    return replace(
        target,
        elsewhere=(*elsewhere, *alike),
        findings=(*target.findings, *_findings(resource, arn, elsewhere, alike)),
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


def _almost(wanted: str, listed: list[str]) -> list[str]:
    """Those whose names differ in a letter or two, the nearest first."""
    names = {resource_name(other): other for other in listed}
    near = get_close_matches(resource_name(wanted), names, MOST_ALIKE, ALIKE)
    return [names[name] for name in near if names[name] != wanted]


def _findings(
    resource: Resource, arn: Arn, elsewhere: Sequence[str], alike: Sequence[str]
) -> tuple[Message, ...]:
    named = named_target(resource, arn)
    return (
        Message("policies.target-missing" if arn.account else "policies.target-nowhere", named),
        *(Message("policies.target-elsewhere", {"target": str(arn), "found": each}) for each in elsewhere),
        *(Message("policies.target-alike", named | {"found": each}) for each in alike),
    )


def named_target(resource: Resource, arn: Arn) -> dict[str, str]:
    """What people call a resource that is not there, and where it was looked for."""
    held = holder_of(resource, arn)
    return {
        "target": str(arn),
        "kind": resource.kind,
        "name": resource_name(held),
        "region": arn.region,
        "account": arn.account,
    }


def _spots(replies: tuple[Reply, ...], subject: str) -> tuple[BlindSpot, ...]:
    """Regions that are switched off refuse, which is no news: told only where nothing at all answered."""
    failed = [reply for reply in replies if not isinstance(reply, Answer)]
    told = [reply for reply in failed if reply.failure != "absent"]
    return (told[0].spot(subject),) if told and len(told) == len(replies) else ()


@cache
def _regions() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("regions.json").read_text("utf-8"))
    return found


def asked_elsewhere(denial: Denial, caller: str, target: str) -> Message | None:
    """What does not fit, the gravest alone; None where all fits, or the line does not tell where it asked.

    A target that the line itself names by its ARN was asked where it is.
    """
    arn, by = parse_arn(target), parse_principal(caller)
    if arn is None:
        return None
    values = {"target": target, "region": arn.region, "account": arn.account, "partition": arn.partition}
    if by.partition and by.account and by.partition != arn.partition:
        return Message(PARTITION, values | {"asked": by.partition})
    if denial.resource is not None:
        return None
    if denial.region and arn.region and denial.region != arn.region:
        return Message(REGION, values | {"asked": denial.region})
    if by.account and arn.account and by.account != arn.account:
        return Message(ACCOUNT, values | {"asked": by.account})
    return None
