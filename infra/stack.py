"""The stack: wires the parts together and grants each what it needs, nothing else.

log groups → triage → incident table → diagnose → incidents topic → notify → Slack … and the console or the fix page
"""

from collections.abc import Iterable

from aws_cdk import Aws, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from why403.reads import DeclaredRead

from infra.console import Console
from infra.diagnose import Diagnose
from infra.fix_page import FixPage
from infra.forced import force_on_resources
from infra.incident_table import IncidentTable
from infra.log_subscriptions import LogSubscriptions
from infra.metrics import Watched
from infra.monitoring import Monitoring
from infra.notify import Notify, secrets_of
from infra.outputs import tell
from infra.own_secrets import Secrets
from infra.parts import Parts
from infra.read_access import ReadAccess
from infra.recheck import Recheck
from infra.settings import Settings
from infra.slack_app import SlackApp
from infra.subscribe import Subscribe
from infra.survey import Survey
from infra.topics import Topics
from infra.triage import Triage


class Why403Stack(Stack):
    """All of why403 in one account and Region. `code` is the Lambda asset, `reads` what the diagnosis may ask."""

    def __init__(
        self, scope: Construct, *, settings: Settings, code: lambda_.Code, reads: Iterable[DeclaredRead]
    ) -> None:
        super().__init__(
            scope,
            settings.stack_name,
            termination_protection=settings.termination_protection,
            description="why403: says which policy answered 403, and the smallest change that makes it yes.",
        )
        parts = Parts(
            settings=settings,
            code=code,
            incidents=IncidentTable(self, "Incidents", settings),
            topics=Topics(self, "Topics", settings),
            secrets=Secrets(self, "Secrets", settings),
            access=ReadAccess(self, "ReadAccess", settings, reads),
        )
        triage = Triage(self, "Triage", parts)
        diagnose = Diagnose(self, "Diagnose", parts)
        page = FixPage(self, "FixPage", parts) if settings.page_mode == "signed" else None
        console = Console(self, "Console", parts) if settings.page_mode == "console" else None
        if settings.slack_app:
            SlackApp(self, "SlackApp", parts, secrets_of(parts, ("slack",)))
        notify = Notify(self, "Notify", parts, page, console)
        recheck = Recheck(self, "Recheck", parts)
        survey = Survey(self, "Survey", parts)
        parked: dict[str, Triage | Diagnose | Notify | Recheck | Survey | Subscribe] = {
            "triage": triage,
            "diagnose": diagnose,
            "notify": notify,
            "recheck": recheck,
            "survey": survey,
        }
        if settings.has_subscriber:
            parked["subscribe"] = Subscribe(self, "Subscribe", parts, triage.handler.function)
        watched = Watched(
            settings=settings,
            functions={stem: part.handler.function for stem, part in parked.items()},
            queues={stem: part.dead_letters for stem, part in parked.items()},
            table_name=parts.incidents.table.table_name,
        )
        Monitoring(self, "Monitoring", watched, parts.topics.alarms)
        LogSubscriptions(self, "LogGroups", settings, triage.handler.function)
        force_on_resources(self, settings)
        redrive = f"why403 redrive {'|'.join(parked)} --stack {Aws.STACK_NAME} --region {Aws.REGION}"
        tell(self, "RedriveCommand", redrive, "Gives parked events to their function again; choose one")
        for stem, part in parked.items():
            tell(self, f"{stem.title()}Function", part.handler.function.function_name, f"The function {stem}")
            tell(self, f"{stem.title()}DeadLetters", part.dead_letters.queue_url, f"What {stem} failed at")
        for key, value in settings.tags.items():
            Tags.of(self).add(key, value)
