"""What was written just before the first denial: "it worked yesterday". A hint, never a proof.

The versions of a customer managed policy: what it said before, without asking CloudTrail.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from why403.changes.change import Change, Changes
from why403.changes.deployments import deployment_reads, deployments, moment_of
from why403.changes.trail import (
    AFTER,
    BEFORE,
    DELETIONS,
    Write,
    canonical,
    document_of,
    lookup,
    name_for_trail,
    subject_of,
    writes,
)
from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.policies.iam_reads import GET_POLICY_VERSION, LIST_ATTACHED_ROLE_POLICIES, LIST_POLICIES
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply, noted
from why403.services.register import NAMED
from why403.workloads.workload import Workload, blind_spots

ATTACHED = LIST_ATTACHED_ROLE_POLICIES.used_for(
    "See whether a policy attached to the denied role was changed just before.",
)
VERSIONS = DeclaredRead(
    "iam", "ListPolicyVersions", "See when the default version of an attached policy was made."
)
VERSION = GET_POLICY_VERSION.used_for(
    "Read what an attached policy said before it was changed.", cache_seconds=86_400
)
MOST_POLICIES = 10
"""IAM's default quota of managed policies on a role; a call each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The default version of a policy, made at `moment`, and the version before it (empty: none is kept)."""

    policy: str
    moment: datetime
    version: str
    former: str


def policy_reads(role: str) -> tuple[Read, Read]:
    """The reads of a role's managed policies, and of all attached policies with the time of their newest version.

    The caller's policies are read by the same two calls, and so they cost nothing here.
    """
    return ATTACHED.of(RoleName=role, pages=3), LIST_POLICIES.of(OnlyAttached=True, MaxItems=1000, pages=3)


def customer_managed(attached: Reply, listed: Reply, *, since: datetime) -> tuple[str, ...]:
    """The attached policies that the account itself can change, without those that are known to be older."""
    policies = attached.items("AttachedPolicies") if isinstance(attached, Answer) else ()
    arns = [str(policy.get("PolicyArn", "")) for policy in policies]
    updated = {
        str(policy.get("Arn", "")): moment
        for policy in (listed.items("Policies") if isinstance(listed, Answer) else ())
        if (moment := moment_of(policy.get("UpdateDate"))) is not None
    }
    return tuple(
        arn
        for arn in arns
        if (parsed := parse_arn(arn)) and parsed.account != "aws" and updated.get(arn, since) >= since
    )[:MOST_POLICIES]


def switch_of(policy: str, reply: Reply) -> Switch | None:
    """When the policy's default version was made, from ListPolicyVersions' reply."""
    versions = reply.items("Versions") if isinstance(reply, Answer) else ()
    default = next((version for version in versions if version.get("IsDefaultVersion")), None)
    made = _made(default) if default is not None else None
    if default is None or made is None:
        return None
    older = [version for version in versions if (at := _made(version)) is not None and at < made]
    former = max(older, key=lambda version: version["CreateDate"], default={})
    return Switch(
        policy=policy,
        moment=made,
        version=str(default.get("VersionId", "")),
        former=str(former.get("VersionId", "")),
    )


def read_versions(switch: Switch) -> tuple[Read, ...]:
    """The reads of the version before, where there is one, and of the default."""
    wanted = [version for version in (switch.former, switch.version) if version]
    return tuple(VERSION.of(PolicyArn=switch.policy, VersionId=version) for version in wanted)


def document_in(reply: Reply) -> str:
    """The document of GetPolicyVersion's reply as canonical JSON, or empty."""
    return canonical(reply.at("PolicyVersion", "Document")) if isinstance(reply, Answer) else ""


def _made(version: Mapping[str, Any]) -> datetime | None:
    moment = version.get("CreateDate")
    return moment_of(moment) if isinstance(moment, datetime) else None


PHRASES = {f"{each.prefix}:{write}": text for each in NAMED for write, text in each.changes.items()}
"""Write → what was done, in words."""
MOST_CHANGES = 10
"""Nearest first: what lies further back explains less, and a message shows two or three."""
MOST_SWITCHES = 3
"""Policies whose text before and after is read: two calls each."""
RESOURCE_NAMES = (
    "policyArn", "roleName", "userName", "bucketName", "queueUrl", "topicArn", "keyId", "secretId",
    "resourceArn", "resourceARN", "functionName", "repositoryName", "fileSystemId", "service",
)  # fmt: skip
"""The parameters that name what was written, likeliest first."""
ANY_KIND = frozenset({"resourceArn", "resourceARN"})
"""Parameters whose sentences say no kind."""


