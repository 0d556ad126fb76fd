"""What the functions share."""

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from infra.incident_table import IncidentTable
from infra.own_secrets import Secrets
from infra.read_access import ReadAccess
from infra.settings import Settings
from infra.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Handed to each function's construct, which takes and grants what it needs of it."""

    settings: Settings
    code: lambda_.Code
    incidents: IncidentTable
    topics: Topics
    secrets: Secrets
    access: ReadAccess
