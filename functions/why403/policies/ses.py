"""SES identities: the sending authorization policies."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import joined, parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector
from why403.services.tags import tags_of

PAGE = "https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html"
GONE = frozenset({"NotFoundException"})
GET_IDENTITY = DeclaredRead(
    "sesv2",
    "GetEmailIdentity",
    ("ses:GetEmailIdentity",),
    "The sending identity's policies may allow or deny the call.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such an identity."""
    return GET_IDENTITY.of(region=arn.region, EmailIdentity=part_after(arn, "identity/"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for an identity; configuration sets and templates carry no policy."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    name = part_after(arn, "identity/")
    if not name:
        return collector.reading(service="ses", account=arn.account)
    (reply,) = yield (ask(GET_IDENTITY, arn, place, EmailIdentity=name),)
    said = collector.take(reply, Layer.RESOURCE)
    held = said.at("Policies")
    named = held if isinstance(held, dict) else {}
    return collector.reading(
        service="ses",
        account=arn.account,
        policy=joined("identity policies", (parsed(str(key), text) for key, text in named.items())),
        tags=tags_of(said.items("Tags")),
    )


SERVICE = PolicyService(
    stem="ses",
    title="Amazon SES",
    prefixes=("ses",),
    page=PAGE,
    reads=(GET_IDENTITY,),
    read=read,
    holds="sending authorization policies",
    probe=probe,
)
