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

GLOBS = "globs"
"""Ends the names of the subscriber's filters."""


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

    def metrics(self, plan: AlarmPlan) -> dict[str, cloudwatch.IMetric]:
        """What an alarm's name ends in → the metric that it rings on.

        One as a rule; of a query one for each name that filters of ours have: queries know no OR, and an alarm takes one.
        """
        if not plan.query:
            return {"": self._metric(plan)}
        period = Duration.minutes(plan.minutes)
        return {
            f"-{GLOBS}" if number else "": cloudwatch.MathExpression(
                expression=_query(plan.query, name), period=period, using_metrics={}
            )
            for number, name in enumerate(filter_names(self.settings))
        }

    def _metric(self, plan: AlarmPlan) -> cloudwatch.IMetric:
        """Several of a kind are added up."""
        period = Duration.minutes(plan.minutes)
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


def _query(metric: str, filter_name: str) -> str:
    """Metrics Insights over all subscriptions of ours: an alarm each would cost as much as there are groups.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
    """
    where = "DestinationType = 'Lambda'" + (f" AND FilterName = '{filter_name}'" if filter_name else "")
    return f'SELECT SUM({metric}) FROM "AWS/Logs" WHERE {where}'  # noqa: S608  # CloudWatch's, of our own names


def filter_names(settings: Settings) -> tuple[str, ...]:
    """The names of the stack's filters: the template's, the subscriber's; an empty one for the account's one policy."""
    if settings.watches_account:
        return ("",)
    is_named = len(settings.globs) < len(settings.log_groups) or not settings.has_subscriber
    by_subscriber = (f"{settings.stack_name}-{GLOBS}",) if settings.has_subscriber else ()
    return (*((settings.stack_name,) if is_named else ()), *by_subscriber)


def namespace_of(listed: str, settings: Settings) -> str:
    """A metric's namespace as the tables list it; ours is the stack's own, or two stacks would ring each other's alarms."""
    return settings.stack_name if listed == NAMESPACE else listed


def _added(metrics: Iterable[cloudwatch.Metric], period: Duration) -> cloudwatch.MathExpression:
    using = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({name}, 0)" for name in using), using_metrics=using, period=period
    )
