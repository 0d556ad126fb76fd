"""What the Slack app's buttons call: a public function URL that does what Slack signed, where `slack_app` asks for it."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from why403.environment import SlackAppEnvironment

from infra.function import Function, FunctionPlan
from infra.outputs import tell
from infra.parts import Parts


class SlackApp(Construct):
    """Reads an incident; writes only what people said of it. Its role sees no diagnosis, and nothing of the account."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts, secrets: tuple[str, ...]) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        plan = FunctionPlan(
            name="slack_app",
            told="A press of a button in Slack; it acts only on what Slack signed",
            memory_mb=1769,  # a whole processor, by Lambda's documentation: Slack waits for three seconds
            timeout_seconds=10,
            environment=SlackAppEnvironment(
                table_name=parts.incidents.table.table_name,
                secrets=secrets,
                webhook_hosts=settings.webhook_hosts,
                redact_emails=settings.redact_emails,
            ),
        )
        handler = Function(self, plan, settings, parts.code)
        # The function itself checks Slack's signature before it reads anything of an incident.
        url = handler.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE).url
        parts.incidents.grant_use(handler.role, "slack_app")
        parts.secrets.grant_read(handler.role, *secrets)
        tell(self, "SlackAppUrl", url, "The Request URL of the Slack app (docs/slack-app.md)")
