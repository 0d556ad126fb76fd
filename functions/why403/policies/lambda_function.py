"""Lambda functions, versions, aliases and layers: each qualifier has a policy of its own."""

from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"
GONE = frozenset({"ResourceNotFoundException"})
GET_POLICY = DeclaredRead(
    "lambda",
    "GetPolicy",
    ("lambda:GetPolicy",),
    "The policy of the function, version or alias may allow or deny the call.",
)
GET_CONFIGURATION = DeclaredRead(
    "lambda",
    "GetFunctionConfiguration",
    ("lambda:GetFunctionConfiguration",),
    "Whether the function, version or alias exists: GetPolicy answers alike where it has no policy.",
)
GET_LAYER_POLICY = DeclaredRead(
    "lambda",
    "GetLayerVersionPolicy",
    ("lambda:GetLayerVersionPolicy",),
    "The layer version's policy may allow the call.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such a function."""
    return GET_CONFIGURATION.of(
        region=arn.region, FunctionName=part_after(arn, "function:").partition(":")[0]
    )


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. The policy that decides is that of the qualifier which was called."""
    if arn.resource.startswith("layer:"):
        return (yield from _layer(arn, place))
    del action
    collector = ReplyCollector(str(arn), GONE)
    name, _, qualifier = part_after(arn, "function:").partition(":")
    function = str(Arn(arn.partition, arn.service, arn.region, arn.account, f"function:{name}"))
    named: dict[str, Any] = {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})}
    policy, described = yield (
        ask(GET_POLICY, arn, place, **named),
        ask(GET_CONFIGURATION, arn, place, **named),
    )
    collector.take(described)
    exists = collector.exists
    said = collector.take(policy, Layer.RESOURCE)
    collector.exists = True if said.text("Policy") else exists
    return collector.reading(
        service="lambda", account=arn.account, policy=parsed("function policy", said.at("Policy"))
    )


def _layer(arn: Arn, place: Place) -> Plan[TargetReading]:
    collector = ReplyCollector(str(arn), frozenset())
    name, _, version = part_after(arn, "layer:").partition(":")
    if not version.isdecimal():
        return collector.reading(service="lambda", account=arn.account)
    layer = str(Arn(arn.partition, arn.service, arn.region, arn.account, f"layer:{name}"))
    (reply,) = yield (ask(GET_LAYER_POLICY, arn, place, LayerName=layer, VersionNumber=int(version)),)
    said = collector.take(reply, Layer.RESOURCE)
    return collector.reading(
        service="lambda", account=arn.account, policy=parsed("layer policy", said.at("Policy"))
    )


SERVICE = PolicyService(
    stem="lambda_function",
    title="AWS Lambda",
    prefixes=("lambda",),
    page=PAGE,
    reads=(GET_POLICY, GET_CONFIGURATION, GET_LAYER_POLICY),
    read=read,
    holds="policy of the function, version, alias or layer version",
    probe=probe,
)
