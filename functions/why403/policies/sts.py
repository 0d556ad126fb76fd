"""Roles that somebody wants to assume: the trust policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.policies.iam_reads import GET_ROLE
from why403.policies.service import PolicyService, ask
from why403.reads import Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector
from why403.services.tags import tags_of

PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"
GONE = frozenset({"NoSuchEntity", "NoSuchEntityException"})


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. Other kinds of IAM resources carry no policy of their own."""
    collector = ReplyCollector(str(arn), GONE)
    role = parse_principal(str(arn))
    if not arn.resource.startswith("role/"):
        return collector.reading(service="iam", account=arn.account)
    (reply,) = yield (ask(GET_ROLE, arn, place, RoleName=role.name),)
    said = collector.take(reply, Layer.TRUST)
    if said.text("Role", "Arn") not in {"", str(arn)}:
        collector.findings.append(
            Message("policies.role-path", {"asked": str(arn), "found": said.text("Role", "Arn")})
        )
    return collector.reading(
        service="sts" if action.startswith("sts:") else "iam",
        account=arn.account,
        policy=parsed("trust policy", said.at("Role", "AssumeRolePolicyDocument")),
        tags=tags_of(said.items("Role", "Tags")),
    )


SERVICE = PolicyService(
    stem="sts",
    title="AWS STS (roles)",
    prefixes=("iam", "sts"),
    page=PAGE,
    reads=(GET_ROLE,),
    read=read,
    holds="trust policy",
)
