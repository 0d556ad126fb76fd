"""Lambda functions, versions, aliases and layers: each qualifier has a policy of its own."""

from why403.iam.arn import Arn
from why403.services.declaration import (
    Block,
    Draft,
    Listing,
    NoDraft,
    Resource,
    Service,
    ServiceRead,
    declared,
)
from why403.workloads.lambda_function import CONFIGURATION, FUNCTIONS

LIST = FUNCTIONS.used_for(
    "Where a line names no function: the functions that it may have meant.",
)
GET_POLICY = declared(
    "lambda:GetPolicy", "The policy of the function, version or alias may allow or deny the call."
)
GET_CONFIGURATION = CONFIGURATION.used_for(
    "Whether the function, version or alias exists: GetPolicy answers alike where it has no policy.",
)
GET_LAYER_POLICY = declared("lambda:GetLayerVersionPolicy", "The layer version's policy may allow the call.")


def version_number(arn: Arn) -> int:
    """The number of a layer's version; 0, which there is not, where it is none."""
    version = arn.resource.split(":")[2]
    return int(version) if version.isdecimal() else 0


OF_FUNCTION = {"FunctionName": "{arn}", "Qualifier": "{qualifier}"}
PERMISSION = {
    "action": "{action}",
    "principal": "{named}",
    "source_arn": "{source_arn}",
    "source_account": "{source_account}",
}
SERVICE = Service(
    prefix="lambda",
    name="Lambda",
    title="AWS Lambda",
    page="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    resources=(
        Resource(
            kind="function",
            arn="lambda:function:{name}[:{qualifier}]",
            holder="{called}",
            listed=Listing(LIST, within="Functions", each="FunctionArn"),
            hints=("FUNCTION", "LAMBDA"),
            asked=ServiceRead(GET_POLICY, OF_FUNCTION),
            described=ServiceRead(GET_CONFIGURATION, OF_FUNCTION, gone=("ResourceNotFoundException",)),
            elsewhere=ServiceRead(GET_CONFIGURATION, {"FunctionName": "{name}"}),
            policy="Policy",
            draft=Draft(
                called="function policy",
                each=True,
                cli="lambda add-permission --function-name {called} --statement-id {sid} --action {action}"
                " --principal {named} --source-arn {source_arn} --source-account {source_account}",
                read_back="lambda get-policy --function-name {called}",
                terraform=Block(
                    "aws_lambda_permission",
                    {"function_name": "{called}", "statement_id": "{sid}", **PERMISSION},
                ),
                cloudformation=Block(
                    "AWS::Lambda::Permission",
                    {
                        "FunctionName": "{called}",
                        "Action": "{action}",
                        "Principal": "{named}",
                        "SourceArn": "{source_arn}",
                        "SourceAccount": "{source_account}",
                    },
                ),
                cdk="aws_lambda.CfnPermission",
            ),
        ),
        Resource(
            kind="layer",
            arn="lambda:layer:{layer}:{version}",
            asked=ServiceRead(
                GET_LAYER_POLICY,
                {
                    "LayerName": "arn:{partition}:lambda:{region}:{account}:layer:{layer}",
                    "VersionNumber": version_number,
                },
            ),
            policy="Policy",
            draft=NoDraft.WHOLE_ACCOUNTS,
        ),
    ),
    neighbours="InvokeFunction GetFunction UpdateFunctionCode DeleteFunction",
    tries={
        "InvokeFunction": "lambda invoke --function-name {called} --invocation-type DryRun /dev/null",
        "GetFunction": "lambda get-function --function-name {called} --query Configuration.FunctionArn",
    },
    unrecorded="InvokeAsync InvokeFunction InvokeFunctionUrl",
    changes={
        "AddPermission20150331v2": "a permission was added to function {functionName}",
        "RemovePermission20150331v2": "a permission of function {functionName} was removed",
        "UpdateFunctionConfiguration20150331v2": "the configuration of function {functionName} was changed",
        "UpdateFunctionCode20150331v2": "the code of function {functionName} was deployed",
    },
)
