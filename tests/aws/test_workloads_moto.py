"""Log group → workload for the kinds that only moto emulates."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.denials.denial import Denial, Verdict
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.workloads.find import find_workload
from why403.workloads.workload import Workload

PLACE = Place("123456789012", "eu-west-1")
TASK = "0123456789abcdef0123456789abcdef"
JOB_ROLE = "arn:aws:iam::123456789012:role/job"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/job-execution"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", PLACE.region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        forget()
        yield boto3.Session()
    forget()


def found(group: str, stream: str, principal: str | None = None) -> Workload:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, principal=principal)
    return Reader(PLACE).run(find_workload(denial, LogEvent("AccessDenied", group, stream), PLACE))


def test_a_batch_jobs_role_is_told_from_its_execution_role(account: boto3.Session) -> None:
    batch: Any = account.client("batch")
    batch.register_job_definition(
        jobDefinitionName="export",
        type="container",
        containerProperties={
            "image": "export:1",
            "vcpus": 1,
            "memory": 128,
            "jobRoleArn": JOB_ROLE,
            "executionRoleArn": EXECUTION_ROLE,
        },
    )

    workload = found("/aws/batch/job", f"export/default/{TASK}")

    assert (workload.kind, workload.name) == ("batch", "export")
    assert (workload.role_arn, workload.caller_arn) == (JOB_ROLE, JOB_ROLE)
    assert workload.execution_role_arn == EXECUTION_ROLE


def test_an_instances_role_is_that_of_its_profile(account: boto3.Session) -> None:
    iam: Any = account.client("iam")
    role = iam.create_role(RoleName="host", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="host-profile")
    iam.add_role_to_instance_profile(InstanceProfileName="host-profile", RoleName="host")
    ec2: Any = account.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instance = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "host-profile"}
    )["Instances"][0]["InstanceId"]

    workload = found("/var/log/app", instance)

    assert workload.kind == "ec2"
    assert (workload.role_arn, workload.caller_arn) == (role, role)


@pytest.mark.usefixtures("account")
def test_a_group_that_nothing_is_known_to_write_to_leaves_the_principal_of_the_line() -> None:
    caller = "arn:aws:sts::123456789012:assumed-role/worker/abc"

    workload = found("/nobody/knows", "stream", caller)

    assert workload.kind == "principal"
    assert workload.caller_arn == "arn:aws:iam::123456789012:role/worker"
