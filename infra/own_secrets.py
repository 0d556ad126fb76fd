"""The channels' secrets and the keys of the page's links: in Secrets Manager, never in the environment or the template."""

import json
from collections.abc import Iterable, Mapping

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from why403.delivery.register import OWN_ROOM, SECRETS

from infra.acknowledged import acknowledge
from infra.outputs import tell
from infra.read_statements import chunks
from infra.settings import Settings

LINKS = "links"


def made_secrets(settings: Settings) -> dict[str, str]:
    """A channel's name, or LINKS → the name of the secret that the stack makes for it."""
    made = [OWN_ROOM.name] if settings.makes_own_room else []
    made += [LINKS] if settings.page_mode == "signed" else []
    return {name: f"{settings.stack_name}/{name}" for name in made}


class Secrets(Construct):
    """Secrets are granted by name: one that you made already and one that the stack makes are the same to us.

    What the stack makes is kept when a setting or the stack's end takes it out; a first deployment that fails leaves none.
    """

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.channels = dict(settings.channel_secrets)
        """The names by channel: what a route uses that names none of its own."""
        self.links = made_secrets(settings).get(LINKS, "")
        self._made = set(made_secrets(settings).values())
        if settings.makes_own_room:
            own = OWN_ROOM.name
            self.channels[own] = made_secrets(settings)[own]
            room = secretsmanager.CfnSecret(
                self,
                own.title(),
                name=self.channels[own],
                description=f"Holds {SECRETS[own].holds}. Made empty: put it in once, updates leave it alone.",
            )
            room.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        if self.links:
            secretsmanager.Secret(
                self,
                "Links",
                removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
                secret_name=self.links,
                description="The key that signs the links to fix pages, and its predecessor while links still use it.",
                generate_secret_string=secretsmanager.SecretStringGenerator(
                    secret_string_template=json.dumps({"current": "1"}),
                    generate_string_key="1",
                    password_length=64,
                    exclude_punctuation=True,
                ),
            )
        acknowledge(
            self,
            "AwsSolutions-SMG4",
            "A webhook's URL is renewed in Slack, by hand. The key of the links is rotated by hand too, with its "
            "predecessor kept beside it until the last link has expired (docs/runbooks/rotate-link-key.md).",
        )
        for channel, name in self.channels.items():
            tell(
                self, f"{channel.title()}SecretName", name, f"The secret that holds {SECRETS[channel].holds}"
            )

    def grant_read(self, grantee: iam.IRole, *names: str) -> None:
        """Let a function read secrets, by name or ARN; those that are not the stack's own may have a customer's key."""
        self._grant(grantee, ["secretsmanager:GetSecretValue"], names)
        theirs = [name for name in names if name not in self._made]
        for region, some in (
            (Stack.of(self).region, [name for name in theirs if not name.startswith("arn:")]),
            (
                "*",
                [name for name in theirs if name.startswith("arn:")],
            ),  # an ARN names its own, or a parameter does
        ):
            # China's Regions are told with another domain; what stands there is AWS's.
            via = {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com*"}
            self._grant(grantee, ["kms:Decrypt"], some, via)
        if theirs:
            acknowledge(
                grantee,
                "AwsSolutions-IAM5[Resource::*]",
                "Which key a secret of yours is encrypted with is not known here: the statement opens any key, but through "
                "Secrets Manager and for these secrets alone.",
            )

    def _grant(
        self,
        grantee: iam.IRole,
        actions: list[str],
        names: Iterable[str],
        via: Mapping[str, str] | None = None,
    ) -> None:
        """On the secrets themselves, or `via` Secrets Manager on whatever key they have."""
        for arns in chunks(arn for name in names for arn in self._arns(name)):
            on_keys = {"StringLike": {**via, "kms:EncryptionContext:SecretARN": list(arns)}} if via else {}
            grantee.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=actions, resources=["*"] if via else list(arns), conditions=on_keys
                )
            )

    def _arns(self, name: str) -> list[str]:
        """A secret's ARN ends in six characters of AWS's choice; whether one that is given does cannot be seen."""
        if name.startswith("arn:"):
            return [name, f"{name}-??????"]
        return [
            Stack.of(self).format_arn(
                service="secretsmanager",
                resource="secret",
                resource_name=f"{name}-??????",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
        ]
