"""A schedule → recheck: open incidents are evaluated anew, and once a day lines are counted against lines seen."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct
from why403.environment import RecheckEnvironment

from infra.function import Function, FunctionPlan
from infra.parts import Parts
from infra.triage import watched


class Recheck(Construct):
    """One at a time. A run that fails is tried twice more, then parked; the next one comes anyway."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        plan = FunctionPlan(
            name="recheck",
            told="Open incidents → fixed, resolved, regressed; lines counted against lines seen",
            memory_mb=1_024,
            timeout_seconds=600,
            environment=RecheckEnvironment(
                table_name=parts.incidents.table.table_name,
                topic_arn=parts.topics.alarms.topic_arn,
                retention_days=settings.retention_days,
                log_groups=watched(settings),
                tags=dict(settings.log_group_tags),
                target_read_roles=settings.target_read_roles,
                organization_read_role=settings.organization_read_role,
                quiet_hours_until_resolved=settings.resolve_after_hours,
            ),
        )
        self.handler = Function(self, plan, settings, parts.code)
        self.dead_letters = self.handler.park_failures()
        self._run("Recheck", events.Schedule.rate(Duration.minutes(settings.recheck_minutes)))
        self._run("Reconcile", events.Schedule.cron(minute="17", hour=str(settings.reconcile_hour_utc)))
        parts.incidents.grant_use(self.handler.role, "recheck")
        parts.topics.grant_publish(self.handler.role, parts.topics.alarms)
        parts.access.grant(self.handler.role)

    def _run(self, name: str, schedule: events.Schedule) -> None:
        target = targets.LambdaFunction(
            self.handler.function,
            event=events.RuleTargetInput.from_object({"task": name.lower()}),
            dead_letter_queue=self.dead_letters,
        )
        events.Rule(self, name, schedule=schedule, targets=[target])
