"""The console: a CloudWatch dashboard whose widget our function fills. No URL; IAM says who may look and who may act."""

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct
from why403.deployed.console import ACTS
from why403.environment import ConsoleEnvironment

from infra.function import Function, FunctionPlan
from infra.outputs import tell
from infra.parts import Parts

TOLD = {
    "console": "Incidents in the CloudWatch console; it only reads",
    "console_act": "Mutes and expects, for the CloudWatch console",
}
WIDTH, HEIGHT = 24, 30
"""Columns and rows of the widget: the dashboard's whole width, and what an incident takes on a desk's screen."""


class Console(Construct):
    """Two functions, as rights are a function's: whoever may invoke the one looks, the other acts."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        name = f"{settings.stack_name}-console"
        # Dashboards are global in an account: without the Region, a stack in a second one could not be deployed.
        self.dashboard_name = f"{settings.stack_name}-incidents-{Aws.REGION}"
        look = self._function("Look", "console", name, parts)
        if settings.acting != "off":
            self._function("Act", "console_act", f"{name}{ACTS}", parts)
        board = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.dashboard_name)
        board.add_widgets(
            cloudwatch.CustomWidget(
                title="why403",
                function_arn=look.function.function_arn,
                width=WIDTH,
                height=HEIGHT,
                update_on_refresh=True,
                update_on_resize=False,
                update_on_time_range_change=False,
            )
        )
        tell(
            self, "ConsoleDashboard", self.dashboard_name, "The CloudWatch dashboard that shows the incidents"
        )

    def _function(self, construct_id: str, stem: str, name: str, parts: Parts) -> Function:
        plan = FunctionPlan(
            name=stem,
            told=TOLD[stem],
            memory_mb=512,
            timeout_seconds=20,
            environment=ConsoleEnvironment(
                table_name=parts.incidents.table.table_name,
                language=parts.settings.language,
                acting=parts.settings.acting != "off",
            ),
            fixed_name=name,
        )
        made = Function(Construct(self, construct_id), plan, parts.settings, parts.code)
        parts.incidents.grant_use(made.role, stem)
        return made
