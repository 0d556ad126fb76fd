"""The table's stream → diagnose: each turn in the outbox is diagnosed, then told to the incidents topic."""

import json

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct
from why403.environment import DiagnoseEnvironment
from why403.incidents.table_keys import STREAM_FILTER

from infra.acknowledged import acknowledge
from infra.function import Function, FunctionPlan, dead_letter_queue
from infra.parts import Parts


class Diagnose(Construct):
    """A record that cannot be handled is set apart by halving its batch, and parked; the others go on."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        plan = FunctionPlan(
            name="diagnose",
            told="Incident → workload, policies, decision, remedies",
            memory_mb=1_024,
            timeout_seconds=120,
            environment=DiagnoseEnvironment(
                table_name=parts.incidents.table.table_name,
                topic_arn=parts.topics.incidents.topic_arn,
                target_read_roles=settings.target_read_roles,
                organization_read_role=settings.organization_read_role,
            ),
        )
        self.handler = Function(self, plan, settings, parts.code)
        self.dead_letters = dead_letter_queue(self)
        self.handler.function.add_event_source(self._outbox(parts))
        acknowledge(
            self.handler.role,
            "AwsSolutions-IAM5[Resource::*]",
            "dynamodb:ListStreams takes no resource; Lambda asks for it to follow the table's stream.",
        )
        parts.incidents.grant_use(self.handler.role, "diagnose")
        parts.topics.grant_publish(self.handler.role, parts.topics.incidents)
        parts.access.grant(self.handler.role)

    def _outbox(self, parts: Parts) -> sources.DynamoEventSource:
        return sources.DynamoEventSource(
            parts.incidents.table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=5,
            parallelization_factor=5,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=5,
            max_record_age=Duration.hours(6),
            filters=[{"pattern": json.dumps(STREAM_FILTER)}],
            on_failure=sources.SqsDlq(self.dead_letters),
        )
