"""The app around the stack: settings from the context, rules and AWS's quotas checked at synthesis."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks
from why403.aws.granted_reads import granted_reads

from infra.quotas import check
from infra.settings import CONTEXT, settings_of
from infra.stack import Why403Stack

OWN_CLIENTS = frozenset({"dynamodb", "events", "logs", "secretsmanager", "sns", "sts"})
"""What the functions use of their own, beside what they read: tables, topics, secrets, sessions."""


def services_used() -> frozenset[str]:
    """The boto3 clients that the functions make."""
    return OWN_CLIENTS | {read.service for read in granted_reads()}


UNLIMITED = {"@aws-cdk/core:stackResourceLimit": 0}
"""The CDK's own count breaks off with a traceback: infra/quotas.py counts, and says what to write instead."""


def synthesize(
    asset: Callable[[], Path], context: Mapping[str, Any], outdir: str | None = None
) -> dict[str, Any]:
    """The template of the one stack, written to `outdir`. What the CDK's `-c` gives goes before `context`.

    SettingsError as settings say, and where AWS would not take the template. `asset` builds the functions' folder, which takes
    a minute: only for settings that can be used.
    """
    app = App(context={**UNLIMITED, **context}, outdir=outdir)
    settings = settings_of(app.node.try_get_context(CONTEXT))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, write_suppressions_to_cloud_formation=True))
    Why403Stack(app, settings=settings, code=lambda_.Code.from_asset(str(asset())), reads=granted_reads())
    text = Path(app.synth().stacks[0].template_full_path).read_text("utf-8")
    template: dict[str, Any] = json.loads(text)
    check(template, len(text.encode()))
    return template
