"""The names of an incident that a playbook can be filled with."""

import json
import re

from why403.iam.arn import parse_arn
from why403.iam.principal import PrincipalKind, parse_principal
from why403.remedies.case import Case
from why403.workloads.credentials import PASSED_ROLE
from why403.workloads.ecs.task_start import is_of_task_start

LAKE_FORMATION = re.compile(
    r"Lake Formation permission\(s\)(?:: Required (?P<permission>[A-Za-z]{1,20}))? on (?P<name>(?:s3://)?[\w./-]{1,255})"
)
"""`Insufficient Lake Formation permission(s): Required Describe on orders`."""
STATIC_KEYS = "static-keys"
NETWORK = "NetworkInterface"
"""How the calls end with which Lambda sets up a function's place in a VPC."""
STARTED = "ecs"
"""Who made the call before the application ran: ECS, for the task."""


def incident_names(case: Case) -> dict[str, str]:
    """What the line, the workload and the reads tell; a name that is not known is left out."""
    denial, workload, place = case.denial, case.workload, case.place
    caller = workload.caller_arn or denial.principal or ""
    resource = denial.resource or ""
    arn = parse_arn(resource)
    is_service = parse_principal(caller).kind is PrincipalKind.SERVICE
    known = {
        "service": denial.service,
        "operation": denial.operation,
        "action": denial.action,
        "resource": resource,
        "principal": denial.principal,
        "policy": denial.policy_arn,
        "request_id": denial.request_id,
        "role": parse_principal(caller).name,
        "caller": caller,
        "source": workload.source_arn if is_service else "",
        "workload": workload.name or workload.arn,
        "cluster": workload.cluster,
        "ecs_service": workload.service,
        "task_role": workload.task_role_arn,
        "static_keys": workload.credentials if workload.credentials == STATIC_KEYS else "",
        "passed_role": workload.credentials if workload.credentials == PASSED_ROLE else "",
        "network": denial.action if (denial.action or "").endswith(NETWORK) else "",
        "execution_role": workload.execution_role_arn,
        "task_start": STARTED if is_of_task_start(denial.excerpt) else "",
        "account": denial.account or place.account,
        "region": denial.region or place.region,
        "bucket": _bucket(case) if arn is None or arn.service == "s3" else "",
        "target": resource or caller or workload.arn,
        **_of_lake(denial.excerpt),
        **(case.names or {}),
    }
    return {name: value for name, value in known.items() if value}


def _of_lake(text: str) -> dict[str, str]:
    """What Lake Formation says is lacking: the permission, and the table or location."""
    found = LAKE_FORMATION.search(text)
    if found is None:
        return {}
    name = found["name"].rstrip(".")
    if name.startswith("s3:"):
        return {"lake_location": name}
    database, _, table = name.rpartition(".")
    resource = {"Table": {"DatabaseName": database or "DATABASE", "Name": table}}
    permission = (found["permission"] or "SELECT").upper()
    return {"lake_table": name, "lake_permission": permission, "lake_resource": json.dumps(resource)}


def _bucket(case: Case) -> str:
    arn = parse_arn(case.denial.resource or "")
    if arn is not None:
        return arn.resource.partition("/")[0]
    return (case.denial.resource_name or "") if case.denial.service == "s3" else ""
