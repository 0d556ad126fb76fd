"""The Regions in which a mistyped ARN is looked for, against those that botocore knows."""

import json
from pathlib import Path

import boto3
from why403 import policies

LISTED: dict[str, list[str]] = json.loads(
    Path(str(policies.__file__)).with_name("regions.json").read_text("utf-8")
)


def test_every_region_that_is_looked_in_is_one_of_its_partition() -> None:
    session = boto3.Session(region_name="eu-west-1")
    known = {partition: set(session.get_available_regions("ec2", partition)) for partition in LISTED}

    assert {partition: set(regions) - known[partition] for partition, regions in LISTED.items()} == {
        "aws": set(),
        "aws-cn": set(),
        "aws-us-gov": set(),
    }
