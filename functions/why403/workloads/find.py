"""Log group → workload: every kind that the names allow is looked for at once, and the likeliest taken."""

from dataclasses import replace

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.reads import Plan, together
from why403.workloads.credentials import attribute, own_role
from why403.workloads.log_origin import LogOrigin, origin_of
from why403.workloads.register import KINDS, MODULES, VERIFIED
from why403.workloads.role_names import iam_arn, same_role
from why403.workloads.static_keys import owner_of_key
from why403.workloads.workload import (
    GUESSED,
    LIKELY,
    NOTHING_KNOWN,
    Hints,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    several_revisions,
)

OF_THE_LINE = 0.15
"""How much more likely a workload is whose role the line names."""
MOST_OTHERS = 10
"""Workloads named as possible beside the chosen: more say only that the group is shared."""


def find_workload(
    denial: Denial, event: LogEvent, place: Place, index: Hints = NOTHING_KNOWN
) -> Plan[Workload]:
    """The workload that wrote `event`, and whose credentials were denied: two rounds at most.

    One or two more where nothing that the index names writes to the group any longer.
    A third only where the container has an access key in its environment and the line names nobody: whose key
    it is then decides everything. What could not be read is in the workload's `unreadable`.
    """
    origin = origin_of(denial, event, place)
    looked = yield from _looked(origin, place, index)
    ranked = _ranked([one for result in looked for one in result.found], origin)
    workload = _chosen(ranked, origin, place)
    workload = replace(
        workload,
        others=_others(ranked, workload),
        findings=(*workload.findings, *(finding for result in looked for finding in result.findings)),
        unreadable=tuple(dict.fromkeys(spot for result in looked for spot in result.unreadable)),
    )
    attributed = attribute(_with_ambiguity(workload, ranked, origin), origin.principal, event.message)
    if attributed.credentials == "static-keys" and not attributed.caller_arn and not origin.principal:
        attributed = replace(attributed, caller_arn=(yield from owner_of_key(attributed)))
    return attributed


def _looked(origin: LogOrigin, place: Place, index: Hints) -> Plan[tuple[SearchResult, ...]]:
    """First the index's writers, where it is whole; else, and where none of them writes here now, every kind."""
    kinds = [kind for kind in KINDS if origin.log_group and kind.claims(origin)]
    told = origin.line.source or origin.line.names_task or origin.function
    verified = [
        verify(index.of(kind), origin, place)
        for kind, verify in VERIFIED.items()
        if not told and index.of(kind)
    ]
    searched = [kind.find(origin, place) for kind in kinds]
    if not verified:
        return (yield from together(*searched))
    whole = all(module not in kinds or kind in index.surveyed for kind, module in MODULES.items())
    if not whole:
        return (yield from together(*verified, *searched))
    others = [kind.find(origin, place) for kind in kinds if kind not in MODULES.values()]
    looked = yield from together(*verified, *others)
    if any(one.score >= LIKELY for result in looked for one in result.found):
        return looked
    return (yield from together(*searched))


def _ranked(found: list[LikelyWorkload], origin: LogOrigin) -> list[LikelyWorkload]:
    return sorted(found, key=lambda one: (-_likely(one, origin), -one.newest))


def _likely(one: LikelyWorkload, origin: LogOrigin) -> float:
    return one.score + (OF_THE_LINE if _names_it(origin, one.workload) else 0.0)


def _names_it(origin: LogOrigin, workload: Workload) -> bool:
    roles = (own_role(workload), workload.execution_role_arn, workload.instance_role_arn)
    return bool(origin.principal) and any(role and same_role(role, origin.principal) for role in roles)


def _chosen(ranked: list[LikelyWorkload], origin: LogOrigin, place: Place) -> Workload:
    """The likeliest; the line's principal instead of a mere guess that the line contradicts."""
    line = _workload_of_line(origin, place)
    if not ranked:
        return line
    best = ranked[0]
    if best.score <= GUESSED and origin.principal and not _names_it(origin, best.workload):
        return line
    return best.workload


def _others(ranked: list[LikelyWorkload], chosen: Workload) -> tuple[str, ...]:
    """Other workloads, not other revisions of the same."""
    others = {
        one.workload.name: one.workload.arn for one in reversed(ranked) if one.workload.name != chosen.name
    }
    return tuple(reversed(others.values()))[:MOST_OTHERS]


def _with_ambiguity(workload: Workload, ranked: list[LikelyWorkload], origin: LogOrigin) -> Workload:
    """Say so where nothing tells the chosen one from another, or from itself as another revision, that has another role."""
    if not ranked or ranked[0].workload.name != workload.name:
        return workload
    equal = [
        one.workload
        for one in ranked[1:]
        if _likely(one, origin) >= _likely(ranked[0], origin) and own_role(one.workload) != own_role(workload)
    ]
    names = ", ".join(sorted({other.name for other in equal} - {workload.name}))
    roles = [own_role(other) for other in equal if other.name == workload.name]
    findings = workload.findings
    if names:
        values = {"name": workload.name, "others": names}
        findings = (*findings, Message("workloads.shared-log-group", values))
    if roles:
        findings = (*findings, several_revisions(workload.name, own_role(workload), *roles))
    return replace(workload, findings=findings)


def _workload_of_line(origin: LogOrigin, place: Place) -> Workload:
    """The line's principal as the workload; kind UNKNOWN where the line names none either."""
    principal = parse_principal(origin.principal) if origin.principal else None
    caller = iam_arn(principal) if principal else ""
    is_role = principal is not None and principal.kind in {PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE}
    return Workload(
        kind=WorkloadKind.PRINCIPAL if caller else WorkloadKind.UNKNOWN,
        arn=caller,
        name=principal.name if principal else "",
        role_arn=caller if is_role else "",
        account=(principal.account if principal else "") or place.account,
        region=place.region,
        partition=(principal.partition if principal else "") or place.partition,
    )
