"""A schedule and AWS's own events → survey: who writes to which log group is kept in the index."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct
from why403.environment import SurveyEnvironment
from why403.survey import CALLS, READS

from infra.function import Function, FunctionPlan
from infra.parts import Parts
from infra.read_access import ReadAccess

EVERY_MINUTES = 15
"""A run that finds no pass due ends at once; a pass of a large account goes on in the next run."""
RUNNING = {"lastStatus": ["RUNNING"], "desiredStatus": ["RUNNING"]}


class Survey(Construct):
    """Lists and reads what writes logs, and writes nothing but the index. What fails is tried twice more, then parked."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        plan = FunctionPlan(
            name="survey",
            told="Task definitions, functions, jobs, builds → who writes to which log group",
            memory_mb=512,
            timeout_seconds=600,
            environment=SurveyEnvironment(table_name=parts.incidents.table.table_name),
        )
        self.handler = Function(self, plan, parts.settings, parts.code)
        self.dead_letters = self.handler.park_failures()
        self._run(events.Schedule.rate(Duration.minutes(EVERY_MINUTES)))
        ecs = events.EventPattern(source=["aws.ecs"], detail_type=["ECS Task State Change"], detail=RUNNING)
        self._hear("TaskStarted", ecs)
        deployed = {"eventName": ["SERVICE_DEPLOYMENT_IN_PROGRESS"]}
        self._hear(
            "Deployment",
            events.EventPattern(
                source=["aws.ecs"], detail_type=["ECS Deployment State Change"], detail=deployed
            ),
        )
        self._hear(
            "Changed",
            events.EventPattern(
                source=["aws.ecs", "aws.lambda", "aws.batch", "aws.codebuild", "aws.states"],
                detail_type=["AWS API Call via CloudTrail"],
                detail={"eventName": sorted(CALLS)},
            ),
        )
        parts.incidents.grant_use(self.handler.role, "survey")
        ReadAccess(self, "ReadAccess", parts.settings, READS).grant_here(self.handler.role)

    def _run(self, schedule: events.Schedule) -> None:
        target = targets.LambdaFunction(
            self.handler.function,
            event=events.RuleTargetInput.from_object({"task": "survey"}),
            dead_letter_queue=self.dead_letters,
        )
        events.Rule(self, "Survey", schedule=schedule, targets=[target])

    def _hear(self, name: str, pattern: events.EventPattern) -> None:
        target = targets.LambdaFunction(self.handler.function, dead_letter_queue=self.dead_letters)
        events.Rule(self, name, event_pattern=pattern, targets=[target])
