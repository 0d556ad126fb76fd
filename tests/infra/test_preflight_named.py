"""What the settings name is looked at before a deployment: that it is there, lies where it must, and may be used."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from why403.aws import session
from why403.aws.whoami import Identity
from why403.iam.place import Place

from infra.settings import settings_of
from tools import preflight_named as named
from tools.preflight import findings

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888"
NETWORK = {"subnets": ["subnet-0000000a"], "security_groups": ["sg-0000000a"]}
USABLE = {"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}


def refusal(code: str) -> Any:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Describe")

    return refuse


def answering(answer: object) -> Any:
    return lambda **_: answer


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a check says of settings where AWS answers so; services by their names, with the Region that is asked."""
    identity = Identity("arn:aws:iam::123456789012:user/dana", Place("123456789012", "eu-central-1", "aws"))
    monkeypatch.setattr("tools.preflight_named.whoami", lambda: identity)

    def run(check: Any, settings: Mapping[str, Any], **clients: Any) -> list[str]:
        asked = {name: SimpleNamespace(**operations) for name, operations in clients.items()}
        monkeypatch.setattr(
            "tools.preflight_named.client",
            lambda name, region="": asked[f"{name}_{region.replace('-', '_')}" if region else name],
        )
        return [
            f"{'✗' if one.blocks else '!'} {one.told}" for one in findings(settings_of(settings), [check])
        ]

    return run


def test_a_secret_is_looked_for_in_the_region_and_account_that_its_arn_names(told: Any) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:team/slack-AbCdEf"
    there = {"describe_secret": answering({"VersionIdsToStages": {"v": ["AWSCURRENT"]}})}
    closed = {"describe_secret": refusal("AccessDeniedException")}

    assert told(named.check_names, {"slack_secret": arn}, secretsmanager_us_east_1=there) == []
    (line,) = told(named.check_names, {"slack_secret": arn}, secretsmanager_us_east_1=closed)
    assert line.startswith(f"! slack_secret: {arn} could not be looked at: ")


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({"kms_key": KEY}, []),
        (
            {"kms_key": KEY.replace("eu-central-1", "us-east-1")},
            [f"✗ kms_key: {KEY.replace('eu-central-1', 'us-east-1')} is of us-east-1, and the stack goes to eu-central-1"],
        ),
        (
            {"slack_secret": "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:slack-AbCdEf"},
            ["✗ slack_secret: arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:slack-AbCdEf is of the partition aws-cn"],
        ),
        (
            {"target_read_roles": {"111122223333": "arn:aws-us-gov:iam::111122223333:role/read"}},
            ["✗ target_read_roles[111122223333]: arn:aws-us-gov:iam::111122223333:role/read is of the partition aws-us-gov"],
        ),
        ({"target_read_roles": {"*": "read"}, "slack_secret": "team/slack"}, []),
    ],
)  # fmt: skip
def test_what_lies_in_another_partition_or_region_is_told(
    told: Any, settings: dict[str, Any], begins: list[str]
) -> None:
    lines = told(named.check_places, settings)

    assert [line[: len(begin)] for line, begin in zip(lines, begins, strict=True)] == begins


def key_policy(*services: str) -> Any:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "kms:*"}
    return answering({"Policy": json.dumps({"Statement": [statement]})})


@pytest.mark.parametrize(
    ("key", "policy", "begins"),
    [
        (refusal("NotFoundException"), None, ["✗ kms_key: there is no key"]),
        (answering({"KeyMetadata": {**USABLE, "KeyState": "PendingDeletion"}}), None, ["✗ kms_key: arn:aws:kms"]),
        (answering({"KeyMetadata": {**USABLE, "KeySpec": "RSA_2048"}}), None, ["✗ kms_key: arn:aws:kms"]),
        (answering({"KeyMetadata": USABLE}), key_policy("ec2.amazonaws.com"), ["✗ kms_key: the policy of"]),
        (
            answering({"KeyMetadata": USABLE}),
            key_policy("logs.eu-central-1.amazonaws.com"),
            ["! kms_key: the policy of"],
        ),
        (
            answering({"KeyMetadata": USABLE}),
            key_policy("logs.eu-central-1.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"),
            [],
        ),
    ],
    ids=["absent", "deleted", "asymmetric", "no logs", "logs alone", "all"],
)  # fmt: skip
def test_a_key_that_the_stack_could_not_use_is_told(
    told: Any, key: Any, policy: Any, begins: list[str]
) -> None:
    lines = told(named.check_key, {"kms_key": KEY}, kms={"describe_key": key, "get_key_policy": policy})

    assert [line[: len(begin)] for line, begin in zip(lines, begins, strict=True)] == begins


OUT = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
ENDPOINTS = [f"com.amazonaws.eu-central-1.{name}" for name in sorted(named.REACHED)]


@pytest.mark.parametrize(
    ("group_of", "route", "endpoints", "begins"),
    [
        ("vpc-1", OUT, [], []),
        ("vpc-2", OUT, [], ["✗ subnets, security_groups: they are of 2 VPCs (vpc-1, vpc-2)"]),
        (
            "vpc-1",
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            ENDPOINTS[1:],
            ["✗ subnets: no route of subnet-0000000a leads"],
        ),
        ("vpc-1", {}, ENDPOINTS, ["! subnets: no route of subnet-0000000a leads"]),
    ],
)
def test_subnets_without_a_way_out_or_of_another_vpc_are_told(
    told: Any, group_of: str, route: dict[str, str], endpoints: list[str], begins: list[str]
) -> None:
    tables = [{"Associations": [{"Main": True}], "Routes": [route]}]
    ec2 = {
        "describe_subnets": answering({"Subnets": [{"VpcId": "vpc-1"}]}),
        "describe_security_groups": answering({"SecurityGroups": [{"VpcId": group_of}]}),
        "describe_route_tables": answering({"RouteTables": tables}),
        "describe_vpc_endpoints": answering({"VpcEndpoints": [{"ServiceName": name} for name in endpoints]}),
    }
    lines = told(named.check_network, NETWORK, ec2=ec2)

    assert [line[: len(begin)] for line, begin in zip(lines, begins, strict=True)] == begins


def test_the_region_looked_at_is_the_one_that_the_cdk_deploys_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "ca-west-1")
    session.forget()
    region = session.session().region_name
    session.forget()

    assert region == "ca-west-1"


def test_a_subnet_that_is_not_there_is_told(told: Any) -> None:
    ec2 = {"describe_subnets": refusal("InvalidSubnetID.NotFound"), "describe_security_groups": answering({})}
    (line,) = told(named.check_network, NETWORK, ec2=ec2)

    assert line.startswith("✗ subnets: of subnet-0000000a not all are there")
