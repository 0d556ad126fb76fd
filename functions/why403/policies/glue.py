"""The Glue Data Catalog: one policy for the whole catalog of an account and Region."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask
from why403.reads import DeclaredRead, Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html"
OF_THE_CATALOG = ("catalog", "database", "table", "tableVersion", "connection", "userDefinedFunction")
GET_POLICY = DeclaredRead(
    "glue",
    "GetResourcePolicy",
    ("glue:GetResourcePolicy",),
    "The catalog's policy may allow or deny the call.",
)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for what is in the catalog; jobs, crawlers and the like carry no policy."""
    del action
    collector = ReplyCollector(str(arn))
    if arn.resource.partition("/")[0] not in OF_THE_CATALOG:
        return collector.reading(service="glue", account=arn.account)
    (reply,) = yield (ask(GET_POLICY, arn, place),)
    said = collector.take(reply, Layer.RESOURCE)
    collector.exists = None
    return collector.reading(
        service="glue", account=arn.account, policy=parsed("catalog policy", said.at("PolicyInJson"))
    )


SERVICE = PolicyService(
    stem="glue",
    title="AWS Glue Data Catalog",
    prefixes=("glue",),
    page=PAGE,
    reads=(GET_POLICY,),
    read=read,
    holds="catalog policy",
)
