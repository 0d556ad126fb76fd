"""CloudWatch Logs → triage: lines are classified, counted, and written as incidents."""

import json

from aws_cdk import Aws
from constructs import Construct
from why403.aws.accounts import ANY_ACCOUNT
from why403.environment import TriageEnvironment

from infra.function import FUNCTIONS, Function, FunctionPlan, role_stem
from infra.parts import Parts
from infra.setting_kinds import OWN_LOG_GROUPS
from infra.settings import Settings

TIMEOUT_SECONDS = 300
"""A delivery with lines of 10,000 incidents that are known already widens each of them, one after another."""


class Triage(Construct):
    """Called by CloudWatch Logs without waiting: what fails is tried twice more, then parked."""

    def __init__(self, scope: Construct, construct_id: str, parts: Parts) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        plan = FunctionPlan(
            name="triage",
            told="Log lines → denials → incidents",
            memory_mb=512,
            timeout_seconds=TIMEOUT_SECONDS,
            environment=TriageEnvironment(
                table_name=parts.incidents.table.table_name,
                log_groups=_taken(settings),
                expected=json.dumps([dict(item) for item in settings.expected]),
                own_account="*" if ANY_ACCOUNT in settings.target_read_roles else Aws.ACCOUNT_ID,
                own_roles=tuple(f"{role_stem(settings, stem)}-" for stem in FUNCTIONS),
                read_roles=tuple(sorted({role.rpartition("/")[2] for role in _read_roles(settings)})),
                retention_days=settings.retention_days,
                redact_emails=settings.redact_emails,
            ),
        )
        self.handler = Function(self, plan, settings, parts.code)
        self.dead_letters = self.handler.park_failures()
        parts.incidents.grant_use(self.handler.role, "triage")


def _read_roles(settings: Settings) -> tuple[str, ...]:
    return tuple(filter(None, (*settings.target_read_roles.values(), settings.organization_read_role)))


def watched(settings: Settings) -> str:
    """The environment's `log_groups`: what is meant by its name, and what never."""
    return json.dumps({"include": list(settings.log_groups), "exclude": never_watched(settings)})


def _taken(settings: Settings) -> str:
    """Which groups carry tags, only the function that puts filters on them knows: what it lets through is meant."""
    if not settings.log_group_tags:
        return watched(settings)
    return json.dumps({"include": [*settings.log_groups, "*"], "exclude": never_watched(settings)})


def never_watched(settings: Settings) -> list[str]:
    """Globs: our own groups, lest we tell of ourselves, and those that the settings leave out."""
    return [f"{OWN_LOG_GROUPS}*", *settings.exclude_log_groups]
