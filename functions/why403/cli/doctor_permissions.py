"""Doctor: may this identity, or the deployed role, read what a diagnosis needs?"""

import json
from collections.abc import Sequence

from why403.aws.granted_reads import LINES, granted_reads
from why403.aws.permission_check import Checked, Permission, check
from why403.aws.reader import Reader
from why403.aws.whoami import Identity
from why403.cli.doctor_check import Check, listed_names
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.incidents.log_groups import arn_of_group
from why403.workloads.role_names import iam_arn

NEEDED = ("why403.policies", "why403.workloads", "why403.incidents")
MOST_ASKED = 20
"""Log groups whose lines the simulator is asked about; one policy serves all."""
NEEDED_OF = ("iam:", "logs:", "sts:")
"""Who called, and what its policies say: without these reads there is no diagnosis. The others make it surer, or name more."""


def check_place(identity: Identity) -> Check:
    """Who we are, and where."""
    place = identity.place
    return Check(f"credentials of {identity.arn} in account {place.account}, Region {place.region}", "ok")


def check_permissions(
    reader: Reader, identity: Identity, role: str, log_groups: Sequence[str] = ()
) -> list[Check]:
    """Every read that the functions may make, for `role` or for our own identity; lines are read of `log_groups` alone."""
    own = iam_arn(parse_principal(identity.arn))
    principal = role or own or identity.arn
    reads = granted_reads()
    bound = _bound(identity.place, log_groups) if role else {}
    checked = check(reader, reads, principal, own=None if role else identity.place, bound=bound)
    granted = [one for one in checked if one.permission is Permission.GRANTED]
    what = f"{len(granted)} of {len(checked)} read permissions are granted to {principal}"
    found = [Check(what, "ok")] if granted else []
    needed = {
        action
        for read, module in reads.items()
        for action in read.actions
        if module.startswith(NEEDED) or action.startswith(NEEDED_OF)
    }
    missing = [one for one in checked if one.permission is Permission.MISSING]
    for is_needed, result in ((True, "failed"), (False, "helps")):
        lacking = [one for one in missing if (one.action in needed) is is_needed]
        if lacking:
            found.append(_lacking(lacking, principal, result))
    unknown = [one.action for one in checked if one.permission is Permission.UNKNOWN]
    if unknown:
        cure = "Allow iam:SimulatePrincipalPolicy to whoever runs the doctor, and it can tell."
        found.append(
            Check(f"{len(unknown)} permissions could not be told: {', '.join(unknown)}", "unknown", cure)
        )
    return found


def _bound(place: Place, log_groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the stack's role may read of some resources only, on one of these; a glob as a name that fits it."""
    names = [group.replace("*", "x").replace("?", "x") for group in log_groups[:MOST_ASKED]]
    lines = dict.fromkeys(LINES, tuple(arn_of_group(f"{name}:*", place) for name in names)) if names else {}
    return {
        **lines,
        "apigateway:GET": (f"arn:{place.partition}:apigateway:{place.region}::/restapis/doctor",),
    }


def _lacking(lacking: list[Checked], principal: str, result: str) -> Check:
    """One policy to paste for all of them, and what the first of them is for."""
    names = listed_names([one.action for one in lacking])
    statement = {
        "Sid": "Why403Reads",
        "Effect": "Allow",
        "Action": [one.action for one in lacking],
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    what = "reads that a diagnosis needs are" if result == "failed" else "reads would help and are"
    why = f"{lacking[0].action}: {lacking[0].reasons[0]}"
    return Check(
        f"{len(lacking)} {what} missing: {names}",
        result,
        f"Allow them in an identity-based policy of {principal} ({why}): {policy}",
    )
