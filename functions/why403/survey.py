"""The story of the survey: what writes to which log group is listed slice by slice, and kept in the index.

It is no part of the recheck: a recheck must end in minutes and reads incidents, while a survey of a large account goes
on for an hour at a pace that leaves AWS's limits to others, and may read and write nothing but the index.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.incidents.hours import DAY, HOUR
from why403.reads import Plan
from why403.workloads import apigateway, batch, codebuild, lambda_function, states
from why403.workloads.ecs import index as ecs
from why403.workloads.ecs.definitions import TASK_DEFINITION
from why403.workloads.index import Page, SurveyState, WorkloadIndex
from why403.workloads.register import SURVEYS

EVERY_MS = DAY
"""From the end of a pass to the next: events and diagnoses renew what changes in between."""
AGAIN_MS = HOUR
"""The same where something was left unread."""
CALLS = frozenset({
    "RegisterTaskDefinition", "CreateFunction20150331", "UpdateFunctionConfiguration20150331v2", "CreateProject",
    "UpdateProject", "RegisterJobDefinition", "CreateStateMachine", "UpdateStateMachine",
})  # fmt: skip
"""CloudTrail's names of the calls after which something may write to another group."""


READS = (
    ecs.INDEXED_CLUSTERS, ecs.INDEXED_SERVICES, ecs.INDEXED_SERVICE, ecs.INDEXED_FAMILIES, TASK_DEFINITION,
    lambda_function.INDEXED_FUNCTIONS, lambda_function.CONFIGURATION, batch.INDEXED_DEFINITIONS,
    codebuild.INDEXED_NAMES, codebuild.PROJECTS, states.INDEXED_MACHINES, states.MACHINE,
    apigateway.INDEXED_APIS, apigateway.STAGES, apigateway.INDEXED_HTTP_APIS, apigateway.HTTP_STAGES,
)  # fmt: skip
"""All that a survey asks."""


class SurveyedIndex(WorkloadIndex, Protocol):
    """The index, and how far its survey has come."""

    def survey_state(self) -> SurveyState:
        """How far the survey has come; the beginning where there was none."""

    def save_survey(self, state: SurveyState, now: int) -> None:
        """Keep it: the next run goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What one run came to."""

    slices: int = 0
    written: int = 0
    unread: tuple[str, ...] = ()
    """The calls that gave no answer."""
    ended: bool = False
    """The pass is at its end."""


def survey(
    index: SurveyedIndex,
    ask: Callable[[Plan[Page]], Page],
    place: Place,
    *,
    now: int,
    has_time: Callable[[], bool],
) -> Surveyed:
    """Slices until the pass or the time ends. Each is kept before the next, so that a run that dies loses one slice."""
    state = index.survey_state()
    run = Surveyed()
    if now < state.due:
        return run
    while has_time():
        _, _, slice_of = SURVEYS[state.step]
        page = ask(slice_of(state.cursor, place))
        index.note(page.written, now)
        state = advanced(state, page, now)
        index.save_survey(state, now)
        run = replace(
            run,
            slices=run.slices + 1,
            written=run.written + len(page.written),
            unread=tuple(dict.fromkeys((*run.unread, *(spot.call for spot in page.unread)))),
        )
        if state.due:
            return replace(run, ended=True)
    return run


def advanced(state: SurveyState, page: Page, now: int) -> SurveyState:
    """After a slice: further in the step's lists, or the next step, or the end of the pass."""
    complete = state.complete and not page.unread
    if page.next:
        return replace(state, cursor=page.next, complete=complete, due=0)
    name, _, _ = SURVEYS[state.step]
    ended = {**state.ended, **({name: now} if complete else {})}
    if state.step + 1 < len(SURVEYS):
        return SurveyState(step=state.step + 1, ended=ended)
    whole = all(ended.get(name, 0) > now - EVERY_MS for name, _, _ in SURVEYS)
    return SurveyState(due=now + (EVERY_MS if whole else AGAIN_MS), ended=ended)


def renew(
    index: WorkloadIndex,
    ask: Callable[[Plan[Page]], Page],
    event: Mapping[str, Any],
    place: Place,
    *,
    now: int,
) -> int:
    """What an event of EventBridge tells to have changed is asked for, and kept: the number of entries."""
    plan = changed(event, place)
    page = ask(plan) if plan is not None else Page()
    index.note(page.written, now)
    return len(page.written)


def changed(event: Mapping[str, Any], place: Place) -> Plan[Page] | None:
    """What has to be asked after the event; None where it tells of nothing that the index holds.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """
    detail = event.get("detail")
    if not isinstance(detail, Mapping) or detail.get("errorCode"):
        return None
    match event.get("detail-type"):
        case "ECS Task State Change":
            return _of_task(detail, place)
        case "ECS Deployment State Change":
            services = [str(arn) for arn in event.get("resources") or () if ":service/" in str(arn)]
            return ecs.renew_service(services[0]) if services and _is_ours(services[0], place) else None
        case "AWS API Call via CloudTrail":
            return _of_call(str(detail.get("eventName", "")), detail)
        case _:
            return None


def _of_task(detail: Mapping[str, Any], place: Place) -> Plan[Page] | None:
    definition, group = str(detail.get("taskDefinitionArn", "")), str(detail.get("group", ""))
    if not _is_ours(definition, place):
        return None
    service = group.removeprefix("service:") if group.startswith("service:") else ""
    return ecs.renew(definition, str(detail.get("clusterArn", "")), service)


def _is_ours(arn: str, place: Place) -> bool:
    parsed = parse_arn(arn)
    return parsed is not None and (parsed.account, parsed.region) == (place.account, place.region)


def _of_call(name: str, detail: Mapping[str, Any]) -> Plan[Page] | None:
    asked, answered = (detail.get(part) or {} for part in ("requestParameters", "responseElements"))
    match name:
        case "RegisterTaskDefinition":
            family = str((answered.get("taskDefinition") or {}).get("family") or asked.get("family") or "")
            return ecs.renew(family) if family else None
        case "CreateFunction20150331" | "UpdateFunctionConfiguration20150331v2":
            function = str(asked.get("functionName") or "")
            return lambda_function.renew(function) if function else None
        case "CreateProject" | "UpdateProject":
            project = str(asked.get("name") or "")
            return codebuild.renew(project) if project else None
        case "RegisterJobDefinition":
            job = str(asked.get("jobDefinitionName") or "")
            return batch.renew(job) if job else None
        case "CreateStateMachine" | "UpdateStateMachine":
            machine = str(answered.get("stateMachineArn") or asked.get("stateMachineArn") or "")
            return states.renew(machine) if machine else None
        case _:
            return None
