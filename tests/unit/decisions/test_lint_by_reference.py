"""What the reference data finds in a policy: each kind in a faulty statement, and not in a sound one beside it."""

from typing import Any

import pytest
from why403.decisions.decision import Request
from why403.decisions.evaluate import compile_set
from why403.decisions.lint import lint
from why403.iam.glob import overlap
from why403.iam.layer import Policy
from why403.policies.policy_set import PolicySet

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
REQUEST = Request(
    principal="arn:aws:sts::123456789012:assumed-role/app/s1", action="sqs:SendMessage", resource=QUEUE
)
ALLOW = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
CURRENT = "2012-10-17"


def found(*statements: Any, version: str = CURRENT, arn: str = "") -> list[str]:
    document = {"Version": version, "Statement": list(statements)}
    held = PolicySet(identity=(Policy("p", document, arn),))
    return [each.id.removeprefix("decisions.lint-") for each in lint(compile_set(held).layers, REQUEST)]


def found_in_target(*statements: Any) -> list[str]:
    held = PolicySet(resource=Policy("queue policy", {"Version": CURRENT, "Statement": list(statements)}))
    return [each.id.removeprefix("decisions.lint-") for each in lint(compile_set(held).layers, REQUEST)]


def under(operator: str, key: str, value: Any) -> dict[str, Any]:
    return ALLOW | {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalTag/team", "blue"),
        ("StringEquals", "aws:requestedregion", "us-east-1"),
        ("StringEquals", "token.actions.githubusercontent.com:sub", "repo:a/b"),
        ("StringEquals", "kms:EncryptionContext:purpose", "orders"),
        ("StringEquals", "s3:ExistingObjectTag/stage", "prod"),
        ("StringEquals", "made-up:Key", "x"),
        ("StringLike", "aws:PrincipalTag/team", "blue-*"),
        ("StringEquals", "aws:PrincipalTag/team", "${*}"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["cost"]),
        ("ForAllValues:StringEqualsIfExists", "aws:TagKeys", ["cost"]),
        ("Null", "aws:TagKeys", "true"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::shop"),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"),
        ("NumericLessThan", "aws:EpochTime", "1767225600"),
        ("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("Bool", "aws:SecureTransport", True),
        ("Bool", "aws:SecureTransport", "${aws:ViaAWSService}"),
        ("NumericLessThan", "s3:max-keys", 10),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
    ],
)
def test_a_sound_condition_is_not_remarked_on(operator: str, key: str, value: Any) -> None:
    assert found(under(operator, key, value)) == []


