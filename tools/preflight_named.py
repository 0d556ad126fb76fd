"""Before a deployment: what the settings name is there, lies where it must, and lets the stack use it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from why403.aws.secrets import region_of
from why403.aws.session import client
from why403.aws.whoami import whoami
from why403.delivery.register import SECRETS

from infra.settings import Settings
from tools.preflight_checks import ABSENT, Finding, absent, found

CANNOT_USE = "the deployment would fail"
SERVICES: Mapping[str, str] = {
    "logs": "the functions' log groups",
    "cloudwatch": "alarms",
    "events": "parked events",
    "sns": "parked turns",
}
"""What AWS's services use the key for with a right of their own: docs/install.md has the statements."""
REACHED = frozenset({"dynamodb", "sns", "secretsmanager", "logs", "sts"})
"""Without these no incident is written and nobody is told."""


def check_names(settings: Settings) -> Iterator[Finding]:
    """Whether the secrets and the event bus that the settings name exist."""
    for (setting, channel), name in secrets_named(settings).items():
        yield from _secret_is_filled(setting, name, SECRETS[channel].example)
    bus = settings.event_bus
    if bus and absent(lambda: client("events").describe_event_bus(Name=bus)):
        yield Finding(f"event_bus: there is no event bus {bus}.")


def secrets_named(settings: Settings) -> dict[tuple[str, str], str]:
    """(Where a secret is named, its channel) → its name."""
    named = {(SECRETS[channel].setting, channel): name for channel, name in settings.channel_secrets.items()}
    for number, route in enumerate(settings.routes):
        for channel, secret in SECRETS.items():
            named[f"routes[{number}].{secret.setting}", channel] = route.get(secret.setting, "")
    return {where: name for where, name in named.items() if name}


def _secret_is_filled(setting: str, secret: str, value: str) -> Iterator[Finding]:
    """That it holds something is seen from its versions; its content is not read. `value`: how it begins."""
    region, name = region_of(secret), secret.rpartition(":")[2]
    there = f" --region {region}" if region else ""
    try:
        told = client("secretsmanager", region).describe_secret(SecretId=secret)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            yield Finding(f"{setting}: {secret} could not be looked at: {error}", blocks=False)
            return
        made = f"aws secretsmanager create-secret --name {name}{there} --secret-string {value}"
        yield Finding(f"{setting}: there is no secret {secret}. Make it: {made}")
        return
    if not told.get("VersionIdsToStages"):
        yield Finding(
            f"{setting}: the secret {secret} is empty. Fill it: "
            f"aws secretsmanager put-secret-value --secret-id {secret}{there} --secret-string {value}"
        )


def check_places(settings: Settings) -> Iterator[Finding]:
    """Whether what the settings name by ARN lies in the partition, and the key in the Region, that is deployed to."""
    here = whoami().place
    named = {where: name for (where, _), name in secrets_named(settings).items()}
    named |= {f"target_read_roles[{account}]": role for account, role in settings.target_read_roles.items()}
    named |= {
        name: getattr(settings, name)
        for name in ("kms_key", "permissions_boundary", "organization_read_role")
    }
    for setting, arn in named.items():
        parts = arn.split(":")
        if arn.startswith("arn:") and parts[1] != here.partition:
            yield Finding(
                f"{setting}: {arn} is of the partition {parts[1]}, and this account of {here.partition}: nothing crosses "
                "partitions. Name one of this partition."
            )
        elif setting == "kms_key" and arn and parts[3] != here.region:
            yield Finding(
                f"kms_key: {arn} is of {parts[3]}, and the stack goes to {here.region}, whose services take keys of their own "
                f"Region: {CANNOT_USE}. Name a key there, or a replica of this one."
            )


