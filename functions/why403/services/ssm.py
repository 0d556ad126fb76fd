"""SSM parameters: the policies by which they are shared, and the key of a secure one. The value is never read."""

from why403.iam.arn import Arn
from why403.iam.layer import Policy
from why403.iam.place import Place
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.documents import joined, parsed
from why403.services.names import plain_arn

SECURE = "SecureString"
DEFAULT_KEY = "alias/aws/ssm"
ARN, LETTERS = "ssm:parameter/{name}", "-_./"
GET_POLICIES = declared(
    "ssm:GetResourcePolicies", "A parameter that is shared with other accounts has a policy."
)
DESCRIBE = declared(
    "ssm:DescribeParameters",
    "Whether the parameter exists, and its key; where a line names none, those that it may have meant. "
    "It does not return the value.",
)


def parameter_names(arn: Arn) -> list[str]:
    """A name in a hierarchy begins with a slash, which its ARN does not show twice; a plain name has none."""
    name = arn.resource.removeprefix("parameter/")
    return [f"/{name}"] if "/" in name else [name, f"/{name}"]


def of_this_name(arn: Arn) -> list[dict[str, object]]:
    """The filter for the parameter."""
    return [{"Key": "Name", "Option": "Equals", "Values": parameter_names(arn)}]


def is_listed(arn: Arn, answer: Answer) -> bool:
    """Whether the parameters listed hold this one."""
    return any(item.get("Name") in parameter_names(arn) for item in answer.items("Parameters"))


def sharing_policies(arn: Arn, said: Answer) -> Policy | None:
    """All of them as one."""
    del arn
    held = said.items("Policies")
    return joined("sharing policies", (parsed("sharing policy", item.get("Policy")) for item in held))


def key_of(arn: Arn, said: Answer) -> str:
    """Only a secure parameter has one."""
    del arn
    found = said.items("Parameters")
    return str(found[0].get("KeyId") or DEFAULT_KEY) if found and found[0].get("Type") == SECURE else ""


def named(text: str, place: Place) -> str | None:
    """The slash that begins a name in a hierarchy is the ARN's own."""
    return plain_arn(ARN, text.removeprefix("/"), place, LETTERS)


SERVICE = Service(
    prefix="ssm",
    name="SSM",
    title="AWS Systems Manager Parameter Store",
    page="https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html",
    resources=(
        Resource(
            kind="parameter",
            arn=ARN,
            letters=LETTERS,
            listed=Listing(DESCRIBE, within="Parameters", each="Name"),
            hints=("PARAMETER", "PARAM", "SSM"),
            named=named,
            also_called=lambda name: (f"/{name}",),
            asked=ServiceRead(GET_POLICIES, {"ResourceArn": "{called}"}, shows=False),
            described=ServiceRead(DESCRIBE, {"ParameterFilters": of_this_name}, shows=is_listed),
            policy=sharing_policies,
            key=key_of,
            below="GetParametersByPath",
            draft=Draft(
                called="sharing policy",
                beside=True,
                cli="ssm put-resource-policy --resource-arn {arn} --policy {document}",
                read_back="ssm get-resource-policies --resource-arn {arn}",
                cloudformation=Block("AWS::SSM::ResourcePolicy", {"ResourceArn": "{arn}"}, "Policy"),
                cdk="aws_ssm.CfnResourcePolicy",
            ),
        ),
    ),
    roles=(
        Role(
            "reader",
            asked="GetParameter GetParameters GetParametersByPath",
            grants={"same": "GetParameter GetParameters GetParametersByPath"},
        ),
    ),
    neighbours="GetParameter GetParameters GetParametersByPath PutParameter DeleteParameter",
    keys_page="https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html",
    needs_besides={"GetParameter GetParameters GetParametersByPath": "Decrypt", "PutParameter": "Encrypt"},
    tries={"GetParameter": "ssm get-parameter --name /{name} --query Parameter.ARN"},
)
