"""Doctor: may this identity, or the deployed role, read what a diagnosis needs?"""

from why403.aws.granted_reads import granted_reads
from why403.aws.permission_check import Permission, check
from why403.aws.reader import Reader
from why403.aws.whoami import Identity
from why403.cli.doctor_check import Check
from why403.iam.principal import parse_principal
from why403.workloads.role_names import iam_arn


def check_place(identity: Identity) -> Check:
    """Who we are, and where."""
    place = identity.place
    return Check(f"credentials of {identity.arn} in account {place.account}, Region {place.region}", "ok")


def check_permissions(reader: Reader, identity: Identity, role: str) -> list[Check]:
    """Every read that the functions may make, for `role` or for our own identity."""
    own = iam_arn(parse_principal(identity.arn))
    principal = role or own or identity.arn
    checked = check(reader, granted_reads(), principal, own=None if role else identity.place)
    granted = [one for one in checked if one.permission is Permission.GRANTED]
    found = [Check(f"{len(granted)} of {len(checked)} read permissions are granted to {principal}", "ok")]
    for one in checked:
        if one.permission is Permission.MISSING:
            cure = (
                f"Allow {one.action} in an identity-based policy of {principal}. Needed to: {one.reasons[0]}"
            )
            found.append(Check(f"{one.action} is missing", "failed", cure))
    unknown = [one.action for one in checked if one.permission is Permission.UNKNOWN]
    if unknown:
        cure = "Allow iam:SimulatePrincipalPolicy to whoever runs the doctor, and it can tell."
        found.append(
            Check(f"{len(unknown)} permissions could not be told: {', '.join(unknown)}", "unknown", cure)
        )
    return found
