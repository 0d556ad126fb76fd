"""Doctor: would a channel take a message: is its secret there, filled and open to notify, and does anybody hear its topic?

A secret is read only where that is asked for, with the reader's own right to it, and shown nowhere.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from why403.aws.permission_check import SIMULATE
from why403.aws.reader import Reader
from why403.aws.secrets import region_of
from why403.aws.stack import DeployedStack
from why403.cli.doctor_check import Check
from why403.cli.doctor_delivery import ask_channel, check_topic
from why403.delivery.channel import Channel, Destination
from why403.delivery.register import CHANNELS
from why403.delivery.routing import parse_routes
from why403.environment import unpacked
from why403.errors import SettingsError
from why403.iam.layer import Effect
from why403.policies.simulation import simulated
from why403.reads import Answer, Failure, asked
from why403.services import secretsmanager

SECRET = secretsmanager.DESCRIBE.used_for(
    "See whether a channel's secret is there and filled; its content is not read for that.",
    by_person=True,
)
ASK = "--ask-channels"
HEARD = {
    "EmailTopicArn": "who gets incidents as e-mail",
    "ChatTopicArn": "Amazon Q Developer in chat applications",
}
"""The output that names a topic of people's → who is to hear it."""


def check_channels(
    reader: Reader, stack: DeployedStack, notify: Mapping[str, Any], region: str, *, ask: bool
) -> Iterator[Check]:
    """Every secret that the settings and the routes name, and every topic that people are to hear; `notify` is that function."""
    looked_up: dict[str, Check] = {}
    for channel, there in _destinations(stack, notify):
        if there.secret not in looked_up:
            looked_up[there.secret] = check_secret(reader, channel, there.secret, str(notify.get("Role", "")))
            yield looked_up[there.secret]
        if ask and looked_up[there.secret].result == "ok":
            yield ask_channel(channel, there, region)
    for output, listener in HEARD.items():
        if topic := stack.outputs.get(output, ""):
            yield check_topic(topic, listener, region)


def check_named(
    reader: Reader, channel: Channel[Any], secret: str, region: str, *, ask: bool
) -> Iterator[Check]:
    """A secret that is named by hand, with no stack that says more."""
    check = check_secret(reader, channel, secret)
    yield check
    if ask and check.result == "ok":
        yield ask_channel(channel, Destination(secret=secret), region)


def _destinations(stack: DeployedStack, notify: Mapping[str, Any]) -> list[tuple[Channel[Any], Destination]]:
    """Channel and destination of each route, each once; by the stack's outputs where the function's settings cannot be read."""
    variables = notify.get("Environment", {}).get("Variables", {})
    try:
        routes = parse_routes(unpacked(str(variables["ROUTES"])))
        hosts = tuple(json.loads(unpacked(str(variables["WEBHOOK_HOSTS"]))))
    except (KeyError, ValueError, SettingsError):
        named = {one: stack.outputs.get(f"{one.name.title()}SecretName", "") for one in CHANNELS}
        return [(channel, Destination(secret=name)) for channel, name in named.items() if name]
    found: list[tuple[Channel[Any], Destination]] = []
    for route, channel in product(routes, CHANNELS):
        options = {name: route.options[name] for name in channel.options if name in route.options}
        there = Destination(secret=route.secrets.get(channel.name, ""), options=options, hosts=hosts)
        if there.secret and (channel, there) not in found:
            found.append((channel, there))
    return found


def check_secret(reader: Reader, channel: Channel[Any], secret: str, role: str = "") -> Check:
    """The secret is there, filled, not about to be deleted, and opens to `role`, the function notify's, where it is named."""
    holds = channel.secret.holds if channel.secret else ""
    (reply,) = reader.run(asked((SECRET.of(SecretId=secret, region=region_of(secret)),)))
    if not isinstance(reply, Answer):
        absent = reply.failure is Failure.ABSENT
        cure = f"Create it, holding {holds}." if absent else f"Allow {reply.cure or reply.read.call}."
        what = "is not there" if absent else f"could not be looked up ({reply.error})"
        return Check(f"secret {secret} {what}", "failed" if absent else "unknown", cure)
    if reply.at("DeletedDate") is not None:
        return Check(
            f"secret {secret} is scheduled for deletion", "failed", "Run aws secretsmanager restore-secret."
        )
    if not reply.at("VersionIdsToStages"):
        example = channel.secret.example if channel.secret else ""
        put = f"aws secretsmanager put-secret-value --secret-id {secret} --secret-string {example}"
        return Check(f"secret {secret} is empty", "failed", f"Put {holds} in: {put}")
    arn, key = reply.text("ARN"), reply.text("KmsKeyId")
    if role and (lacking := [*_shut(reader, role, arn, key)]):
        cure = f"Allow {' and '.join(lacking)} in the policies of {role}, and look for a Deny or a boundary there."
        return Check(f"secret {secret} is there, and notify may not read it", "failed", cure)
    cure = f"Whether {channel.title} takes a message: {ASK} reads the secret here and asks, or write a test line (--send-test)."
    return Check(f"secret {secret} is there", "ok", cure)


def _shut(reader: Reader, role: str, secret: str, key: str) -> Iterator[str]:
    """What IAM's simulator says that the role may not do to read the secret; nothing where it cannot be asked."""
    context = {
        "kms:ViaService": f"secretsmanager.{region_of(secret)}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": secret,
    }
    entries = [
        {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for name, value in context.items()
    ]
    needed = {
        "secretsmanager:GetSecretValue": secret,
        **({"kms:Decrypt": key} if key.startswith("arn:") else {}),
    }
    for action, resource in needed.items():
        read = SIMULATE.of(
            PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
        )
        (reply,) = reader.run(asked((read,)))
        found = simulated(reply, action) if isinstance(reply, Answer) else None
        if found is not None and found.effect is not Effect.ALLOW:
            yield f"{action} on {resource}"
