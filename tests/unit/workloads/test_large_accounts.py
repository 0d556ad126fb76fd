"""The workload is found whatever its name, in accounts as large as real ones, for few calls."""

import json

import pytest
from why403.denials.classify import classify
from why403.denials.denial import Denial, Verdict
from why403.diagnose import diagnose
from why403.log_events.log_event import LogEvent
from why403.workloads.ecs.service import describe_running
from why403.workloads.find import find_workload
from why403.workloads.workload import Workload

from tests.fakes.large_account import PLACE, TASK, LargeAccount

NOW = 1_790_000_000_000
CALLS_OF_A_STREAM = 19
"""Clusters, the task in twelve of them, beside it the group's stack and three pages of families, one guess, and its definition."""


def found(account: LargeAccount, group: str, stream: str, message: str = "AccessDenied") -> Workload:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION)
    workload: Workload = account.run(find_workload(denial, LogEvent(message, group, stream), PLACE))
    return workload


@pytest.mark.parametrize("families", [10, 61, 101, 301, 1_000])
def test_the_task_that_the_stream_names_leads_to_its_definition_however_many_there_are(families: int) -> None:
    account = LargeAccount(families=families)
    family = account.families[families * 5 // 6]

    workload = found(account, account.group_of(family), f"run/app/{TASK}")

    assert (workload.kind, workload.name) == ("ecs", family)
    assert workload.caller_arn == f"arn:aws:iam::123456789012:role/{family}"
    assert workload.service == "orders"
    assert workload.findings == ()
    assert account.calls <= CALLS_OF_A_STREAM
    assert account.rounds <= 3


def test_what_was_not_looked_at_is_said_where_the_stream_names_no_task() -> None:
    account = LargeAccount()

    workload = found(account, "/elsewhere", "app")

    assert workload.kind == "unknown"
    assert [finding.id for finding in workload.findings] == ["workloads.not-all-families"]
    assert workload.findings[0].values == {"looked_at": "0", "known": "300"}


def test_the_group_s_own_stack_leads_to_the_definition_where_the_stream_names_no_task() -> None:
    account = LargeAccount()
    family = account.families[217]
    account.stacked = {account.group_of(family): family}

    workload = found(account, account.group_of(family), "app")

    assert (workload.name, workload.findings) == (family, ())
    assert account.calls <= 36
    assert account.rounds == 2


def test_the_group_s_own_stack_leads_to_the_definition_where_the_task_is_long_gone() -> None:
    account = LargeAccount()
    account.gone = True
    family = account.families[217]
    account.stacked = {account.group_of(family): family}

    workload = found(account, account.group_of(family), f"run/app/{TASK}")

    assert (workload.name, workload.findings) == (family, ())
    assert account.rounds == 3


def test_a_stack_s_definition_that_logs_elsewhere_is_not_taken() -> None:
    account = LargeAccount()
    account.stacked = {"/elsewhere": account.families[217]}

    workload = found(account, "/elsewhere", "app")

    assert workload.kind == "unknown"
    assert [finding.id for finding in workload.findings] == ["workloads.not-all-families"]


def test_a_cluster_that_was_not_asked_is_said() -> None:
    account = LargeAccount(clusters=40)
    account.gone = True

    workload = found(account, "/elsewhere", f"run/app/{TASK}")

    assert {finding.id: finding.values for finding in workload.findings}["workloads.not-all-clusters"] == {
        "looked_at": "20",
        "known": "40",
    }


def test_a_thousand_functions_are_looked_at_where_only_their_settings_name_the_group() -> None:
    account = LargeAccount()

    workload = found(account, "/functions/999", "")

    assert (workload.kind, workload.name) == ("lambda", "function999")
    assert [finding.id for finding in workload.findings if "functions" in finding.id] == []


def test_a_list_of_functions_that_goes_on_is_said() -> None:
    account = LargeAccount(functions=1_600)

    workload = found(account, "/functions/1599", "")

    assert {finding.id: finding.values for finding in workload.findings}["workloads.not-all-functions"] == {
        "looked_at": "1500",
        "known": "1500+",
    }


def test_a_line_that_names_its_task_is_found_in_one_round() -> None:
    account = LargeAccount()
    cluster, definition = account.running
    family = definition.rpartition("/")[2].partition(":")[0]
    fields = {
        "ecs_cluster": cluster.rpartition("/")[2],
        "ecs_task_arn": f"arn:aws:ecs:eu-west-1:123456789012:task/{cluster.rpartition('/')[2]}/{TASK}",
        "ecs_task_definition": definition.rpartition("/")[2],
        "container_name": "app",
        "log": "AccessDenied",
    }

    workload = found(account, account.group_of(family), "from-fluent-bit", json.dumps(fields))

    assert (workload.name, workload.service) == (family, "orders")
    assert (account.calls, account.rounds) == (2, 1)


def test_a_message_that_has_to_be_opened_takes_no_round_more_than_one_that_says_it_all() -> None:
    account = LargeAccount()
    family = account.running[1].rpartition("/")[2].partition(":")[0]
    caller = f"arn:aws:sts::123456789012:assumed-role/{family}/session"
    account.decode({"action": "ec2:StopInstances", "resource": "*", "principal": {"arn": caller}})
    called = "An error occurred (UnauthorizedOperation) when calling the StopInstances operation: "
    rounds = []
    for told in (
        f"{called}User: {caller} is not authorized to perform: ec2:StopInstances on resource: *",
        f"{called}You are not authorized to perform this operation. Encoded authorization failure message: {'aB3' * 90}",
    ):
        event = LogEvent(told, account.group_of(family), f"run/app/{TASK}", NOW)
        diagnosis = account.run(diagnose(classify(event)[0], event, PLACE, now=NOW))
        rounds.append(account.rounds)

        assert (diagnosis.denial.action, diagnosis.workload.name) == ("ec2:StopInstances", family)
        assert diagnosis.workload.caller_arn.endswith(f":role/{family}")

    assert rounds[1] <= rounds[0]


def test_a_role_is_not_sure_where_the_service_that_runs_its_family_was_not_looked_at() -> None:
    """Found by its name alone, in one of twelve clusters, of which four are looked through."""
    account = LargeAccount()
    family = account.families[217]
    account.stacked = {account.group_of(family): family}
    event = LogEvent("AccessDenied", account.group_of(family), "app")
    denial = Denial(verdict=Verdict.MISSING_PERMISSION)
    workload = account.run(find_workload(denial, event, PLACE))

    told = account.run(describe_running(workload, PLACE))

    assert [finding.id for finding in told.findings] == [
        "workloads.revision-not-known",
        "workloads.not-all-clusters",
    ]
    assert told.findings[1].values == {"looked_at": "4", "known": "12"}


def test_the_service_of_a_workload_that_is_known_is_asked_for_at_once() -> None:
    """Beside the policies' first reads: a round later the diagnosis takes one more."""
    account = LargeAccount()
    family = account.running[1].rpartition("/")[2].partition(":")[0]
    workload = found(account, account.group_of(family), f"run/app/{TASK}")

    first = next(describe_running(workload, PLACE))

    assert [read.call for read in first] == ["ecs:DescribeServices"]
