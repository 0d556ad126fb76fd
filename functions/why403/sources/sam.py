"""What AWS SAM makes besides: the roles of functions and state machines, and what it puts into them unasked.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from why403.iam.layer import Policy
from why403.sources.planned import ALLOWS_UNKNOWN, document_of, listed

FUNCTION, STATE_MACHINE = SAM_ROLES = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
AWS_POLICY = "arn:aws:iam::aws:policy/"
GRANTING: Mapping[str, str] = {
    "VpcConfig": f"{AWS_POLICY}service-role/AWSLambdaVPCAccessExecutionRole",
    "Tracing": f"{AWS_POLICY}AWSXrayWriteOnlyAccess",
    "DeadLetterQueue": "",
    "EventInvokeConfig": "",
    "Connectors": "",
}
"""Properties for which SAM attaches a policy; empty: one that it writes itself."""
GRANTING_EVENTS: Mapping[str, str] = {
    "SQS": f"{AWS_POLICY}service-role/AWSLambdaSQSQueueExecutionRole",
    "Kinesis": f"{AWS_POLICY}service-role/AWSLambdaKinesisExecutionRole",
    "DynamoDB": f"{AWS_POLICY}service-role/AWSLambdaDynamoDBExecutionRole",
    "MSK": f"{AWS_POLICY}service-role/AWSLambdaMSKExecutionRole",
    "MQ": "",
    "SelfManagedKafka": "",
    "DocumentDB": "",
}
"""Kinds of event that Lambda fetches itself, by the function's role; as aws-sam-translator 1.111 does it."""


def role_made_by(logical: str, resource: Mapping[str, Any]) -> str:
    """The logical id of the role that a resource makes; empty where it makes none."""
    if resource.get("Type") == "AWS::IAM::Role":
        return logical
    given = resource.get("Properties") or {}
    return f"{logical}Role" if resource.get("Type") in SAM_ROLES and given.get("Role") is None else ""


def with_globals(resource: Mapping[str, Any], template: Mapping[str, Any]) -> Mapping[str, Any]:
    """A function's or state machine's properties, and those that the template's Globals give it."""
    shared = template.get("Globals") or {}
    of_kind = shared.get(str(resource.get("Type")).rpartition(":")[2]) or {}
    connectors = {name: resource[name] for name in ("Connectors",) if name in resource}
    return {**of_kind, **(resource.get("Properties") or {}), **connectors}


def sam_policies(kind: str, given: Mapping[str, Any]) -> Iterator[Policy | str]:
    """The policies of the role that SAM makes of these properties: as they stand, or the ARN of a managed one."""
    if kind == FUNCTION:
        yield f"{AWS_POLICY}service-role/AWSLambdaBasicExecutionRole"
    for each in listed(given.get("Policies")):
        if isinstance(each, str):
            yield each if each.startswith("arn:") else f"{AWS_POLICY}{each}"
        elif isinstance(each, Mapping) and "Statement" in each:
            yield Policy("Policies", document_of(each))
        else:
            name = next(iter(each), "") if isinstance(each, Mapping) else ""
            yield Policy(f"the policy template {name}", ALLOWS_UNKNOWN)
    events = given.get("Events")
    kinds = (
        [str(each.get("Type")) for each in events.values() if isinstance(each, Mapping)]
        if isinstance(events, Mapping)
        else []
    )
    granted = {name: GRANTING[name] for name in GRANTING if given.get(name)}
    if kind == FUNCTION:
        granted |= {f"the event {each}": GRANTING_EVENTS[each] for each in kinds if each in GRANTING_EVENTS}
    for name, arn in granted.items():
        yield arn or Policy(name, ALLOWS_UNKNOWN)
