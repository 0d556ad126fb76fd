"""What a draft reaches: the incident's objects and paths, not one of them; and nothing by a line's wish."""

import pytest
from why403.remedies.scope import Scope, scope_of
from why403.remedies.varying import another

HOME = "123456789012"
ECS = f"arn:aws:ecs:us-east-1:{HOME}:"
SSM = f"arn:aws:ssm:us-east-1:{HOME}:parameter/"
SECRET = f"arn:aws:secretsmanager:us-east-1:{HOME}:secret:"
API = f"arn:aws:execute-api:us-east-1:{HOME}:a1b2c3d4e5/prod/GET/"
POINT = f"arn:aws:s3:us-east-1:{HOME}:accesspoint/media-ap/object/"
LOGS = f"arn:aws:logs:us-east-1:{HOME}:log-group:/ecs/orders:log-stream:"

VARYING = (
    ("s3:PutObject", "arn:aws:s3:::media/avatars/9041.jpg", "arn:aws:s3:::media/avatars/*", "arn:aws:s3:::media/*"),
    ("s3:PutObject", "arn:aws:s3:::media/users/42/photo.jpg", "arn:aws:s3:::media/users/*/photo.jpg", "arn:aws:s3:::media/*"),
    ("s3:PutObject", "arn:aws:s3:::media/2025/11/30/0042.pdf", "arn:aws:s3:::media/*/*/*/*.pdf", "arn:aws:s3:::media/*"),
    ("s3:PutObject", "arn:aws:s3:::media/in/2025/11/30/a.csv", "arn:aws:s3:::media/in/*/*/*/a.csv", "arn:aws:s3:::media/*"),
    ("s3:GetObject", "arn:aws:s3:::media/9041.jpg", "arn:aws:s3:::media/*.jpg", "arn:aws:s3:::media/*"),
    ("s3:GetObject", "arn:aws:s3:::media/9041", "arn:aws:s3:::media/*", ""),
    ("s3:GetObject", "arn:aws:s3:::media/in/0f0e0d0c-0b0a-4990-8887-868584838281.json", "arn:aws:s3:::media/in/*",
     "arn:aws:s3:::media/*"),
    ("s3:GetObject", "arn:aws:s3:::media/blobs/da39a3ee5e6b4b0d3255bfef95601890afd80709", "arn:aws:s3:::media/blobs/*",
     "arn:aws:s3:::media/*"),
    ("s3:GetObject", "arn:aws:s3:::media/in/01ARZ3NDEKTSV4RRFFQ69G5FAV/x", "arn:aws:s3:::media/in/*/x", "arn:aws:s3:::media/*"),
    ("s3:PutObject", f"arn:aws:s3:::trail/AWSLogs/{HOME}/CloudTrail/us-east-1/2025/11/30/x.json.gz",
     f"arn:aws:s3:::trail/AWSLogs/{HOME}/CloudTrail/us-east-1/*/*/*/x.json.gz", "arn:aws:s3:::trail/*"),
    ("s3:GetObject", f"{POINT}in/17.txt", f"{POINT}in/*", f"{POINT}*"),
    ("ssm:GetParameter", f"{SSM}tenants/4711/db", f"{SSM}tenants/*/db", f"{SSM}tenants/*"),
    ("secretsmanager:GetSecretValue", f"{SECRET}app/db-Ab3xYz", f"{SECRET}app/db-??????", f"{SECRET}app/*"),
    ("execute-api:Invoke", f"{API}users/4711", f"{API}users/*", f"{API}*"),
    ("logs:PutLogEvents", f"{LOGS}app/app/0a1b", f"{LOGS}*", ""),
    ("ecs:StopTask", f"{ECS}task/main/0a1b2c3d4e5f60718293a4b5c6d7e8f9", f"{ECS}task/main/*", ""),
    ("dynamodb:GetRecords", f"arn:aws:dynamodb:us-east-1:{HOME}:table/orders/stream/2025-06-12T18:01:41.000",
     f"arn:aws:dynamodb:us-east-1:{HOME}:table/orders/stream/*", ""),
    ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{HOME}:function:resize:17",
     f"arn:aws:lambda:us-east-1:{HOME}:function:resize:*", ""),
    ("states:DescribeExecution", f"arn:aws:states:us-east-1:{HOME}:execution:nightly:run-7",
     f"arn:aws:states:us-east-1:{HOME}:execution:nightly:*", ""),
)  # fmt: skip
"""Action, the resource in the line, the pattern in the first draft, and the wider one."""
STAYING = (
    ("s3:GetObject", "arn:aws:s3:::media/in/logo.png"),
    ("s3:GetObject", "arn:aws:s3:::media/v2/us-east-1/sha256/x86_64/movie.mp4"),
    ("s3:GetObject", "arn:aws:s3:::backup-2025-06-12/latest.tar.gz"),
    ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{HOME}:orders-1234567"),
    ("ec2:TerminateInstances", f"arn:aws:ec2:us-east-1:{HOME}:instance/i-0abc1234def567890"),
    ("kms:Decrypt", f"arn:aws:kms:us-east-1:{HOME}:key/0f0e0d0c-0b0a-4990-8887-868584838281"),
    ("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{HOME}:repository/team7/app2025"),
    ("dynamodb:Query", f"arn:aws:dynamodb:us-east-1:{HOME}:table/orders-2025/index/by-date"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{HOME}:function:resize:live"),
    (
        "lambda:GetEventSourceMapping",
        f"arn:aws:lambda:us-east-1:{HOME}:event-source-mapping:0f0e0d0c-0b0a-4990-8887-868584838281",
    ),
    ("secretsmanager:GetSecretValue", f"{SECRET}app/db-secret"),
    ("ssm:GetParameter", f"{SSM}app/db1"),
)
"""Names that are the resource's own, or say the same in each call."""


def scope(action: str, resource: str, *seen: str, told: bool = True) -> Scope:
    found = scope_of(action, resource, seen, told=told)
    assert isinstance(found, Scope)
    return found


@pytest.mark.parametrize(("action", "resource", "pattern", "whole"), VARYING)
def test_what_varies_is_granted_for_every_call(action: str, resource: str, pattern: str, whole: str) -> None:
    found = scope(action, resource)

    assert ((pattern,), resource, whole) == (found.resources, found.denied, found.whole)


@pytest.mark.parametrize(("action", "resource"), STAYING)
def test_a_name_that_says_the_same_in_each_call_stays(action: str, resource: str) -> None:
    found = scope(action, resource)

    assert ((resource,), "") == (found.resources, found.denied)


@pytest.mark.parametrize(
    ("keys", "patterns"),
    [
        (("in/a.txt", "in/b.txt"), ["in/*"]),
        (("users/ann/p.json", "users/bob/p.json"), ["users/*/p.json"]),
        (("in/7.txt", "in/a.txt"), ["in/*"]),
        (("reports/q.csv", "private/q.csv"), ["reports/q.csv", "private/q.csv"]),
        (("a.txt", "b.txt"), ["a.txt", "b.txt"]),
        (("in/a", "in/b/c"), ["in/a", "in/b/c"]),
    ],
)
def test_siblings_tell_which_part_varies(keys: tuple[str, ...], patterns: list[str]) -> None:
    bucket = "arn:aws:s3:::media/"
    found = scope("s3:GetObject", *(bucket + key for key in keys))

    assert tuple(bucket + each for each in patterns) == found.resources


def test_another_bucket_is_no_sibling() -> None:
    found = scope("s3:GetObject", "arn:aws:s3:::media/a.txt", "arn:aws:s3:::payroll/a.txt")

    assert found.resources == ("arn:aws:s3:::media/a.txt",)


@pytest.mark.parametrize(
    ("key", "spelled"), [("up/*/9041.jpg", "up/${*}/*"), ("up/*9041", "up/${*}9041"), ("${x}/1", "${$}{x}/*")]
)
def test_a_wildcard_that_a_line_wrote_is_never_ours(key: str, spelled: str) -> None:
    found = scope("s3:PutObject", f"arn:aws:s3:::media/{key}")

    assert (f"arn:aws:s3:::media/{spelled}",) == found.resources


def test_siblings_of_parameters_are_listed_not_joined() -> None:
    found = scope("ssm:GetParameter", f"{SSM}app/db", f"{SSM}app/cache")

    assert (f"{SSM}app/db", f"{SSM}app/cache") == found.resources


def test_what_no_line_names_does_not_vary() -> None:
    found = scope("ssm:GetParameter", f"{SSM}tenants/4711/db", told=False)

    assert ((f"{SSM}tenants/4711/db",), "") == (found.resources, found.denied)


@pytest.mark.parametrize(
    ("resource", "next_one"),
    [
        ("arn:aws:s3:::media/avatars/9041.jpg", "arn:aws:s3:::media/avatars/0152.jpg"),
        (f"arn:aws:s3:::t/{HOME}/us-east-1/2025/x", f"arn:aws:s3:::t/{HOME}/us-east-1/3136/x"),
        (f"{ECS}task/main/0a1b", f"{ECS}task/main/1a2b"),
        ("arn:aws:s3:::media/logo.png", "arn:aws:s3:::media/logo.png"),
        (f"arn:aws:sqs:us-east-1:{HOME}:orders-17", f"arn:aws:sqs:us-east-1:{HOME}:orders-17"),
        ("*", "*"),
    ],
)
def test_the_next_call_names_another_of_the_same_shape(resource: str, next_one: str) -> None:
    assert next_one == another(resource)


def test_a_key_of_a_thousand_numbers_costs_its_length() -> None:
    long = "arn:aws:s3:::media/" + "/".join(["7a" * 9] * 50)

    assert scope("s3:GetObject", long, *(f"{long}{number}" for number in range(200))).resources
