"""Alarms that reach people, and one dashboard: is why403 itself well?"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from aws_cdk import Aws, CfnCondition, Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct
from why403.notices.consoles import CONSOLES

from infra.alarms import AlarmPlan, alarm_plans
from infra.function import functions_of, own_log_group
from infra.metrics import Watched, namespace_of

COMPARISONS = {
    False: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    True: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
}
MISSING = {
    "notBreaching": cloudwatch.TreatMissingData.NOT_BREACHING,
    "breaching": cloudwatch.TreatMissingData.BREACHING,
}
FULL_WIDTH = 24
"""Columns of a CloudWatch dashboard."""
RUNBOOK_ROWS = 7
"""Rows of a runbook on it; a longer one scrolls."""


class Monitoring(Construct):
    """The alarms of alarms.json, told to the topic when they ring and when they are over; dashboard.json's board."""

    def __init__(self, scope: Construct, construct_id: str, watched: Watched, topic: sns.Topic) -> None:
        super().__init__(scope, construct_id)
        self._watched = watched
        action = actions.SnsAction(topic)
        # Dashboards are global in an account: without the Region, a stack in a second one could not be deployed.
        name = f"{watched.settings.stack_name}-{Aws.REGION}"
        is_linked = watched.settings.dashboard and watched.settings.alarms
        self._dashboard = (
            f"https://{Aws.REGION}.{self._console()}/cloudwatch/home?region={Aws.REGION}#dashboards/dashboard/{name}"
            if is_linked
            else ""
        )
        self._plans = [plan for plan in alarm_plans() if watched.has(plan)]
        plans = self._plans if watched.settings.alarms else []
        alarms = [
            self._alarm(plan, end, metric) for plan in plans for end, metric in watched.metrics(plan).items()
        ]
        for alarm in alarms:
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)
        if watched.settings.dashboard:
            self._board(name, alarms)

    def _console(self) -> str:
        """The console's host in the partition that the stack is deployed to, which the template does not know."""
        host = CONSOLES["aws"]
        for partition in sorted(CONSOLES.keys() - {"aws"}):
            is_there = Fn.condition_equals(Aws.PARTITION, partition)
            condition = CfnCondition(self, f"In-{partition}", expression=is_there)
            host = Fn.condition_if(condition.logical_id, CONSOLES[partition], host).to_string()
        return host

    def _board(self, name: str, alarms: list[cloudwatch.Alarm]) -> None:
        board = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name)
        if alarms:
            board.add_widgets(
                cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=FULL_WIDTH)
            )
        for row in self._rows():
            board.add_widgets(*row)
        board.add_widgets(self._own_denials())
        for plan in self._plans:
            board.add_widgets(self._runbook(plan))

    def _runbook(self, plan: AlarmPlan) -> cloudwatch.TextWidget:
        """What to do when it rings, with the names of this stack's own functions and queues."""
        stack = self._watched.settings.stack_name
        named = [
            f"function `{self._watched.functions[stem].function_name}`"
            for stem in plan.parts
            if stem in self._watched.functions
        ]
        named += [
            f"queue `{self._watched.queues[stem].queue_name}`"
            for stem in plan.parts
            if stem in self._watched.queues
        ]
        steps = plan.steps().replace("/why403/why403/", f"/why403/{stack}/").replace("](", "](docs/runbooks/")
        steps = re.sub(
            r"(why403 redrive \w+)", rf"\1 --stack {Aws.STACK_NAME} --region {Aws.REGION}", steps
        )  # the command that runs as it stands
        return cloudwatch.TextWidget(
            markdown="\n".join(filter(None, (" · ".join(named), "", steps))),
            width=FULL_WIDTH,
            height=RUNBOOK_ROWS,
        )

    def _own_denials(self) -> cloudwatch.LogQueryWidget:
        """What AWS denied why403 itself, in its own logs: a query costs something only while somebody looks."""
        settings = self._watched.settings
        return cloudwatch.LogQueryWidget(
            title="Denied to why403 itself",
            log_group_names=[own_log_group(settings, name) for name in functions_of(settings)],
            query_lines=[
                "fields @timestamp, service, message, exception",
                "filter level in ['ERROR', 'WARNING']",
                r"filter exception like /AccessDenied|AuthorizationError|not authorized to perform/",
                "sort @timestamp desc",
                "limit 20",
            ],
            width=FULL_WIDTH,
        )

    def _alarm(self, plan: AlarmPlan, end: str, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        name = f"{plan.name}{end}"
        return cloudwatch.Alarm(
            self,
            name.title().replace("-", ""),
            alarm_name=f"{self._watched.settings.stack_name}-{name}",
            alarm_description=plan.description(self._dashboard),
            metric=metric,
            threshold=plan.threshold,
            evaluation_periods=plan.periods,
            comparison_operator=COMPARISONS[plan.below],
            treat_missing_data=MISSING[plan.missing],
        )

    def _rows(self) -> Iterator[list[cloudwatch.IWidget]]:
        for row in json.loads((Path(__file__).parent / "dashboard.json").read_text()):
            yield [
                cloudwatch.GraphWidget(
                    title=graph["title"],
                    width=FULL_WIDTH // len(row),
                    left=[
                        cloudwatch.Metric(
                            namespace=namespace_of(namespace, self._watched.settings),
                            metric_name=name,
                            dimensions_map=dimensions,
                            statistic=graph["statistic"],
                        )
                        for namespace, name in graph["metrics"]
                        for dimensions in self._watched.dimensions(graph["of"])
                    ],
                )
                for graph in row
            ]
