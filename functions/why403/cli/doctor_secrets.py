"""Doctor: is a channel's secret there, filled, and open to the function that delivers? Its content is never read."""

from collections.abc import Iterator, Mapping
from typing import Any

from why403.aws.permission_check import SIMULATE
from why403.aws.reader import Reader
from why403.cli.doctor_check import Check
from why403.delivery.channel import Channel
from why403.iam.layer import Effect
from why403.policies.simulation import simulated
from why403.reads import Answer, Failure, Plan, Reply
from why403.services import secretsmanager

SECRET = secretsmanager.DESCRIBE.used_for(
    "See whether a channel's secret is there and filled; its content is never read here.",
    by_person=True,
)


def check_secret(reader: Reader, channel: Channel[Any], secret: str, role: str = "") -> Check:
    """The secret is there, filled, not about to be deleted, and opens to `role`, the function notify's, where it is named.

    Whether the receiver answers, the test line tells.
    """
    holds = channel.secret.holds if channel.secret else ""
    reply = reader.run(_describe(secret))
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
    cure = f"Whether {channel.title} takes the message: write a test line (--send-test); its content is never read here."
    return Check(f"secret {secret} is there", "ok", cure)


def _shut(reader: Reader, role: str, secret: str, key: str) -> Iterator[str]:
    """What IAM's simulator says that the role may not do to read the secret; nothing where it cannot be asked."""
    region = secret.split(":")[3] if secret.count(":") > 3 else ""  # noqa: PLR2004  # an ARN's fourth part
    context = {
        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": secret,
    }
    asked = {
        "secretsmanager:GetSecretValue": secret,
        **({"kms:Decrypt": key} if key.startswith("arn:") else {}),
    }
    for action, resource in asked.items():
        reply = reader.run(_simulate(role, action, resource, context))
        found = simulated(reply, action) if isinstance(reply, Answer) else None
        if found is not None and found.effect is not Effect.ALLOW:
            yield f"{action} on {resource}"


def _simulate(role: str, action: str, resource: str, context: Mapping[str, str]) -> Plan[Reply]:
    entries = [
        {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for name, value in context.items()
    ]
    (reply,) = yield (
        SIMULATE.of(
            PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
        ),
    )
    return reply


def _describe(secret: str) -> Plan[Reply]:
    (reply,) = yield (SECRET.of(SecretId=secret),)
    return reply
