"""Log group → workload and caller, asked of an embedded account over HTTP."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from why403.aws.reader import Reader
from why403.denials.classify import classify
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.workloads.find import find_workload
from why403.workloads.workload import Workload

from demo.emulator import ACCOUNT, Emulator
from tests.aws.calling_as import calling_in

TASK = "0123456789abcdef0123456789abcdef"
UNNAMED = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource "
    "https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders is denied."
)
OWNERS = {
    "ecs": ("web-task", "api-task", "web-execution"),
    "lambda": ("fn-role",),
    "states": ("flow-role",),
    "codebuild": ("build-role",),
}


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def session(name: str, of: str = "s", account: str = ACCOUNT) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{name}/{of}"


def named(principal: str) -> str:
    return (
        f"An error occurred (AccessDenied) when calling the SendMessage operation: User: {principal} is not "
        f"authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:ap-northeast-1:{ACCOUNT}:orders because "
        "no identity-based policy allows the sqs:sendmessage action"
    )


@pytest.fixture(scope="module")
def account(embedded_account: Emulator) -> Iterator[Emulator]:
    embedded_account.reset()
    _make_roles(embedded_account)
    _make_task_definitions(embedded_account)
    _make_functions(embedded_account)
    _make_flow_and_build(embedded_account)
    with calling_in(embedded_account):
        yield embedded_account


def _client(account: Emulator, service: str) -> Any:
    made: Any = account.session()
    return made.client(service, endpoint_url=account.endpoint)


def _make_roles(account: Emulator) -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}
    for names in OWNERS.values():
        for name in names:
            _client(account, "iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))


def _make_task_definitions(account: Emulator) -> None:
    _client(account, "ecs").create_cluster(clusterName="main")
    _define(account, "web", "/shared/app", taskRoleArn=role("web-task"))
    _define(account, "api", "/shared/app", taskRoleArn=role("api-task"))
    _define(account, "no-role", "/no-role/app")
    keys = [{"name": name, "value": "made-up"} for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    _define(account, "keys", "/keys/app", environment=keys, taskRoleArn=role("web-task"))
    _define(account, "half-key", "/half-key/app", environment=keys[:1], taskRoleArn=role("web-task"))


def _define(account: Emulator, family: str, group: str, *, environment: object = (), **more: object) -> None:
    options = {"awslogs-group": group, "awslogs-region": account.region, "awslogs-stream-prefix": family}
    container = {
        "name": "app",
        "image": "app:1",
        "memory": 128,
        "environment": list(environment) if isinstance(environment, list) else [],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    _client(account, "ecs").register_task_definition(
        family=family,
        executionRoleArn=role("web-execution"),
        containerDefinitions=[container],
        **more,
    )


def _make_functions(account: Emulator) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("a.py", "def b(event, context): return event")
    for name, logging in (("fn", {}), ("custom", {"LogGroup": "/custom/functions", "LogFormat": "JSON"})):
        _client(account, "lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role("fn-role"),
            Handler="a.b",
            Code={"ZipFile": code.getvalue()},
            LoggingConfig=logging,
        )


def _make_flow_and_build(account: Emulator) -> None:
    steps = {"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}}
    _client(account, "stepfunctions").create_state_machine(
        name="flow", definition=json.dumps(steps), roleArn=role("flow-role")
    )
    _client(account, "codebuild").create_project(
        name="build",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "a", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=role("build-role"),
    )


def found(account: Emulator, group: str, stream: str, line: str = UNNAMED) -> Workload:
    event = LogEvent(line, group, stream)
    place = Place(ACCOUNT, account.region)
    return Reader(place).run(find_workload(classify(event)[0], event, place))


def finding_ids(workload: Workload) -> list[str]:
    return [finding.id for finding in workload.findings]


@pytest.mark.parametrize("family", ["web", "api"])
def test_of_two_task_definitions_that_share_a_group_the_streams_prefix_tells_which(
    account: Emulator, family: str
) -> None:
    workload = found(account, "/shared/app", f"{family}/app/{TASK}")

    assert workload.name == family
    assert workload.caller_arn == workload.task_role_arn == role(f"{family}-task")


def test_without_a_stream_a_shared_group_is_said_to_be_shared(account: Emulator) -> None:
    workload = found(account, "/shared/app", "")

    assert "workloads.shared-log-group" in finding_ids(workload)


def test_the_application_is_never_given_the_execution_role(account: Emulator) -> None:
    workload = found(account, "/no-role/app", f"no-role/app/{TASK}")

    assert (workload.execution_role_arn, workload.caller_arn) == (role("web-execution"), "")
    assert finding_ids(workload) == ["workloads.no-task-role"]


def test_pulling_an_image_is_the_execution_roles(account: Emulator) -> None:
    line = f"CannotPullContainerError: {UNNAMED}"

    assert found(account, "/shared/app", f"web/app/{TASK}", line).caller_arn == role("web-execution")


def test_keys_in_the_environment_are_not_taken_for_the_task_role(account: Emulator) -> None:
    workload = found(account, "/keys/app", f"keys/app/{TASK}")

    assert (workload.credentials, workload.caller_arn) == ("static-keys", "")
    assert finding_ids(workload) == ["workloads.static-keys-in-environment"]


def test_a_key_without_its_secret_is_a_doubt_and_no_more(account: Emulator) -> None:
    workload = found(account, "/half-key/app", f"half-key/app/{TASK}")

    assert (workload.credentials, workload.caller_arn) == ("task-role", role("web-task"))
    assert finding_ids(workload) == ["workloads.half-a-key"]


@pytest.mark.parametrize(
    ("principal", "caller", "finding"),
    [
        (session("chained"), role("chained"), "workloads.principal-is-assumed-role"),
        (session("host", "i-0123456789abcdef0"), role("host"), "workloads.principal-is-instance"),
        (
            session("chained", account="111122223333"),
            "arn:aws:iam::111122223333:role/chained",
            "workloads.principal-of-another-account",
        ),
        (
            f"arn:aws:iam::{ACCOUNT}:user/deployer",
            f"arn:aws:iam::{ACCOUNT}:user/deployer",
            "workloads.principal-is-user",
        ),
    ],
)
def test_a_caller_that_is_not_the_workloads_role_is_a_finding_and_the_one_to_mend(
    account: Emulator, principal: str, caller: str, finding: str
) -> None:
    workload = found(account, "/shared/app", f"web/app/{TASK}", named(principal))

    assert (workload.kind, workload.task_role_arn) == ("ecs", role("web-task"))
    assert workload.caller_arn == caller
    assert finding in finding_ids(workload)


@pytest.mark.parametrize(
    ("group", "stream", "kind", "owner"),
    [
        ("/aws/lambda/fn", f"2026/11/25/[$LATEST]{TASK}", "lambda", "fn-role"),
        ("/custom/functions", f"2026/11/25/custom[$LATEST][{TASK}]", "lambda", "fn-role"),
        ("/custom/functions", f"2026/11/25/[$LATEST]{TASK}", "lambda", "fn-role"),
        ("/custom/functions", "", "lambda", "fn-role"),
        ("/aws/vendedlogs/states/flow", "states/flow/2026-11-25-03-00/abc", "states", "flow-role"),
        ("/aws/codebuild/build", "0123", "codebuild", "build-role"),
    ],
)
def test_each_kind_is_found_with_its_role(
    account: Emulator, group: str, stream: str, kind: str, owner: str
) -> None:
    workload = found(account, group, stream)

    assert (workload.kind, workload.role_arn, workload.caller_arn) == (kind, role(owner), role(owner))


def test_a_function_that_is_gone_is_said_to_be_gone(account: Emulator) -> None:
    workload = found(account, "/aws/lambda/nowhere", f"2026/11/25/[$LATEST]{TASK}")

    assert workload.kind == "unknown"
    assert finding_ids(workload) == ["workloads.function-gone"]


def test_the_lists_are_asked_once_for_many_denials_and_anew_after_a_redeploy(account: Emulator) -> None:
    moment = [0.0]
    place = Place(ACCOUNT, account.region)
    reader = Reader(place, clock=lambda: moment[0])
    event = LogEvent(UNNAMED, "/deployed/app", f"deployed/app/{TASK}")
    _define(account, "deployed", "/deployed/app", taskRoleArn=role("web-task"))

    first = reader.run(find_workload(classify(event)[0], event, place))
    cold = reader.calls
    again = reader.run(find_workload(classify(event)[0], event, place))
    warm = reader.calls
    _define(account, "deployed", "/deployed/app", taskRoleArn=role("api-task"))
    moment[0] += 120.0
    after = reader.run(find_workload(classify(event)[0], event, place))

    assert (first.task_role_arn, again.task_role_arn) == (role("web-task"), role("web-task"))
    assert after.task_role_arn == role("api-task")
    assert (cold > warm, warm) == (True, 0)
    assert reader.calls <= cold
