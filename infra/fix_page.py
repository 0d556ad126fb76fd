"""The fix page behind a public function URL, opened by a signed link: where `page_mode` is `signed`."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from why403.environment import FixPageEnvironment

from infra.function import Function, FunctionPlan
from infra.outputs import tell
from infra.parts import Parts


class FixPage(Construct):
    """Reads an incident; writes only that people muted it or expect it."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        plan = FunctionPlan(
            name="fix_page",
            told="An incident as a page: verdict, layers, drafts",
            memory_mb=512,
            timeout_seconds=20,
            environment=FixPageEnvironment(
                table_name=parts.incidents.table.table_name,
                language=settings.language,
                link_secret_arn=parts.secrets.links,
                acting=settings.acting,
            ),
        )
        self.handler = Function(self, plan, settings, parts.code)
        # The function itself checks the link's HMAC and expiry before it reads anything.
        self.url: str = self.handler.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE).url
        parts.incidents.grant_use(self.handler.role, "fix_page")
        parts.secrets.grant_read(self.handler.role, parts.secrets.links)
        tell(self, "PageUrl", self.url, "The fix page; it opens with the links in messages")
