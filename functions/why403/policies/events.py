"""EventBridge event buses: the bus's policy and key, in one call."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html"
GONE = frozenset({"ResourceNotFoundException"})
DESCRIBE = DeclaredRead(
    "events",
    "DescribeEventBus",
    ("events:DescribeEventBus",),
    "The bus's policy may allow or deny the call, and its key must be usable.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such a bus."""
    return DESCRIBE.of(region=arn.region, Name=part_after(arn, "event-bus/"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for a bus; rules and other resources carry no policy."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    name = part_after(arn, "event-bus/")
    if not name:
        return collector.reading(service="events", account=arn.account)
    (reply,) = yield (ask(DESCRIBE, arn, place, Name=name if arn.account == place.account else str(arn)),)
    said = collector.take(reply, Layer.RESOURCE)
    return collector.reading(
        service="events",
        account=arn.account,
        policy=parsed("event bus policy", said.at("Policy")),
        key_arn=said.text("KmsKeyIdentifier"),
    )


SERVICE = PolicyService(
    stem="events",
    title="Amazon EventBridge",
    prefixes=("events",),
    page=PAGE,
    reads=(DESCRIBE,),
    read=read,
    holds="event bus policy",
    follows_key=True,
    probe=probe,
)
