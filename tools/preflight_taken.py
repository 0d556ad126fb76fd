"""Before a deployment: names that the stack would give, and that are taken already, by an earlier stack perhaps."""

from collections.abc import Iterator

from botocore.exceptions import ClientError
from why403.aws.session import client
from why403.delivery.register import SECRETS

from infra.function import functions_of, own_log_group, role_stem
from infra.own_secrets import LINKS, made_secrets
from infra.setting_kinds import OWN_LOG_GROUPS
from infra.settings import Settings
from tools.preflight_checks import ABSENT, Finding, absent, groups


def check_own_secrets(settings: Settings) -> Iterator[Finding]:
    """Whether a secret that the stack would make is there already: one outlives its stack, and names are taken once."""
    there = {what: arn for what, name in made_secrets(settings).items() if (arn := _arn_of_secret(name))}
    ours = _resources_of(settings.stack_name) if there else frozenset()
    for what in (each for each, arn in there.items() if arn not in ours):
        name = made_secrets(settings)[what]
        yield Finding(
            f"page_mode: the secret {name} is there already, of an earlier stack perhaps, and the deployment would fail. It "
            "only signs links. Delete it, which ends those that were sent: "
            f"aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery"
            if what == LINKS
            else f"{SECRETS[what].setting}: the secret {name} is there already, of an earlier stack perhaps, and the "
            f'deployment would fail. Write "{SECRETS[what].setting}": "{name}" in cdk.json to go on using it.'
        )


def check_taken_names(settings: Settings) -> Iterator[Finding]:
    """Whether roles and log groups that the stack would name are there already, and are not its own."""
    ours = _resources_of(settings.stack_name)
    region = client("lambda").meta.region_name
    wanted = {
        f"{role_stem(settings, stem)}-{region}": own_log_group(settings, stem)
        for stem in functions_of(settings)
    }
    there = {name for name, _ in groups(logGroupNamePrefix=f"{OWN_LOG_GROUPS}{settings.stack_name}/")}
    for role, group in wanted.items():
        if role not in ours and _has_role(role):
            yield _is_taken("role", role, f"aws iam delete-role --role-name {role}")
        if group in there - ours:
            yield _is_taken("log group", group, f"aws logs delete-log-group --log-group-name {group}")


def _is_taken(what: str, name: str, delete: str) -> Finding:
    return Finding(
        f"stack_name: the {what} {name} is there already, of an earlier stack perhaps, and the deployment would fail. "
        f"Take another stack_name, or delete it: {delete}"
    )


def _has_role(name: str) -> bool:
    return not absent(lambda: client("iam").get_role(RoleName=name))


def _arn_of_secret(name: str) -> str:
    """Empty: there is none of that name."""
    try:
        return str(client("secretsmanager").describe_secret(SecretId=name)["ARN"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
    return ""


def _resources_of(stack: str) -> frozenset[str]:
    """The physical ids of what the stack holds now."""
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    try:
        found = [one for page in pages for one in page["StackResourceSummaries"]]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
        return frozenset()
    return frozenset(
        one.get("PhysicalResourceId", "") for one in found if not one["ResourceStatus"].startswith("DELETE")
    )
