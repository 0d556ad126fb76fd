"""API Gateway: the resource policy of a REST API.

HTTP APIs have none. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask
from why403.reads import DeclaredRead, Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector
from why403.services.tags import owner_of

PAGE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html"
GET_API = DeclaredRead(
    "apigateway",
    "GetRestApi",
    ("apigateway:GET",),
    "The API's resource policy may allow or deny the call.",
)


def api_policy(text: object) -> object:
    """GetRestApi returns the policy with its quotes escaped once more than JSON does."""
    return text.replace('\\"', '"').replace("\\/", "/") if isinstance(text, str) else text


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. An HTTP or WebSocket API is absent among the REST APIs: it has no policy."""
    del action
    api = arn.resource.partition("/")[0]
    collector = ReplyCollector(str(arn))
    (reply,) = yield (ask(GET_API, arn, place, restApiId=api),)
    said = collector.take(reply, Layer.RESOURCE)
    held = said.at("tags")
    tags = {str(key): str(value) for key, value in held.items()} if isinstance(held, dict) else {}
    return collector.reading(
        service="execute-api",
        account=arn.account,
        policy=parsed("API policy", api_policy(said.at("policy"))),
        tags=tags,
        owner=owner_of(tags),
    )


SERVICE = PolicyService(
    stem="apigateway",
    title="Amazon API Gateway (REST APIs)",
    prefixes=("execute-api",),
    page=PAGE,
    reads=(GET_API,),
    read=read,
    holds="API resource policy",
)
