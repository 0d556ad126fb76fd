"""Log groups → triage: a filter for each named group, or one account-level policy. Filters by globs: infra/subscribe.py.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import hashlib
import json

from aws_cdk import Annotations, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct
from why403.denials.filter_terms import filter_pattern
from why403.log_events.log_event import ACCOUNT, REGION

from infra.function import FUNCTIONS, own_log_group
from infra.settings import Settings


class LogSubscriptions(Construct):
    """One permission for CloudWatch Logs, however many groups: the function's policy would overflow at some 60."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, triage: lambda_.Function
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        permission = lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=triage.function_arn,
            principal="logs.amazonaws.com",
            source_account=stack.account,
            source_arn=f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:*",
        )
        if settings.watches_account:
            self._watch_account(settings, triage).add_resource_dependency(permission)
            return
        for group in settings.log_groups:
            if group in settings.globs:
                continue
            self._watch(group, settings, triage).add_resource_dependency(permission)
        if not (settings.log_groups or settings.log_group_tags):
            Annotations.of(self).add_warning_v2(
                "why403:nothing-watched",
                "log_groups is empty: nothing is watched yet. Name your log groups in cdk.json, context → why403.",
            )

    def _watch(self, group: str, settings: Settings, triage: lambda_.Function) -> logs.CfnSubscriptionFilter:
        """A filter whose logical id comes from the group's name, so that reordering the list replaces nothing."""
        return logs.CfnSubscriptionFilter(
            self,
            f"Group{hashlib.sha256(group.encode()).hexdigest()[:12]}",
            destination_arn=triage.function_arn,
            filter_name=settings.stack_name,
            filter_pattern=filter_pattern(),
            log_group_name=group,
            emit_system_fields=[ACCOUNT, REGION] if settings.centralized_logs else None,
        )

    def _watch_account(self, settings: Settings, triage: lambda_.Function) -> logs.CfnAccountPolicy:
        """One policy for all groups but ours: CloudWatch's selection takes names, not globs; triage does the rest."""
        own = [own_log_group(settings, name) for name in FUNCTIONS]
        left_out = [*own, *(name for name in settings.exclude_log_groups if not set("*?") & set(name))]
        return logs.CfnAccountPolicy(
            self,
            "AccountPolicy",
            policy_name=settings.stack_name,
            policy_type="SUBSCRIPTION_FILTER_POLICY",
            scope="ALL",
            policy_document=Stack.of(self).to_json_string(
                {
                    "DestinationArn": triage.function_arn,
                    "FilterPattern": filter_pattern(),
                    "Distribution": "Random",
                }
            ),
            selection_criteria=f"LogGroupName NOT IN {json.dumps(left_out)}",
        )
