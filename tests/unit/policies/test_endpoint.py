"""The VPC endpoint that a workload's calls take: its policy, under the id by which it is changed."""

from typing import Any

from why403.iam.place import Place
from why403.policies.read_sides import read_endpoint
from why403.workloads.workload import Workload, WorkloadKind

from tests.fakes.answers import FakeReader

PLACE = Place("123456789012", "us-east-1")
ENDPOINT = {
    "VpcEndpointId": "vpce-0a1b2c3d",
    "VpcEndpointType": "Gateway",
    "ServiceName": "com.amazonaws.us-east-1.s3",
    "RouteTableIds": ["rtb-1"],
    "PolicyDocument": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}',
}


def test_an_endpoints_policy_says_whose_it_is() -> None:
    answers: dict[str, Any] = {
        "ec2:DescribeSubnets": {"data": {"Subnets": [{"VpcId": "vpc-1"}]}},
        "ec2:DescribeRouteTables": {"data": {"RouteTables": [{"RouteTableId": "rtb-1"}]}},
        "ec2:DescribeVpcEndpoints": {"data": {"VpcEndpoints": [ENDPOINT]}},
    }
    workload = Workload(kind=WorkloadKind.ECS, subnets=("subnet-1",), account="123456789012")
    found = FakeReader(answers).run(read_endpoint("s3:GetObject", workload, PLACE))

    assert found.policy is not None
    assert found.policy.arn == "arn:aws:ec2:us-east-1:123456789012:vpc-endpoint/vpce-0a1b2c3d"
