"""The index: filled slice by slice, renewed by events, asked first, and never believed."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.incidents.hours import DAY, HOUR
from why403.log_events.log_event import LogEvent
from why403.reads import Plan, Read, Reply, Unreadable
from why403.survey import Surveyed, changed, renew, survey
from why403.workloads.find import find_workload
from why403.workloads.index import INDEXED, note_found
from why403.workloads.workload import Workload, WorkloadKind, Writer

from tests.fakes.answers import FakeReader
from tests.fakes.large_account import ECS, PLACE, TASK, LargeAccount
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
CALLS = 45


def surveyed(
    account: LargeAccount, index: InMemoryWorkloadIndex, *, slices: int = 10_000, now: int = NOW
) -> Surveyed:
    left = iter(range(slices))
    return survey(index, account.run, PLACE, now=now, has_time=lambda: next(left, None) is not None)


def found(account: LargeAccount, index: InMemoryWorkloadIndex, group: str, stream: str = "app") -> Workload:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION)
    known = index.look_up(group, NOW)
    workload: Workload = account.run(
        find_workload(denial, LogEvent("AccessDenied", group, stream), PLACE, known)
    )
    return workload


@pytest.fixture(scope="module")
def full() -> tuple[LargeAccount, InMemoryWorkloadIndex]:
    """A survey of 300 families, 12 clusters and 1,200 functions came to its end."""
    account, index = LargeAccount(functions=1_200), InMemoryWorkloadIndex()
    surveyed(account, index)
    return account, index


def test_a_writer_whose_settings_changed_is_not_named(
    full: tuple[LargeAccount, InMemoryWorkloadIndex],
) -> None:
    account, index = LargeAccount(functions=1_200), full[1]
    family = account.families[217]
    account.moved = {family: "/elsewhere"}

    workload = found(account, index, account.group_of(family))

    assert (workload.kind, workload.name, workload.role_arn) == (WorkloadKind.UNKNOWN, "", "")
    assert "workloads.not-all-families" in {finding.id for finding in workload.findings}


def test_one_of_two_writers_is_not_named_alone_where_the_index_is_not_whole() -> None:
    account, index = LargeAccount(families=40, functions=0), InMemoryWorkloadIndex()
    first, second = account.families[3], account.families[17]
    account.moved = {second: account.group_of(first)}
    index.note(((account.group_of(first), Writer(kind=WorkloadKind.ECS, name=first)),), NOW)

    workload = found(account, index, account.group_of(first))

    assert "workloads.shared-log-group" in {finding.id for finding in workload.findings}


@pytest.mark.parametrize("number", [0, 61, 217, 299])
def test_a_family_is_found_whatever_its_name_where_the_stream_tells_nothing(
    full: tuple[LargeAccount, InMemoryWorkloadIndex], number: int
) -> None:
    account, index = full
    family = account.families[number]

    workload = found(account, index, account.group_of(family))

    assert (workload.kind, workload.name) == (WorkloadKind.ECS, family)
    assert workload.service == f"service{number % 25}"
    assert workload.findings == ()
    assert (account.calls, account.rounds) == (2, 1)


def test_a_task_that_is_long_gone_leads_to_its_family(
    full: tuple[LargeAccount, InMemoryWorkloadIndex],
) -> None:
    account, index = full
    family = account.families[123]
    account.gone = True

    workload = found(account, index, account.group_of(family), f"run/app/{TASK}")
    account.gone = False

    assert (workload.name, workload.findings) == (family, ())
    assert (account.calls, account.rounds) == (15, 2)


def test_a_function_among_twelve_hundred_is_found_for_one_call(
    full: tuple[LargeAccount, InMemoryWorkloadIndex],
) -> None:
    account, index = full

    workload = found(account, index, "/functions/1199", "")

    assert (workload.kind, workload.name) == (WorkloadKind.LAMBDA, "function1199")
    assert account.calls == 1


def test_a_survey_goes_on_where_the_last_run_ended_and_loses_nothing() -> None:
    account, whole, sliced = LargeAccount(functions=120), InMemoryWorkloadIndex(), InMemoryWorkloadIndex()
    surveyed(account, whole)
    runs = list(itertools.takewhile(lambda run: not run.ended, _runs(account, sliced)))

    assert len(runs) > 10
    assert vars(whole)["_writers"] == vars(sliced)["_writers"]
    assert sliced.look_up("/any", NOW).surveyed == INDEXED


def _runs(account: LargeAccount, index: InMemoryWorkloadIndex) -> Iterator[Surveyed]:
    while True:
        yield surveyed(account, index, slices=1)


def test_no_slice_asks_for_more_than_a_run_of_the_reader_may(monkeypatch: pytest.MonkeyPatch) -> None:
    account, index, asked = LargeAccount(functions=1_200), InMemoryWorkloadIndex(), []
    run = account.run

    def counted(plan: Plan[Any]) -> Any:
        done = run(plan)
        asked.append(account.calls)
        return done

    monkeypatch.setattr(account, "run", counted)
    surveyed(account, index)

    assert max(asked) <= 120


API_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/platform/7x:*"
APIS: dict[str, Any] = {
    "apigateway:GetRestApis": [
        {"when": {"position": "2"}, "data": {"items": [{"id": "late99", "name": "late"}]}},
        {"data": {"items": [{"id": "abc123", "name": "orders"}], "position": "2"}},
    ],
    "apigatewayv2:GetApis": {"data": {"Items": [{"ApiId": "v2v2", "Name": "hooks"}]}},
    "apigateway:GetStages": [
        {
            "when": {"restApiId": "abc123"},
            "data": {"item": [{"stageName": "prod", "accessLogSettings": {"destinationArn": API_GROUP}}]},
        },
        {"data": {"item": [{"stageName": "prod"}]}},
    ],
    "apigatewayv2:GetStages": {
        "data": {"Items": [{"AccessLogSettings": {"DestinationArn": API_GROUP.replace("7x:*", "8x")}}]}
    },
    "apigateway:GetRestApi": {"data": {"id": "abc123", "name": "orders"}},
    "apigatewayv2:GetApi": {"data": {"ApiId": "v2v2", "Name": "hooks"}},
    "apigateway:GetResources": {
        "data": {
            "items": [
                {
                    "resourceMethods": {
                        "POST": {"methodIntegration": {"credentials": "arn:aws:iam::123456789012:role/api"}}
                    }
                }
            ]
        }
    },
    "*": {"failure": "absent"},
}


@pytest.mark.parametrize(
    ("group", "arn", "role"),
    [
        ("/platform/7x", "restapis/abc123", "arn:aws:iam::123456789012:role/api"),
        ("/platform/8x", "apis/v2v2", ""),
        ("/platform/9x", "", ""),
    ],
)
def test_an_api_is_found_by_the_group_that_its_stage_logs_to_whatever_that_is_called(
    group: str, arn: str, role: str
) -> None:
    reader, index = FakeReader(APIS), InMemoryWorkloadIndex()
    survey(index, reader.run, PLACE, now=NOW, has_time=lambda: True)
    known = index.look_up(group, NOW)
    event = LogEvent("AccessDenied", group, "stream")

    workload = reader.run(find_workload(Denial(verdict=Verdict.MISSING_PERMISSION), event, PLACE, known))

    assert (arn, role) == (workload.arn.partition("::/")[2], workload.role_arn)


def test_an_api_whose_stage_logs_elsewhere_by_now_is_not_named() -> None:
    index = InMemoryWorkloadIndex()
    index.note((("/platform/old", Writer(kind=WorkloadKind.API_GATEWAY, name="restapis/abc123")),), NOW)
    event = LogEvent("AccessDenied", "/platform/old", "stream")
    known = index.look_up(event.log_group, NOW)

    workload = FakeReader(APIS).run(
        find_workload(Denial(verdict=Verdict.MISSING_PERMISSION), event, PLACE, known)
    )

    assert workload.kind is WorkloadKind.UNKNOWN


def test_an_api_that_a_diagnosis_found_is_noted_by_what_it_is_asked_by() -> None:
    index = InMemoryWorkloadIndex()
    arn = "arn:aws:apigateway:eu-west-1::/restapis/abc123/stages/prod"
    found = Workload(kind=WorkloadKind.API_GATEWAY, arn=arn, name="orders")
    note_found(index, "/platform/7x", found, now=NOW, report=print)

    assert [one.name for one in index.look_up("/platform/7x", NOW).writers] == ["restapis/abc123"]


def test_a_pass_that_is_over_begins_anew_a_day_later() -> None:
    account, index = LargeAccount(families=3, clusters=1, functions=0), InMemoryWorkloadIndex()
    first, at_once = surveyed(account, index), surveyed(account, index, now=NOW + HOUR)
    later = surveyed(account, index, now=NOW + DAY)

    assert (first.ended, at_once.slices, later.ended) == (True, 0, True)


def test_what_could_not_be_listed_is_no_part_of_what_was_looked_at() -> None:
    account, index = LargeAccount(families=3, clusters=1, functions=0), InMemoryWorkloadIndex()

    def refusing(plan: Plan[Any]) -> Any:
        return account.run(_refused(plan, "lambda:ListFunctions"))

    done = survey(index, refusing, PLACE, now=NOW, has_time=lambda: True)

    assert done.unread == ("lambda:ListFunctions",)
    assert INDEXED - {WorkloadKind.LAMBDA} == index.look_up("/any", NOW).surveyed
    assert surveyed(account, index, now=NOW + HOUR).ended


def _refused(plan: Plan[Any], call: str) -> Plan[Any]:
    try:
        reads: tuple[Read, ...] = next(plan)
        while True:
            replies: tuple[Reply, ...] = yield reads
            reads = plan.send(
                tuple(
                    Unreadable(reply.read, "refused", "AccessDenied") if reply.read.call == call else reply  # type: ignore[arg-type]  # the enum's text
                    for reply in replies
                )
            )
    except StopIteration as end:
        return end.value


def test_a_task_that_starts_renews_its_definition_and_where_it_runs() -> None:
    account, index = LargeAccount(), InMemoryWorkloadIndex()
    family = account.families[217]
    event = {
        "detail-type": "ECS Task State Change",
        "detail": {
            "taskDefinitionArn": f"{ECS}:task-definition/{family}:3",
            "clusterArn": account.clusters[8],
            "group": "service:service17",
        },
    }

    entries = renew(index, account.run, event, PLACE, now=NOW)
    (writer,) = index.look_up(account.group_of(family), NOW).writers

    assert entries == 1
    assert (writer.name, writer.service, writer.cluster) == (family, "service17", account.clusters[8])


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"detail-type": "ECS Task State Change", "detail": {}},
        {
            "detail-type": "ECS Task State Change",
            "detail": {"taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"},
        },
        {
            "detail-type": "AWS API Call via CloudTrail",
            "detail": {
                "eventName": "RegisterTaskDefinition",
                "errorCode": "AccessDenied",
                "requestParameters": {"family": "web"},
            },
        },
        {"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "DeleteFunction20150331"}},
        {"detail-type": "Scheduled Event", "detail": {}},
    ],
)
def test_an_event_that_tells_of_no_change_of_ours_is_passed_over(event: dict[str, Any]) -> None:
    assert changed(event, PLACE) is None


@pytest.mark.parametrize(
    ("name", "detail", "call"),
    [
        ("RegisterTaskDefinition", {"requestParameters": {"family": "web"}}, "ecs:DescribeTaskDefinition"),
        (
            "UpdateFunctionConfiguration20150331v2",
            {"requestParameters": {"functionName": "orders"}},
            "lambda:GetFunctionConfiguration",
        ),
        ("UpdateProject", {"requestParameters": {"name": "build"}}, "codebuild:BatchGetProjects"),
        (
            "RegisterJobDefinition",
            {"requestParameters": {"jobDefinitionName": "nightly"}},
            "batch:DescribeJobDefinitions",
        ),
        (
            "CreateStateMachine",
            {"responseElements": {"stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:x"}},
            "stepfunctions:DescribeStateMachine",
        ),
    ],
)
def test_a_call_in_the_trail_has_what_it_changed_asked_for(
    name: str, detail: dict[str, Any], call: str
) -> None:
    plan = changed(
        {"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": name, **detail}}, PLACE
    )

    assert plan is not None
    assert [read.call for read in next(plan)] == [call]
