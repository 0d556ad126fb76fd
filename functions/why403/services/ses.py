"""SES identities: the sending authorization policies. Configuration sets and templates carry no policy."""

from why403.iam.arn import Arn
from why403.iam.layer import Policy
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared
from why403.services.documents import joined, parsed

GET_IDENTITY = declared(
    "ses:GetEmailIdentity", "The sending identity's policies may allow or deny the call.", client="sesv2"
)


def identity_policies(arn: Arn, said: Answer) -> Policy | None:
    """All of the identity's policies as one."""
    del arn
    held = said.at("Policies")
    named = held if isinstance(held, dict) else {}
    return joined("identity policies", (parsed(str(key), text) for key, text in named.items()))


SERVICE = Service(
    prefix="ses",
    name="SES",
    title="Amazon SES",
    page="https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html",
    resources=(
        Resource(
            kind="identity",
            arn="ses:identity/{name}",
            letters="-_.@+=",
            described=ServiceRead(GET_IDENTITY, {"EmailIdentity": "{name}"}, gone=("NotFoundException",)),
            policy=identity_policies,
            tags="Tags",
            draft=Draft(
                called="sending authorization policy",
                beside=True,
                cli="sesv2 create-email-identity-policy --email-identity {name} --policy-name {policy}"
                " --policy {document}",
                read_back="sesv2 get-email-identity-policies --email-identity {name}",
                terraform=Block(
                    "aws_sesv2_email_identity_policy",
                    {"email_identity": "{name}", "policy_name": "{policy}"},
                    "policy",
                ),
            ),
        ),
    ),
    endpoints=("email", "email-smtp"),
    unrecorded="SendBulkEmail SendEmail SendRawEmail SendTemplatedEmail",
)
