"""The story of a diagnosis: from a denial in a log group to what a person can do about it.

The deployed function (through `diagnose_turn`) and `why403 explain` both run `diagnose`. It is a plan: whoever runs it
asks AWS, in at most five rounds where nothing is known yet.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from why403.changes.change import Change
from why403.changes.find import find_changes
from why403.decisions.call import Call
from why403.denials.denial import Denial, Kind, Verdict
from why403.denials.masked import unmasked
from why403.diagnosis.build import (
    build_judged,
    build_other_403,
    build_undiagnosed,
    build_unjudged,
    with_masked,
)
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import to_json
from why403.diagnosis.elsewhere import in_its_place
from why403.errors import StoreError
from why403.iam.place import Place
from why403.incidents.folding import is_nameless
from why403.incidents.history import History
from why403.incidents.incident import Incident
from why403.incidents.life_cycle import is_told_elsewhere, next_state
from why403.incidents.life_cycle_events import Deployed, ToldElsewhere
from why403.incidents.sample import sampled_events
from why403.incidents.severity import Volume, severity_of
from why403.incidents.table import IncidentTable
from why403.incidents.transition import Transition, Turn
from why403.log_events.log_event import LogEvent
from why403.other_403.find import read_other_403
from why403.policies.authorization_record import open_message
from why403.policies.read_sides import ANY, Sides, read_sides
from why403.policies.unjudged import Known, known_of, of_other_id, read_known
from why403.reads import Plan, counted, knowing, settled, together
from why403.remedies.build_case import build_case, first_denied, remembered, unjudged_case
from why403.remedies.case import Case
from why403.remedies.claimed_principal import Taker, claim_told, judge_claim, read_taker, with_claim
from why403.remedies.draft import Clock, draft_remedies, standing
from why403.remedies.keys_in_the_way import read_by_role, role_in_wait
from why403.remedies.validate import validate_drafts
from why403.targets.own_event import OwnEvent, open_own_event, read_own_event, read_told_event
from why403.targets.scene import Scene, look_around
from why403.workloads.ecs.service import describe_running, still_runs
from why403.workloads.index import WorkloadIndex, hints_for, note_found
from why403.workloads.workload import NOTHING_KNOWN, Hints

First = Diagnosis | ToldElsewhere
"""What the first look at an incident may come to."""
ROUNDS = 5
"""A second opinion on the drafts is asked only where a round is left for it."""


def diagnose(  # noqa: PLR0913  # the line, where and when it was, and what is known besides
    denial: Denial,
    event: LogEvent,
    place: Place,
    *,
    now: int,
    clock: Clock = standing,
    siblings: tuple[LogEvent, ...] = (),
    hints: Hints = NOTHING_KNOWN,
) -> Plan[Diagnosis]:
    """Everything that can be found out about one denial. `now` in ms since the epoch; `clock` limits the drafting.

    The stream's lines around are read with it. `siblings`: other lines of its incident, which tell what varies; `hints`: the index's.
    """
    look = partial(look_around, place=place, now=now, hints=hints)
    if denial.encoded_message:
        own = yield from open_own_event(open_message(denial, place), look(denial, event), event)
    else:
        own = yield from read_own_event(denial, event, place, now, hints)
    return (yield from _diagnose_whole(own, siblings, look, now, clock))


def _diagnose_whole(
    own: OwnEvent, siblings: tuple[LogEvent, ...], look: Callable[..., Plan[Scene]], now: int, clock: Clock
) -> Plan[Diagnosis]:
    denial = own.denial
    scene, rounds = yield from counted(knowing(look(unmasked(denial), own.event), own.replies))
    if denial.verdict is not Verdict.MISSING_PERMISSION:
        return (yield from _explain_other_403(scene, denial))
    scene = replace(scene, history=scene.history.and_of(siblings), other_calls=own.other_calls)
    diagnosis = yield from _diagnose_call(scene, rounds + own.rounds, now, clock)
    return with_masked(diagnosis, denial)


def _diagnose_call(scene: Scene, first: int, now: int, clock: Clock) -> Plan[Diagnosis]:
    """`first` rounds have been made."""
    call = denied_call(scene)
    if call is None:
        by_role = denied_call(scene, role_in_wait(scene))
        known, taker, lacking = yield from together(
            read_known(scene), read_taker(scene, now), read_by_role(scene, by_role)
        )
        return _tell_known(_without_refuted(known, taker), lacking)
    (sides, changes, scene, taker, lacking), then = yield from counted(_read_around(scene, call, now))
    if scene.caller != call.principal:  # what runs has another role than what was found
        return (yield from _diagnose_call(scene, first + then, now, clock))
    if of_other_id(scene, sides.caller):
        return _tell_known(known_of(scene, sides.caller))
    claim = judge_claim(scene, taker, sides.caller)
    scene = with_claim(scene, claim)
    if not claim.is_published:
        return _tell_known(Known(scene=scene))
    case, verdict = build_case(scene, call, sides)
    case = replace(case, claim=claim)
    remedies = draft_remedies(replace(case, changes=changes, by_role=lacking), clock)
    if first + then < ROUNDS:
        remedies = yield from validate_drafts(remedies, scene.place)
    return build_judged(scene, case, verdict, sides, remedies)


def _without_refuted(known: Known, taker: Taker | None) -> Known:
    """What was read of the caller, unless the workload cannot be it: then nothing of it is told."""
    if known.caller is None:
        return known
    claim = judge_claim(known.scene, taker, known.caller)
    scene = with_claim(known.scene, claim)
    return replace(known, scene=scene) if claim.is_published else Known(scene=scene)


def _tell_known(known: Known, by_role: Case | None = None) -> Diagnosis:
    scene = known.scene
    case = replace(unjudged_case(scene), caller=known.caller, candidates=scene.candidates, by_role=by_role)
    return build_unjudged(known, draft_remedies(case))


def denied_call(scene: Scene, caller: str = "") -> Call | None:
    """The call that the line is about, or the same by another `caller`; None where a part cannot be known, or no candidate stands out."""
    action, principal, via = scene.denial.action, caller or scene.caller, scene.denial.via_service or ""
    resource = scene.denial.resource
    if resource is None and scene.candidates and scene.target_is_clear:
        resource = scene.candidates[0].arn
    if scene.is_for_no_resource:
        resource = ANY
    if resource is None and scene.call_with_key is not None:
        (action, resource), via = scene.call_with_key, ""
    if action is None or not principal or resource is None:
        return None
    source = scene.workload.source_arn if principal == scene.workload.caller_arn else ""
    called = Call(principal=principal, action=action, resource=resource, via_service=via, source=source)
    return replace(called, operation=scene.denial.operation or "")


def _read_around(
    scene: Scene, call: Call, now: int
) -> Plan[tuple[Sides, tuple[Change, ...], Scene, Taker | None, Case | None]]:
    """Policies, what changed and what runs, side by side: three rounds at most."""
    first_denied = scene.event.timestamp or now
    sides, written, running, taker, lacking = yield from together(
        read_sides(scene, call.principal, call.action, call.resource),
        find_changes(call.principal, call.resource, scene.workload, first_denied, scene.place),
        describe_running(scene.workload, scene.place),
        read_taker(scene, now),
        read_by_role(scene, call),
    )
    unread = (*scene.unreadable, *written.unreadable)
    return sides, written.found, replace(scene, workload=running, unreadable=unread), taker, lacking


def _explain_other_403(scene: Scene, denial: Denial) -> Plan[Diagnosis]:
    found = yield from read_other_403(denial, scene.event, scene.workload, scene.place)
    case = replace(unjudged_case(scene), denial=denial, names=found.names)
    return build_other_403(replace(scene, denial=denial), found, draft_remedies(case))


def diagnose_incident(
    incident: Incident, place: Place, *, now: int, clock: Clock = standing, hints: Hints = NOTHING_KNOWN
) -> Plan[Diagnosis]:
    """The diagnosis of a stored incident of `place`, from its newest sample."""
    newest, *rest = sampled_events(incident)
    return diagnose(incident.denial, newest, place, now=now, clock=clock, siblings=tuple(rest), hints=hints)


def judge_again(  # noqa: PLR0913  # everything that is known of the incident
    incident: Incident,
    known: Diagnosis | None,
    place: Place,
    *,
    now: int,
    clock: Clock = standing,
    hints: Hints = NOTHING_KNOWN,
) -> Plan[Diagnosis]:
    """What the policies say today to the call of `known`, the incident's diagnosis: three rounds, no draft.

    The whole diagnosis instead where it judged nothing, and where what runs has another revision since: its role may be another.
    """
    if (there := place.at(incident.account, incident.region)) != place:
        plan = judge_again(incident, known, there, now=now, clock=clock)
        return (yield from in_its_place(plan, incident.denial, there, place))
    if known is None or known.decision is None:
        return (yield from diagnose_incident(incident, place, now=now, clock=clock, hints=hints))
    workload, denial = known.workload, unmasked(known.denial)
    newest, *others = sampled_events(incident)
    scene = Scene(
        denial=denial,
        event=newest,
        place=place,
        workload=workload,
        candidates=known.target_candidates,
        history=History().and_of(others),
    )
    call = denied_call(scene)
    if call is None:
        return (yield from diagnose_incident(incident, place, now=now, clock=clock, hints=hints))
    before = remembered(known.decision, known.request, call, known.remedies, known.unreadable)
    sides, running = yield from together(
        read_sides(scene, call.principal, call.action, call.resource, before=before),
        still_runs(workload) if not denial.principal else settled(result=True),
    )
    if not running:
        return (yield from diagnose_incident(incident, place, now=now, clock=clock, hints=hints))
    case, verdict = first_denied(scene, call, sides)
    return build_judged(scene, replace(case, claim=claim_told(workload)), verdict, sides, ())


def diagnose_turn(  # noqa: PLR0913  # everything that touches the world is handed in
    turn: Turn,
    *,
    table: IncidentTable,
    index: WorkloadIndex,
    ask: Callable[[Plan[First]], First],
    tell: Callable[[Turn], None],
    report: Callable[[Exception], None],
    place: Place,
    now: int,
    clock: Clock = standing,
) -> None:
    """One turn from the outbox: diagnose where it needs that, keep what was found, and pass the turn on.

    `ask` runs a plan, `tell` publishes the turn; where it breaks off, `report` hears why and the turn goes out with what is known.
    Safe to repeat: a turn that is told twice is delivered once. An incident of which others tell is closed, untold.
    """
    incident = table.get(turn.fingerprint)
    if incident is None or is_told_elsewhere(incident):
        return
    is_ours = (there := place.at(incident.account, incident.region)) == place
    again = turn.transition.looks_again and is_nameless(incident.denial)
    if turn.transition.needs_diagnosis or again:
        try:
            first = again or turn.transition is Transition.OPENED
            plan: Callable[..., Plan[First]] = (
                partial(_diagnose_first, table=table) if first else diagnose_incident
            )
            hints = hints_for(index, incident.log_group, now=now, report=report) if is_ours else NOTHING_KNOWN
            made = plan(incident, there, now=now, clock=clock, hints=hints)
            diagnosis = ask(in_its_place(made, incident.denial, there, place))
        except Exception as error:  # noqa: BLE001  # whatever it was, somebody waits for the alert
            report(error)
            diagnosis = ToldElsewhere(last=0) if again else build_undiagnosed(incident.denial)
        if again and (isinstance(diagnosis, ToldElsewhere) or not diagnosis.denial.action):
            tell(turn)  # what was found before stands
            return
        if isinstance(diagnosis, ToldElsewhere):
            if not table.save(next_state(incident, diagnosis, now).incident, expected=incident):
                raise StoreError(f"{incident.fingerprint} was changed meanwhile; its turn is tried again.")
            return
        if is_ours:
            note_found(index, incident.log_group, diagnosis.workload, now=now, report=report)
        table.save_diagnosis(turn.fingerprint, turn.generation, to_json(diagnosis))
        _mark_deployment(incident, diagnosis, table, now)
    tell(turn)


def _diagnose_first(  # noqa: PLR0913  # everything that is known of the incident
    incident: Incident,
    place: Place,
    *,
    table: IncidentTable,
    now: int,
    clock: Clock = standing,
    hints: Hints = NOTHING_KNOWN,
) -> Plan[First]:
    """The first diagnosis of an incident, under what its lines' whole events say, as far as no other tells that."""
    if (denial := incident.denial).encoded_message or denial.kind in {Kind.FLOOD, Kind.UNREAD_LINE}:
        return (yield from diagnose_incident(incident, place, now=now, clock=clock, hints=hints))
    own = yield from read_told_event(incident, place, table, now, hints)
    if isinstance(own, ToldElsewhere):
        return own
    look = partial(look_around, place=place, now=now, hints=hints)
    return (yield from _diagnose_whole(own, sampled_events(incident)[1:], look, now, clock))


def _mark_deployment(incident: Incident, diagnosis: Diagnosis, table: IncidentTable, now: int) -> None:
    """A first denial right after a deployment is loud. Another change that came between is not undone."""
    started = diagnosis.workload.started
    volume = Volume(lines=incident.count, first_seen=incident.first_seen, started=started)
    step = next_state(incident, Deployed(loudness=severity_of(incident.denial, volume)), now)
    if step.incident != incident:
        table.save(step.incident, expected=incident)