def find_changes(
    caller: str, target: str, workload: Workload, first_denied_ms: int, place: Place
) -> Plan[Changes]:
    """The last writes to caller, policies, target and deployment, those nearest to the first denial first.

    `caller` and `target` are ARNs or empty, `first_denied_ms` is in milliseconds since the epoch. Three rounds
    at most, beside the policies' reads; all of it is kept for minutes, CloudTrail allows two lookups a second.
    """
    denied = datetime.fromtimestamp(first_denied_ms / 1000, UTC)
    trail = _trail_reads(caller, target, denied, place)
    deployed = deployment_reads(workload)
    role = _role_name(caller, place)
    attached = policy_reads(role) if role else ()
    reads = (*trail, *deployed, *attached)
    first = (yield reads) if reads else ()
    recorded = writes(first[: len(trail)])
    told = deployments(first[len(trail) : len(trail) + len(deployed)], workload)
    listed = customer_managed(*first[-2:], since=denied - BEFORE) if attached else ()
    switched, then = yield from noted(_switches(listed, denied, place))
    found = (*_from_trail(recorded), *told, *switched)
    missed = (*first[:-1], *then) if attached else (*first, *then)
    return Changes(found=_nearest(found, denied), unreadable=tuple(dict.fromkeys(blind_spots(missed))))


def _trail_reads(caller: str, target: str, denied: datetime, place: Place) -> tuple[Read, ...]:
    principal = parse_principal(caller)
    own = principal.account == place.account and principal.name
    name, region = name_for_trail(target, place)
    return (
        *((lookup(principal.name, denied, global_in=place.partition),) if own else ()),
        *((lookup(name, denied, region=region),) if name and name != "*" else ()),
    )


def _role_name(caller: str, place: Place) -> str:
    principal = parse_principal(caller)
    is_role = principal.kind in {PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE}
    return principal.name if is_role and principal.account == place.account else ""


def _switches(
    policies: tuple[str, ...], denied: datetime, place: Place
) -> Plan[tuple[tuple[datetime, Change], ...]]:
    if not policies:
        return ()
    listed = yield tuple(VERSIONS.of(PolicyArn=policy) for policy in policies)
    known = [switch_of(policy, reply) for policy, reply in zip(policies, listed, strict=True)]
    near = [switch for switch in known if switch is not None and _is_near(switch.moment, denied)][
        :MOST_SWITCHES
    ]
    if not near:
        return ()
    reads = [
        (*read_versions(switch), lookup(switch.policy, denied, global_in=place.partition)) for switch in near
    ]
    left = iter((yield tuple(read for group in reads for read in group)))
    found = []
    for switch, group in zip(near, reads, strict=True):
        *documents, trail = (next(left) for _ in group)
        texts = [document_in(reply) for reply in documents]
        before, after = (["", *texts])[-2:]
        by = next((write.by for write in writes((trail,))), "")
        found.append((switch.moment, _of_switch(switch, before, after, by)))
    return tuple(found)


def _of_switch(switch: Switch, before: str, after: str, by: str) -> Change:
    name = switch.policy.rpartition("/")[2]
    what = f"policy {name} was changed: version {switch.version} is the default"
    return Change(
        what=what,
        when="",
        by=by,
        resource=switch.policy,
        operation="CreatePolicyVersion",
        before=before,
        after=after,
    )


def _from_trail(recorded: tuple[Write, ...]) -> tuple[tuple[datetime, Change], ...]:
    """Each write with the policy that it set, and the one that the write before it had set."""
    found: list[tuple[datetime, Change]] = []
    latest: dict[tuple[str, ...], str] = {}
    for write in reversed(recorded):
        subject = subject_of(write)
        after = "" if write.operation in DELETIONS else document_of(write)
        change = Change(
            what=_phrase(write),
            when="",
            by=write.by,
            resource=_resource(write),
            operation=write.operation,
            before=latest.get(subject, ""),
            after=after,
        )
        latest[subject] = after
        found.append((write.moment, change))
    return tuple(found)


def _resource(write: Write) -> str:
    return next((str(write.parameters[name]) for name in RESOURCE_NAMES if write.parameters.get(name)), "")


def _phrase(write: Write) -> str:
    template = PHRASES.get(f"{write.service}:{write.operation}", "")
    values = {
        name: _named(name, str(value))
        for name, value in write.parameters.items()
        if isinstance(value, (str, int))
    }
    phrase = (
        template.format_map(_Values(values)) if template else f"{write.service}:{write.operation} was called"
    )
    return f"{phrase} (from {write.source})" if write.source else phrase


def _named(parameter: str, value: str) -> str:
    """The name in an ARN or an address, which `resource` holds whole; whatever may be a resource of any kind stays."""
    is_long = value.startswith(("arn:", "https://")) and parameter not in ANY_KIND
    return re.split("[/:]", value)[-1] if is_long else value


class _Values(dict[str, str]):
    """A parameter that CloudTrail did not record is told as such."""

    def __missing__(self, key: str) -> str:
        return "?"


def _is_near(moment: datetime, denied: datetime) -> bool:
    return denied - BEFORE <= moment <= denied + AFTER


def _nearest(found: tuple[tuple[datetime, Change], ...], denied: datetime) -> tuple[Change, ...]:
    near = [(moment, change) for moment, change in found if _is_near(moment, denied)]
    near.sort(key=lambda one: abs((denied - one[0]).total_seconds()))
    return tuple(
        replace(
            change,
            when=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds_before=int((denied - moment).total_seconds()),
        )
        for moment, change in dict.fromkeys(near)
    )[:MOST_CHANGES]
