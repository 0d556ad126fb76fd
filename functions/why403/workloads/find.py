"""Log group → workload: every kind that the names allow is looked for at once, and the likeliest taken."""

from dataclasses import replace

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.reads import Plan, together
from why403.workloads.clue import Clue, clue_of
from why403.workloads.credentials import attribute, own_role
from why403.workloads.principal import workload_of_line
from why403.workloads.register import KINDS
from why403.workloads.role_names import same_role
from why403.workloads.sighting import GUESSED, Sighting, Sightings
from why403.workloads.static_keys import owner_of_key
from why403.workloads.workload import Workload

OF_THE_LINE = 0.15
"""How much more likely a workload is whose role the line names."""
MOST_OTHERS = 10


def find_workload(denial: Denial, event: LogEvent, place: Place) -> Plan[Workload]:
    """The workload that wrote `event`, and whose credentials were denied: two rounds at most.

    A third only where the container has an access key in its environment and the line names nobody: whose key
    it is then decides everything. What could not be read is in the workload's `unreadable`.
    """
    clue = clue_of(denial, event)
    kinds = [kind for kind in KINDS if clue.log_group and kind.claims(clue)]
    looked: tuple[Sightings, ...] = yield from together(*(kind.find(clue, place) for kind in kinds))
    ranked = _ranked([sighting for sightings in looked for sighting in sightings.found], clue)
    workload = _chosen(ranked, clue, place)
    workload = replace(
        workload,
        others=_others(ranked, workload),
        findings=(*workload.findings, *(finding for sightings in looked for finding in sightings.findings)),
        unreadable=tuple(dict.fromkeys(spot for sightings in looked for spot in sightings.unreadable)),
    )
    attributed = attribute(_with_ambiguity(workload, ranked, clue), clue.principal, event.message)
    if attributed.credentials == "static-keys" and not attributed.caller_arn and not clue.principal:
        attributed = replace(attributed, caller_arn=(yield from owner_of_key(attributed)))
    return attributed


def _ranked(found: list[Sighting], clue: Clue) -> list[Sighting]:
    return sorted(found, key=lambda sighting: (-_likely(sighting, clue), -sighting.newest))


def _likely(sighting: Sighting, clue: Clue) -> float:
    return sighting.score + (OF_THE_LINE if _names_it(clue, sighting.workload) else 0.0)


def _names_it(clue: Clue, workload: Workload) -> bool:
    roles = (own_role(workload), workload.execution_role_arn, workload.instance_role_arn)
    return bool(clue.principal) and any(role and same_role(role, clue.principal) for role in roles)


def _chosen(ranked: list[Sighting], clue: Clue, place: Place) -> Workload:
    """The likeliest; the line's principal instead of a mere guess that the line contradicts."""
    line = workload_of_line(clue, place)
    if not ranked:
        return line
    best = ranked[0]
    if best.score <= GUESSED and clue.principal and not _names_it(clue, best.workload):
        return line
    return best.workload


def _others(ranked: list[Sighting], chosen: Workload) -> tuple[str, ...]:
    """Other workloads, not other revisions of the same."""
    others = {
        sighting.workload.name: sighting.workload.arn
        for sighting in reversed(ranked)
        if sighting.workload.name != chosen.name
    }
    return tuple(reversed(others.values()))[:MOST_OTHERS]


def _with_ambiguity(workload: Workload, ranked: list[Sighting], clue: Clue) -> Workload:
    """Say so where nothing tells the chosen one from another that has another role."""
    if not ranked or ranked[0].workload.name != workload.name:
        return workload
    equal = [
        sighting.workload
        for sighting in ranked[1:]
        if _likely(sighting, clue) >= _likely(ranked[0], clue)
        and sighting.workload.name != workload.name
        and own_role(sighting.workload) != own_role(workload)
    ]
    if not equal:
        return workload
    names = ", ".join(sorted({other.name for other in equal}))
    finding = Message("workloads.shared-log-group", {"name": workload.name, "others": names})
    return replace(workload, findings=(*workload.findings, finding))
