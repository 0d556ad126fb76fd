"""Only the line tells who called: no workload was found behind the log group, or there is no group."""

from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.workloads.clue import Clue
from why403.workloads.role_names import iam_arn
from why403.workloads.workload import Workload, WorkloadKind


def workload_of_line(clue: Clue, place: Place) -> Workload:
    """The line's principal as the workload; kind UNKNOWN where the line names none either."""
    principal = parse_principal(clue.principal) if clue.principal else None
    caller = iam_arn(principal) if principal else ""
    is_role = principal is not None and principal.kind in {PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE}
    return Workload(
        kind=WorkloadKind.PRINCIPAL if caller else WorkloadKind.UNKNOWN,
        arn=caller,
        name=principal.name if principal else "",
        role_arn=caller if is_role else "",
        account=(principal.account if principal else "") or place.account,
        region=place.region,
        partition=(principal.partition if principal else "") or place.partition,
    )