@pytest.mark.parametrize(
    ("operator", "key", "value", "finding"),
    [
        ("StringEquals", "aws:SourceAcount", "123456789012", "unknown-key"),
        ("StringEquals", "aws:PrincipalTag", "blue", "unknown-key"),
        ("StringEquals", "s3:prefixes", "home/", "unknown-key"),
        ("StringEquals", "prefix", "home/", "unknown-key"),
        ("Null", "aws:NoSuchKey", "true", "unknown-key"),
        ("StringEquals", "aws:PrincipalTag/team", "blue-*", "literal-wildcard"),
        ("StringNotEqualsIgnoreCase", "aws:PrincipalTag/team", "*", "literal-wildcard"),
        ("StringEquals", "aws:TagKeys", ["cost"], "set-operator"),
        ("StringLike", "aws:PrincipalOrgPaths", "o-aaaa/*", "set-operator"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["cost"], "for-all-values"),
        ("StringEquals", "aws:SecureTransport", "true", "operator-type"),
        ("StringEquals", "aws:SourceIp", "203.0.113.9", "operator-type"),
        ("NumericEquals", "aws:PrincipalTag/age", "7", "operator-type"),
        ("Bool", "aws:PrincipalOrgID", "true", "operator-type"),
        ("ArnLike", "aws:PrincipalOrgID", "arn:aws:s3:::shop", "operator-type"),
        ("IpAddress", "aws:SourceVpce", "203.0.113.9", "operator-type"),
        ("Bool", "aws:SecureTransport", "yes", "value"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/40", "value"),
        ("IpAddress", "aws:SourceIp", "${aws:PrincipalTag/ip}", "value"),
        ("IpAddress", "aws:SourceIp", "not an address", "value"),
        ("DateLessThan", "aws:CurrentTime", "tomorrow", "value"),
        ("NumericLessThan", "s3:max-keys", "ten", "value"),
        ("IpAddress", "aws:SourceIp", "10.1.0.0/16", "private-address"),
        ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "192.168.1.4"], "private-address"),
    ],
)
def test_a_faulty_condition_is_told(operator: str, key: str, value: Any, finding: str) -> None:
    assert finding in found(under(operator, key, value))


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"},
        {"Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"]},
        {"Action": "s3:*", "Resource": "arn:aws:s3:::shop"},
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/*"},
        {"Action": "ec2:DescribeInstances", "Resource": "*"},
        {"Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:orders-*"},
        {"Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:web:*"},
        {"Action": "dynamodb:Query", "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/t/index/*"},
        {"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/ops/deploy"},
        {"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay:prod"},
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"},
        {"Action": "iam:GetPolicy", "Resource": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {"Action": "sqs:SendMessage", "Resource": "arn:aws-cn:sqs:cn-north-1:123456789012:orders"},
    ],
)  # fmt: skip
def test_actions_and_resources_that_fit_are_not_remarked_on(statement: dict[str, Any]) -> None:
    assert found({"Effect": "Allow", **statement}) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop"}, "action-resource"),
        ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shop/*"}, "action-resource"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:aws:sns:us-east-1:123456789012:orders"}, "action-resource"),
        ({"Action": "dynamodb:Get*", "Resource": "arn:aws:s3:::shop/*"}, "action-resource"),
        ({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:user/ann"}, "action-resource"),
        ({"Action": "ec2:DescribeInstances", "Resource": "arn:aws:ec2:us-east-1:123456789012:instance/*"}, "needs-star"),
        ({"Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::shop"}, "needs-star"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-9:123456789012:orders"}, "region"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-esat-1:123456789012:orders"}, "region"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:12345678901:orders"}, "account"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:amazon:sqs:us-east-1:123456789012:orders"}, "partition"),
    ],
)  # fmt: skip
def test_what_can_have_no_effect_is_told(statement: dict[str, Any], finding: str) -> None:
    assert finding in found({"Effect": "Allow", **statement})


def test_a_variable_without_the_version_is_told_and_with_it_is_not() -> None:
    own = ALLOW | {"Resource": "arn:aws:sqs:us-east-1:123456789012:${aws:username}-jobs"}

    assert (found(own), found(own, version="2008-10-17")) == ([], ["variable-version"])


def test_a_sid_that_stands_twice_is_told_once() -> None:
    one = ALLOW | {"Sid": "A"}

    assert (found(one, one | {"Sid": "B"}), found(one, one, one)) == ([], ["duplicate-sid"])


def test_a_resources_policy_says_for_whom_and_a_roles_does_not() -> None:
    everyone = ALLOW | {"Principal": "*"}

    assert (found_in_target(everyone), found(ALLOW)) == ([], [])
    assert "missing-principal" in found_in_target(ALLOW)
    assert "needless-principal" in found(everyone)


def test_not_principal_is_told_with_allow_and_not_with_deny() -> None:
    spared = {"NotPrincipal": {"AWS": ["123456789012"]}}

    assert found_in_target(ALLOW | spared | {"Effect": "Deny"}) == []
    assert found_in_target(ALLOW | spared) == ["not-principal"]


def test_for_all_values_with_deny_or_beside_a_key_that_must_be_there_is_not_remarked_on() -> None:
    tags = under("ForAllValues:StringEquals", "aws:TagKeys", ["cost"])
    guarded = ALLOW | {"Condition": {**tags["Condition"], "Null": {"aws:TagKeys": "false"}}}

    assert (found(tags | {"Effect": "Deny"}), found(guarded)) == ([], [])


def test_policies_of_aws_are_not_remarked_on() -> None:
    faulty = ALLOW | {"Action": "sqs:NoSuchAction"}

    assert (found(faulty, arn="arn:aws:iam::aws:policy/Old"), found(faulty)) == ([], ["unknown-action"])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", True), ("a", "b", False), ("a*", "*b", True), ("a*c", "ab*", True), ("a*c", "b*", False),
        ("*/*", "a", False), ("*", "a/*", True), ("log-group:*:log-stream:*", "log-group:web:*", True),
        ("table/*/index/*", "table/t", False), ("a*b*c", "*x*", True),
    ],
)  # fmt: skip
def test_two_patterns_overlap_where_some_text_is_meant_by_both(one: str, other: str, expected: bool) -> None:  # noqa: FBT001  # the case's own
    assert (expected, expected) == (overlap(one, other), overlap(other, one))
