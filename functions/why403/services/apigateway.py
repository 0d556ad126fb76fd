"""API Gateway: the resource policy of a REST API, which takes effect with a stage's next deployment.

HTTP and WebSocket APIs have none: they are absent among the REST APIs.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
"""

from why403.iam.arn import Arn
from why403.iam.layer import Policy
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead
from why403.services.documents import parsed
from why403.workloads.apigateway import REST_API

GET_API = REST_API.used_for("The API's resource policy may allow or deny the call.")


def unescaped(text: object) -> object:
    """GetRestApi returns the policy with its quotes escaped once more than JSON does."""
    return text.replace('\\"', '"').replace("\\/", "/") if isinstance(text, str) else text


def api_policy(arn: Arn, said: Answer) -> Policy | None:
    """The policy in what GetRestApi answers."""
    del arn
    return parsed("API policy", unescaped(said.at("policy")))


SERVICE = Service(
    prefix="execute-api",
    name="ExecuteApi",
    title="Amazon API Gateway (REST APIs)",
    page="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html",
    resources=(
        Resource(
            kind="REST API",
            arn="execute-api:{api}/{stage}",
            described=ServiceRead(GET_API, {"restApiId": "{api}"}),
            elsewhere=False,
            policy=api_policy,
            tags="tags",
            draft=Draft(
                called="API policy",
                most=8_192,
                wrapped=[{"op": "replace", "path": "/policy", "value": "{document}"}],
                cli="apigateway update-rest-api --rest-api-id {api} --patch-operations {document}",
                cli_then="apigateway create-deployment --rest-api-id {api} --stage-name {stage}",
                read_back="apigateway get-rest-api --rest-api-id {api} --query policy",
                terraform=Block("aws_api_gateway_rest_api_policy", {"rest_api_id": "{api}"}, "policy"),
                cloudformation=Block("AWS::ApiGateway::RestApi", {}, "Policy", owned=True),
                cdk="aws_apigateway.CfnRestApi",
            ),
        ),
    ),
    endpoints=("execute-api",),
    unrecorded="Invoke ManageConnections",
)
