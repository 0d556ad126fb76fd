"""Metrics of the stack's own parts, named by stem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from why403.incidents.metric_names import NAMESPACE

from infra.alarms import AlarmPlan
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is measured: functions and their dead-letter queues by stem, and the incident table's name."""

    settings: Settings
    functions: Mapping[str, lambda_.Function]
    queues: Mapping[str, sqs.Queue]
    table_name: str

    def has(self, plan: AlarmPlan) -> bool:
        """Whether the stack has what the alarm is about: a subscriber only where globs are watched."""
        return not plan.of.startswith("queue:") or set(plan.parts) <= set(self.queues)

    def dimensions(self, of: str) -> tuple[dict[str, str], ...]:
        """`function:triage,notify` → the dimensions of each; see AlarmPlan."""
        kind, _, stems = of.partition(":")
        match kind:
            case "function":
                return tuple(
                    {"FunctionName": self.functions[stem].function_name} for stem in stems.split(",")
                )
            case "queue":
                return tuple({"QueueName": self.queues[stem].queue_name} for stem in stems.split(","))
            case "service":
                return tuple({"service": stem} for stem in stems.split(","))
            case "table":
                return ({"TableName": self.table_name},)
        raise ValueError(f"expected function:…, queue:…, service:… or table, found {of}")

    def metric(self, plan: AlarmPlan) -> cloudwatch.IMetric:
        """The metric that an alarm rings on; several of a kind are added up."""
        period = Duration.minutes(plan.minutes)
        if plan.query:
            return cloudwatch.MathExpression(
                expression=self._query(plan.query), period=period, using_metrics={}
            )
        metrics = [
            cloudwatch.Metric(
                namespace=namespace_of(plan.metric[0], self.settings),
                metric_name=plan.metric[1],
                dimensions_map=dimensions,
                statistic=plan.statistic,
                period=period,
            )
            for dimensions in self.dimensions(plan.of)
        ]
        return metrics[0] if len(metrics) == 1 else _added(metrics, period)

    def _query(self, name: str) -> str:
        """Metrics Insights over all subscriptions of ours: an alarm each would cost as much as there are groups."""
        where = "DestinationType = 'Lambda'"
        if not (self.settings.globs or self.settings.log_group_tags):
            where += f" AND FilterName = '{self.settings.stack_name}'"
        return f'SELECT SUM({name}) FROM "AWS/Logs" WHERE {where}'  # noqa: S608  # CloudWatch's, of our own names


def namespace_of(listed: str, settings: Settings) -> str:
    """A metric's namespace as the tables list it; ours is the stack's own, or two stacks would ring each other's alarms."""
    return settings.stack_name if listed == NAMESPACE else listed


def _added(metrics: Iterable[cloudwatch.Metric], period: Duration) -> cloudwatch.MathExpression:
    using = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({name}, 0)" for name in using), using_metrics=using, period=period
    )
