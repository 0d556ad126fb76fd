"""A schedule, log groups that are made, and the stack's own deletion → subscribe: globs are watched by filters of ours."""

import json
from collections.abc import Mapping

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from why403.environment import SubscribeEnvironment

from infra.acknowledged import acknowledge
from infra.function import Function, FunctionPlan
from infra.metrics import GLOBS
from infra.parts import Parts
from infra.read_statements import chunks, forms
from infra.settings import Settings
from infra.triage import never_watched

EVERY_MINUTES = 15
"""A run that finds no pass due ends at once; a pass of a large account goes on in the next run."""
WHY_ALL_GROUPS = (
    "Groups are listed to see which fit the globs, and filters removed where a glob fits no longer; IAM has no condition "
    "on a filter's name or destination. The filters are put at groups that fit alone, by the resource."
)


class Subscribe(Construct):
    """Only where globs are watched by filters. What fails is tried twice more, then parked."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts, triage: lambda_.Function) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self._has_tags = bool(settings.log_group_tags)
        plan = FunctionPlan(
            name="subscribe",
            told="Log groups that fit the globs → a subscription filter of ours on each",
            memory_mb=512,
            timeout_seconds=600,
            environment=SubscribeEnvironment(
                table_name=parts.incidents.table.table_name,
                log_groups=_globs(settings),
                tags=dict(settings.log_group_tags),
                stack=settings.stack_name,
                filter_name=f"{settings.stack_name}-{GLOBS}",
                destination_arn=triage.function_arn,
                topic_arn=parts.topics.alarms.topic_arn,
            ),
        )
        self.handler = Function(self, plan, settings, parts.code)
        self.dead_letters = self.handler.park_failures()
        parts.incidents.grant_use(self.handler.role, "subscribe")
        parts.topics.grant_publish(self.handler.role, parts.topics.alarms)
        self._grant(settings)
        removal = CustomResource(
            self,
            "Removal",
            resource_type="Custom::SubscriptionFilters",
            service_token=self.handler.function.function_arn,
            properties={"LogGroups": _globs(settings), **_tags_of(settings)},
        )
        removal.node.add_dependency(self.handler.role)  # and its policies: they go after the filters
        # The rules go first: no run puts filters again while they are removed.
        for rule in self._rules():
            rule.node.add_dependency(removal)

    def _rules(self) -> tuple[events.Rule, events.Rule]:
        task = events.RuleTargetInput.from_object({"task": "subscribe"})
        function, queue = self.handler.function, self.dead_letters
        schedule = events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(Duration.minutes(EVERY_MINUTES)),
            targets=[targets.LambdaFunction(function, event=task, dead_letter_queue=queue)],
        )
        calls = ["CreateLogGroup", *(["TagResource", "TagLogGroup"] if self._has_tags else [])]
        made = events.EventPattern(
            source=["aws.logs"],
            detail_type=["AWS API Call via CloudTrail"],
            detail={
                "eventName": calls,
                "errorCode": [{"exists": False}],
            },
        )
        heard = events.Rule(
            self,
            "GroupMade",
            event_pattern=made,
            targets=[targets.LambdaFunction(function, dead_letter_queue=queue)],
        )
        return schedule, heard

    def _grant_by_tags(self, tags: Mapping[str, str], everywhere: list[str]) -> None:
        """Filters are put at groups that carry the tags, by IAM's own condition on them."""
        conditions = {"StringLike": {f"aws:ResourceTag/{name}": value for name, value in tags.items()}}
        for statement in (
            iam.PolicyStatement(actions=["tag:GetResources"], resources=["*"]),
            iam.PolicyStatement(actions=["logs:ListTagsForResource"], resources=everywhere),
            iam.PolicyStatement(
                actions=["logs:PutSubscriptionFilter"], resources=everywhere, conditions=conditions
            ),
        ):
            self.handler.role.add_to_policy(statement)

    def _grant(self, settings: Settings) -> None:
        """What IAM can bind: filters are put at groups that fit the globs, whose `*` and `?` are IAM's own."""
        stack = Stack.of(self)
        arn = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:"
        fitting = [name for glob in settings.globs for name in forms(glob)]
        everywhere = [f"{arn}*"]
        at_groups = ["logs:DescribeSubscriptionFilters", "logs:DeleteSubscriptionFilter"]
        self.handler.role.add_to_policy(
            iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=["*"])
        )
        self.handler.role.add_to_policy(iam.PolicyStatement(actions=at_groups, resources=everywhere))
        for some in chunks(f"{arn}{name}" for name in fitting):
            self.handler.role.add_to_policy(
                iam.PolicyStatement(actions=["logs:PutSubscriptionFilter"], resources=list(some))
            )
        if settings.log_group_tags:
            self._grant_by_tags(settings.log_group_tags, everywhere)
        acknowledge(self.handler.role, "AwsSolutions-IAM5[Resource::*]", WHY_ALL_GROUPS)
        for name in sorted({"*", *fitting}):
            shown = f"arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:{name}"
            acknowledge(self.handler.role, f"AwsSolutions-IAM5[Resource::{shown}]", WHY_ALL_GROUPS)


def _tags_of(settings: Settings) -> dict[str, str]:
    """For the custom resource: another property where tags are set, so that a change of them is a change of it."""
    return {"Tags": json.dumps(dict(settings.log_group_tags))} if settings.log_group_tags else {}


def _globs(settings: Settings) -> str:
    """The environment's `log_groups`: named groups have filters of the template's, and need none of these."""
    named = [group for group in settings.log_groups if group not in settings.globs]
    never = [*never_watched(settings), *named]
    return json.dumps({"include": list(settings.globs), "exclude": never})
