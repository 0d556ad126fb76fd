"""Step Functions state machines. They carry no policy."""

from why403.services.declaration import Listing, Resource, Role, Service
from why403.workloads.states import MACHINES

LIST = MACHINES.used_for(
    "Where a line names no state machine: those that it may have meant.",
)
SERVICE = Service(
    prefix="states",
    name="StepFunctions",
    title="AWS Step Functions",
    page="https://docs.aws.amazon.com/step-functions/latest/dg/security_iam_service-with-iam.html",
    resources=(
        Resource(
            kind="state machine",
            arn="states:stateMachine:{name}",
            listed=Listing(LIST, within="stateMachines", each="stateMachineArn"),
            hints=("STATE_MACHINE", "STATEMACHINE", "WORKFLOW", "SFN"),
        ),
    ),
    endpoints=("states", "sync-states"),
    roles=(Role("starter", asked="StartExecution", grants={"same": "StartExecution DescribeStateMachine"}),),
    tries={"DescribeStateMachine": "stepfunctions describe-state-machine --state-machine-arn {arn}"},
    unrecorded="GetActivityTask SendTaskFailure SendTaskHeartbeat SendTaskSuccess",
)
