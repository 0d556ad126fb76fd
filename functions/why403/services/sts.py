"""Roles that somebody wants to assume: the trust policy. Other kinds of IAM resources carry no policy of their own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.reads import Plan, Reply
from why403.services.declaration import Block, Draft, Listing, Parts, Resource, Service, ServiceRead, declared
from why403.services.documents import parsed
from why403.services.read_policy import ask
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector, existence
from why403.services.tags import tags_of
from why403.workloads.eks.pod import ROLES

LETTERS = "-_.+=,@/"
NO_SUCH = ("NoSuchEntity", "NoSuchEntityException")
LIST = ROLES.used_for("Where a line names no role: the roles that it may have meant.", cache_seconds=60)
GET_ROLE = declared(
    "iam:GetRole",
    "The caller's boundary, tags and trust, whether the role still exists, and the trust policy of a role to assume.",
    absent=NO_SUCH,
)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. A role is found by its name alone: that its path is another is told."""
    collector = ReplyCollector(str(arn))
    (reply,) = yield (ask(GET_ROLE, arn, place, RoleName=parse_principal(str(arn)).name),)
    said = collector.take(reply, Layer.TRUST)
    found = said.text("Role", "Arn")
    if found not in {"", str(arn)}:
        collector.findings.append(Message("policies.role-path", {"asked": str(arn), "found": found}))
    return collector.reading(
        service="sts" if action.startswith("sts:") else "iam",
        account=arn.account,
        exists=is_known((reply,)),
        policy=parsed("trust policy", said.at("Role", "AssumeRolePolicyDocument")),
        tags=tags_of(said.items("Role", "Tags")),
    )


def is_known(replies: Iterable[Reply]) -> bool | None:
    """Whether IAM knows the role or user that it was asked about; None: the replies do not tell."""
    heard = ((ServiceRead(each.read.declared, gone=NO_SUCH), each) for each in replies)
    return existence(Arn("aws", "iam", "", "", "role"), heard)


def role_parts(arn: Arn) -> Parts:
    """IAM's commands take the role's name alone."""
    path, _, role = arn.resource.removeprefix("role").rpartition("/")
    return {"role": role, "path": f"{path}/"}


def named(text: str, place: Place) -> str | None:
    """A role's name in our account."""
    allowed = text and all(char.isascii() and (char.isalnum() or char in LETTERS) for char in text)
    return f"arn:{place.partition}:iam::{place.account}:role/{text}" if allowed else None


SERVICE = Service(
    prefix="sts",
    name="STS",
    title="AWS STS (roles)",
    page="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
    also=("iam",),
    resources=(
        Resource(
            kind="role",
            arn="iam:role/{name}",
            letters=LETTERS,
            listed=Listing(LIST, within="Roles", each="Arn", global_=True),
            hints=("ROLE",),
            named=named,
            fills=role_parts,
            also_called=lambda name: (name.rpartition("/")[2],),
            elsewhere=False,
            read=read,
            reads=(GET_ROLE,),
            draft=Draft(
                called="trust policy",
                most=2_048,
                blanks=False,
                statement_resource="omit",
                regional=False,
                cli="iam update-assume-role-policy --role-name {role} --policy-document {document}",
                read_back="iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument",
                terraform=Block(
                    "aws_iam_role", {"name": "{role}", "path": "{path}"}, "assume_role_policy", owned=True
                ),
                cloudformation=Block(
                    "AWS::IAM::Role",
                    {"RoleName": "{role}", "Path": "{path}"},
                    "AssumeRolePolicyDocument",
                    owned=True,
                ),
                cdk="aws_iam.CfnRole",
            ),
        ),
    ),
    neighbours="AssumeRole TagSession AssumeRoleWithWebIdentity SetSourceIdentity",
    tries={
        "AssumeRole": "sts assume-role --role-arn {called} --role-session-name why403-test"
        " --query AssumedRoleUser.Arn",
    },
)
