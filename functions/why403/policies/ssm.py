"""SSM parameters: how they are shared, and the key of a secure one. The value is never read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.services.documents import joined, parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html"
SECURE = "SecureString"
DEFAULT_KEY = "alias/aws/ssm"
GET_POLICIES = DeclaredRead(
    "ssm",
    "GetResourcePolicies",
    ("ssm:GetResourcePolicies",),
    "A parameter that is shared with other accounts has a policy.",
)
DESCRIBE = DeclaredRead(
    "ssm",
    "DescribeParameters",
    ("ssm:DescribeParameters",),
    "Whether the parameter exists, and its key. It does not return the value.",
)


def parameter_names(arn: Arn) -> list[str]:
    """A name in a hierarchy begins with a slash, which its ARN does not show twice; a plain name has none."""
    name = part_after(arn, "parameter/")
    return [f"/{name}"] if "/" in name else [name, f"/{name}"]


def probe(arn: Arn) -> Read:
    """The parameters of this name."""
    return DESCRIBE.of(region=arn.region, ParameterFilters=_filters(arn))


def _filters(arn: Arn) -> list[dict[str, object]]:
    return [{"Key": "Name", "Option": "Equals", "Values": parameter_names(arn)}]


def shows(arn: Arn, answer: Answer) -> bool:
    """Whether the parameters listed hold this one."""
    return any(item.get("Name") in parameter_names(arn) for item in answer.items("Parameters"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. An absent parameter is shown by a list without it."""
    del action
    collector = ReplyCollector(str(arn))
    if not part_after(arn, "parameter/"):
        return collector.reading(service="ssm", account=arn.account)
    described, policies = yield (
        ask(DESCRIBE, arn, place, ParameterFilters=_filters(arn)),
        ask(GET_POLICIES, arn, place, ResourceArn=str(arn)),
    )
    said = collector.take(policies, Layer.RESOURCE)
    found = collector.take(described).items("Parameters")
    collector.exists = bool(found) if isinstance(described, Answer) else None
    secure = bool(found) and found[0].get("Type") == SECURE
    return collector.reading(
        service="ssm",
        account=arn.account,
        policy=joined(
            "sharing policies",
            (parsed("sharing policy", item.get("Policy")) for item in said.items("Policies")),
        ),
        key_arn=str(found[0].get("KeyId") or DEFAULT_KEY) if secure else "",
    )


SERVICE = PolicyService(
    stem="ssm",
    title="AWS Systems Manager Parameter Store",
    prefixes=("ssm",),
    page=PAGE,
    reads=(GET_POLICIES, DESCRIBE),
    read=read,
    holds="sharing policies",
    follows_key=True,
    probe=probe,
    shows=shows,
)
