"""The checks before a deployment: each a read or two, and what they mean."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from why403.aws.session import client
from why403.incidents.log_groups import FILTERS_ONCE, FILTERS_TODAY, WITHOUT_FILTERS

from infra.function import functions_of
from infra.settings import Settings, context_of

WITHOUT_FUNCTION_URLS = frozenset(
    {
        *("ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
        *("ca-west-1", "cn-northwest-1", "eu-central-2", "il-central-1", "me-central-1", "mx-central-1"),
        *("us-gov-east-1", "us-gov-west-1"),
    }
)
"""Regions whose CloudFormation knows no AWS::Lambda::Url: cfn-lint 1.58, rule E3006."""
CDK_JSON = Path(__file__).parents[1] / "cdk.json"
QUALIFIER = "@aws-cdk/core:bootstrapQualifier"
"""https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html"""
BOOTSTRAP_AT_LEAST = 6
"""As the template's own rule CheckBootstrapVersion says; a test compares. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""
UNRESERVED_AT_LEAST = 100
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
GROUPS_LISTED = 2_000
"""Forty pages of 50, some ten seconds: a check before a deployment may not take longer."""
ABSENT = frozenset(
    {
        *(
            "ResourceNotFoundException",
            "NoSuchEntity",
            "ParameterNotFound",
            "ValidationError",
            "NotFoundException",
        ),
        *("InvalidSubnetID.NotFound", "InvalidGroup.NotFound"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and whether the deployment would fail by it."""

    told: str
    blocks: bool = True


def check_bootstrap(_settings: Settings, cdk: Path = CDK_JSON) -> Iterator[Finding]:
    """Whether the account and Region are bootstrapped for the CDK. A qualifier of the organization's stands in cdk.json."""
    own = str(context_of(cdk).get(QUALIFIER) or "")
    name = f"/cdk-bootstrap/{own or 'hnb659fds'}/version"
    how = f"with the qualifier {own} of cdk.json ({QUALIFIER})" if own else "by: make bootstrap"
    told = found(lambda: client("ssm").get_parameter(Name=name))
    if told is None:
        yield Finding(
            f"The CDK is not set up in this account and Region. Do it once, {how}. Where your organization bootstraps with "
            f'another qualifier, write it beside "why403" in cdk.json: "{QUALIFIER}": "…".'
        )
        return
    version = str(told["Parameter"]["Value"])
    if version.isdigit() and int(version) < BOOTSTRAP_AT_LEAST:
        yield Finding(
            f"The CDK's set-up in this account and Region is of version {version}, and {BOOTSTRAP_AT_LEAST} is needed. Renew it, {how}: "
            "that changes roles and policies of the stack CDKToolkit alone."
        )


def check_region(settings: Settings) -> Iterator[Finding]:
    """Whether the Region has what the fix page and the Slack app are served by."""
    region = client("lambda").meta.region_name
    if settings.slack_app and region in WITHOUT_FUNCTION_URLS:
        yield Finding(
            f"slack_app: Lambda has no function URLs in {region}, so Slack could not reach the app there and the "
            'deployment would fail. Write "slack_app": false in cdk.json: messages then have links instead of buttons.'
        )
    if settings.page_mode == "signed" and region in WITHOUT_FUNCTION_URLS:
        yield Finding(
            f"page_mode: Lambda has no function URLs in {region}, so the fix page cannot be served there and the "
            'deployment would fail. Write "page_mode": "console" in cdk.json: incidents are then shown in the CloudWatch console, in every Region.'
        )


def check_log_groups(settings: Settings) -> Iterator[Finding]:
    """Whether the log groups exist and have a subscription filter to spare."""
    if not (settings.log_groups or settings.log_group_tags):
        yield Finding("log_groups is empty, so nothing would be watched. Name your log groups in cdk.json.")
    if settings.watches_account:
        return
    quota = _filters_per_group()
    for group in (one for one in settings.log_groups if one not in settings.globs):
        classes = {name: kind for name, kind in groups(logGroupNamePrefix=group) if name == group}
        if group not in classes:
            yield Finding(f"log_groups: there is no log group {group}.{_near(group)}")
            continue
        if classes[group] in WITHOUT_FILTERS:
            yield Finding(
                f"log_groups: {group} is of class {classes[group]}, which takes no subscription filter, and the deployment "
                "would fail. Log to a group of the class Standard: a group's class cannot be changed."
            )
            continue
        filters = client("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
        others = [item["filterName"] for item in filters if item["filterName"] != settings.stack_name]
        if len(others) >= (quota or FILTERS_ONCE):
            yield _filters_are_taken(group, others, quota)


def _filters_are_taken(group: str, others: list[str], quota: int | None) -> Finding:
    limit = (
        str(quota) if quota else f"{FILTERS_ONCE} to {FILTERS_TODAY} (the account's quota could not be read)"
    )
    return Finding(
        f"log_groups: {group} has {len(others)} of {limit} subscription filters already "
        f"({', '.join(others)}), and none of them is ours to delete. Free one, ask for a higher quota, or "
        'write the group as a glob ("/ecs/orders*") with "globs_by": "account-policy".',
        blocks=len(others) >= (quota or FILTERS_TODAY),
    )


def check_account_policy(settings: Settings) -> Iterator[Finding]:
    """Whether the account's one subscription policy is free, where globs need it."""
    if not settings.watches_account:
        return
    policies = client("logs").describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY")[
        "accountPolicies"
    ]
    others = [policy["policyName"] for policy in policies if policy["policyName"] != settings.stack_name]
    if others:
        yield Finding(
            f"log_groups holds globs, which need the account's one subscription policy, and {others[0]} has it. "
            'Watch them by "globs_by": "filters" instead.'
        )


def check_concurrency(settings: Settings) -> Iterator[Finding]:
    """Whether the account has concurrency to reserve."""
    if can_reserve(settings):
        return
    yield Finding(
        f"concurrency: the account cannot reserve {_wanted(settings)} executions and keep {UNRESERVED_AT_LEAST} "
        "unreserved, as Lambda asks, so none are reserved: a storm of lines may use what your other functions "
        "need. Ask for a higher quota of concurrent executions; the next deployment then reserves them.",
        blocks=False,
    )


def can_reserve(settings: Settings) -> bool:
    """Whether Lambda would let the stack reserve what the settings say."""
    left = client("lambda").get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    free: int = left + _reserved_by_us(settings) - _wanted(settings)
    return not _wanted(settings) or free >= UNRESERVED_AT_LEAST


def _wanted(settings: Settings) -> int:
    return sum(settings.concurrency_of(name) for name in functions_of(settings))


def check_boundary(settings: Settings) -> Iterator[Finding]:
    """Whether the permissions boundary exists."""
    boundary = settings.permissions_boundary
    if not boundary:
        return
    if not boundary.startswith("arn:"):
        own = client("sts").get_caller_identity()["Arn"].split(":")
        boundary = f"arn:{own[1]}:iam::{own[4]}:policy/{boundary}"
    if absent(lambda: client("iam").get_policy(PolicyArn=boundary)):
        yield Finding(f"permissions_boundary: there is no policy {boundary}.")


def check_listeners(settings: Settings) -> Iterator[Finding]:
    """Whether anybody hears of alarms."""
    if not settings.alarm_email_addresses:
        yield Finding(
            "alarm_email_addresses is empty: subscribe somebody to the alarms topic (output AlarmsTopicArn), or "
            "nobody hears that why403 is unwell.",
            blocks=False,
        )


def found(ask: Callable[[], Any]) -> Any:  # noqa: ANN401  # what boto3 answers
    """The answer; None where AWS says that there is no such thing; other errors go up."""
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise


def absent(ask: Callable[[], Any]) -> bool:
    """Whether AWS says that there is no such thing; other errors go up."""
    return found(ask) is None


def groups(**asked: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # parameters of an API
    """Name and class of each."""
    pages = (
        client("logs")
        .get_paginator("describe_log_groups")
        .paginate(PaginationConfig={"MaxItems": GROUPS_LISTED}, **asked)
    )
    for page in pages:
        yield from ((group["logGroupName"], group.get("logGroupClass", "")) for group in page["logGroups"])


def _near(group: str) -> str:
    near = difflib.get_close_matches(group, [name for name, _ in groups()], n=3)
    return (
        f" Did you mean {' or '.join(near)}?" if near else " Groups of another Region are not seen from here."
    )


def _filters_per_group() -> int | None:
    """The account's quota; None where it cannot be read."""
    try:
        pages = client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode="logs")
        quotas = [quota for page in pages for quota in page["Quotas"]]
    except ClientError:
        return None
    named = [
        quota["Value"]
        for quota in quotas
        if "subscription filters per log group" in quota["QuotaName"].lower()
    ]
    return int(named[0]) if named else None


def _reserved_by_us(settings: Settings) -> int:
    """What a stack of this name, deployed before, reserves already."""
    stack = settings.stack_name
    if absent(lambda: client("cloudformation").describe_stacks(StackName=stack)):
        return 0
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    functions = [
        item["PhysicalResourceId"]
        for page in pages
        for item in page["StackResourceSummaries"]
        if item["ResourceType"] == "AWS::Lambda::Function"
    ]
    asked = (client("lambda").get_function_concurrency(FunctionName=name) for name in functions)
    return sum(answer.get("ReservedConcurrentExecutions", 0) for answer in asked)
