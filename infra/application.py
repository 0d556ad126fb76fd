"""The app around the stack: settings from the context, rules checked at synthesis."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks
from why403.aws.granted_reads import granted_reads

from infra.settings import CONTEXT, settings_of
from infra.stack import Why403Stack

OWN_CLIENTS = frozenset({"dynamodb", "events", "logs", "secretsmanager", "sns", "sts"})
"""What the functions use of their own, beside what they read: tables, topics, secrets, sessions."""


def services_used() -> frozenset[str]:
    """The boto3 clients that the functions make."""
    return OWN_CLIENTS | {read.service for read in granted_reads()}


def application(asset: Callable[[], Path], context: Mapping[str, Any], outdir: str | None = None) -> App:
    """The app with its one stack. What the CDK's `-c` gives goes before `context`; SettingsError as settings say.

    `asset` builds the functions' folder, which takes a minute: only for settings that can be used.
    """
    app = App(context=dict(context), outdir=outdir)
    settings = settings_of(app.node.try_get_context(CONTEXT))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, write_suppressions_to_cloud_formation=True))
    Why403Stack(app, settings=settings, code=lambda_.Code.from_asset(str(asset())), reads=granted_reads())
    return app
