"""Log group → workload for the kinds that only moto emulates."""

import json
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
NODE_ROLE = "arn:aws:iam::123456789012:role/node"
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


def make_cluster(account: boto3.Session) -> None:
    """A cluster with one node group, whose nodes have a role."""
    eks: Any = account.client("eks")
    ec2: Any = account.client("ec2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
    cluster = {"name": "shop", "roleArn": "arn:aws:iam::123456789012:role/cluster"}
    eks.create_cluster(**cluster, resourcesVpcConfig={"subnetIds": subnets})
    eks.create_nodegroup(clusterName="shop", nodegroupName="blue", nodeRole=NODE_ROLE, subnets=subnets)


def test_a_pod_without_a_role_of_its_own_has_its_node_s(account: boto3.Session) -> None:
    make_cluster(account)

    workload = found("/aws/containerinsights/shop/application", "shop-web-5d7f_default_web")

    assert (workload.kind, workload.role_arn) == ("eks", NODE_ROLE)
    assert "workloads.node-role" in [finding.id for finding in workload.findings]


def test_a_role_that_trusts_the_cluster_s_issuer_for_a_service_account_is_a_pod_s(
    account: boto3.Session,
) -> None:
    make_cluster(account)
    eks: Any = account.client("eks")
    iam: Any = account.client("iam")
    issuer = eks.describe_cluster(name="shop")["cluster"]["identity"]["oidc"]["issuer"].partition("://")[2]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{issuer}:sub": "system:serviceaccount:default:web"}},
    }
    made = iam.create_role(
        RoleName="web-pod",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )

    workload = found(
        "/aws/containerinsights/shop/application",
        "",
        "arn:aws:sts::123456789012:assumed-role/web-pod/1790000000",
    )

    assert (workload.kind, workload.caller_arn) == ("eks", made["Role"]["Arn"])


@pytest.mark.parametrize("roles", [("calls",), ("calls", "other")])
def test_an_api_s_role_is_that_of_its_integrations_where_they_have_one(
    account: boto3.Session, roles: tuple[str, ...]
) -> None:
    gateway: Any = account.client("apigateway")
    api = gateway.create_rest_api(name="shop")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    arns = [f"arn:aws:iam::123456789012:role/{role}" for role in roles]
    for method, role in zip(("GET", "POST"), arns, strict=False):
        where = {"restApiId": api, "resourceId": root, "httpMethod": method}
        gateway.put_method(**where, authorizationType="NONE")
        gateway.put_integration(
            **where,
            type="AWS",
            integrationHttpMethod="POST",
            credentials=role,
            uri="arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders",
        )

    workload = found(f"API-Gateway-Execution-Logs_{api}/live", "")

    assert (workload.kind, workload.name) == ("apigateway", "shop")
    assert workload.role_arn == (arns[0] if len(arns) == 1 else "")