def check_key(settings: Settings) -> Iterator[Finding]:
    """Whether the key encrypts, and its policy lets AWS's services use it."""
    arn = settings.kms_key
    here = whoami().place
    if not arn or arn.split(":")[3] != here.region:
        return
    kms = client("kms")
    told = found(lambda: kms.describe_key(KeyId=arn))
    if told is None:
        yield Finding(f"kms_key: there is no key {arn}.")
        return
    key = told["KeyMetadata"]
    if key["KeyState"] != "Enabled" or key.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        yield Finding(
            f"kms_key: {arn} is {key['KeyState']} and of the kind {key.get('KeySpec')}: it must be enabled and symmetric "
            f"(SYMMETRIC_DEFAULT), or {CANNOT_USE}."
        )
        return
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    lacking = {service: what for service, what in SERVICES.items() if not _lets(policy, service)}
    if lacking:
        yield Finding(
            f"kms_key: the policy of {arn} does not let {', '.join(lacking)} use it: {', '.join(lacking.values())} would be lost"
            f"{', and ' + CANNOT_USE if 'logs' in lacking else ''}. Add the statements of docs/install.md, Under strict rules.",
            blocks="logs" in lacking,
        )


def _lets(policy: Mapping[str, Any], service: str) -> bool:
    """Whether a statement that allows names the service; under which conditions is not looked at."""
    statements = policy.get("Statement", [])
    for statement in [statements] if isinstance(statements, Mapping) else statements:
        principal = statement.get("Principal")
        named = principal.get("Service", []) if isinstance(principal, Mapping) else principal
        names = [named] if isinstance(named, str) else named or []
        if statement.get("Effect") == "Allow" and any(name.split(".")[0] in {service, "*"} for name in names):
            return True
    return False


def check_network(settings: Settings) -> Iterator[Finding]:
    """Whether subnets and security groups are there, of one VPC, and lead to what the functions call."""
    if not settings.subnets:
        return
    ec2 = client("ec2")
    asks: Mapping[str, Callable[[], Any]] = {
        "subnets": partial(ec2.describe_subnets, SubnetIds=[*settings.subnets]),
        "security_groups": partial(ec2.describe_security_groups, GroupIds=[*settings.security_groups]),
    }
    told: dict[str, Any] = {}
    for setting, ask in asks.items():
        told[setting] = found(ask)
        if told[setting] is None:
            ids = ", ".join(getattr(settings, setting))
            yield Finding(f"{setting}: of {ids} not all are there, in this account and Region.")
            return
    placed = [*told["subnets"]["Subnets"], *told["security_groups"]["SecurityGroups"]]
    vpcs = sorted({str(one["VpcId"]) for one in placed})
    if len(vpcs) > 1:
        yield Finding(
            f"subnets, security_groups: they are of {len(vpcs)} VPCs ({', '.join(vpcs)}), and Lambda takes those of one."
        )
        return
    in_vpc = [{"Name": "vpc-id", "Values": vpcs}]
    tables = ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]
    closed = [subnet for subnet in settings.subnets if not _leads_out(subnet, tables)]
    if not closed:
        return
    services = {
        one["ServiceName"].rpartition(".")[2]
        for one in ec2.describe_vpc_endpoints(Filters=in_vpc)["VpcEndpoints"]
    }
    lacking = sorted(REACHED - services)
    endpoints = (
        f"; VPC endpoints are missing for {', '.join(lacking)}, without which nothing works"
        if lacking
        else ""
    )
    yield Finding(
        f"subnets: no route of {', '.join(closed)} leads to a NAT gateway or another way out, so that Slack, Teams and PagerDuty "
        f"cannot be reached{endpoints}. docs/install.md, Under strict rules, says what the functions call.",
        blocks=bool(lacking),
    )


def _leads_out(subnet: str, tables: Sequence[Mapping[str, Any]]) -> bool:
    """By its own route table, or the VPC's main one. An internet gateway is no way out: functions have no public address."""
    tied = [(one, table) for table in tables for one in table.get("Associations", ())]
    own = [table for one, table in tied if one.get("SubnetId") == subnet]
    main = [table for one, table in tied if one.get("Main")]
    return any(
        route.get("DestinationCidrBlock") == "0.0.0.0/0"
        and not str(route.get("GatewayId", "")).startswith("igw-")
        for table in (own or main)[:1]
        for route in table.get("Routes", ())
        if route.get("State", "active") == "active"
    )
