"""The doctor's checks: each says what it found and what would cure it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from why403.aws.incident_table import open_table
from why403.aws.log_groups import filter_names, look_up
from why403.aws.permission_check import Permission, check
from why403.aws.reader import Reader
from why403.aws.whoami import Identity
from why403.changes import register as changes
from why403.cli.doctor_line import TEST_MESSAGE, test_denial
from why403.errors import StoreError
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.incidents import history
from why403.incidents.fingerprint import fingerprint
from why403.policies import register as policies
from why403.reads import Answer, DeclaredRead, Failure, Plan, Reply, Unreadable
from why403.targets import register as targets
from why403.workloads import register as workloads
from why403.workloads.role_names import iam_arn

FILTERS_A_GROUP = 2
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""
OWN_FILTER = "why403"
SECRET = DeclaredRead(
    "secretsmanager",
    "DescribeSecret",
    ("secretsmanager:DescribeSecret",),
    "See whether the webhook's secret is there; its content is never read here.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """`result` is ok, failed or unknown; `cure` empty where there is nothing to do."""

    what: str
    result: str
    cure: str = ""

    def as_object(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def check_place(identity: Identity) -> Check:
    """Who we are, and where."""
    place = identity.place
    return Check(f"credentials of {identity.arn} in account {place.account}, Region {place.region}", "ok")


def check_permissions(reader: Reader, identity: Identity, role: str) -> list[Check]:
    """Every read that the library declares, for `role` or for our own identity."""
    own = iam_arn(parse_principal(identity.arn))
    principal = role or own or identity.arn
    reads = (*workloads.READS, *targets.READS, *policies.READS, *changes.READS, *history.READS)
    checked = check(reader, reads, principal, own=None if role else identity.place)
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


def check_log_group(reader: Reader, name: str, place: Place) -> list[Check]:
    """The group is there, and a subscription filter is ours or free."""
    _, missing = look_up(reader, (name,))
    if missing.get(name) == "absent":
        cure = (
            f"Check the name and the Region, or create it: aws logs create-log-group --log-group-name {name}"
        )
        return [Check(f"log group {name} is not there in {place.region}", "failed", cure)]
    if name in missing:
        cure = "Allow logs:DescribeLogGroups to whoever runs the doctor."
        return [Check(f"log group {name} could not be looked up ({missing[name]})", "unknown", cure)]
    return [Check(f"log group {name} is there", "ok"), _filter_slot(filter_names(reader, name), name)]


def _filter_slot(names: Sequence[str] | Unreadable, group: str) -> Check:
    if isinstance(names, Unreadable):
        cure = f"Allow {names.cure}." if names.cure else ""
        return Check(f"subscription filters of {group} could not be read ({names.error})", "unknown", cure)
    if any(OWN_FILTER in name.lower() for name in names):
        return Check(f"log group {group} has why403's subscription filter", "ok")
    if len(names) < FILTERS_A_GROUP:
        free = FILTERS_A_GROUP - len(names)
        return Check(f"log group {group} has {free} of {FILTERS_A_GROUP} subscription filters free", "ok")
    cure = (
        f"Ask for a higher quota of subscription filters, remove one of {', '.join(names)}, or watch the group by "
        "an account-level subscription filter policy (setting log_groups with a glob)."
    )
    return Check(f"log group {group} has no subscription filter free", "failed", cure)


def check_webhook(reader: Reader, secret: str) -> Check:
    """The secret is there and not about to be deleted. Whether Slack answers, the test line tells."""
    reply = reader.run(_describe(secret))
    if not isinstance(reply, Answer):
        absent = reply.failure is Failure.ABSENT
        cure = (
            "Create it with the webhook's URL as its text."
            if absent
            else f"Allow {reply.cure or reply.read.call}."
        )
        what = "is not there" if absent else f"could not be looked up ({reply.error})"
        return Check(f"secret {secret} {what}", "failed" if absent else "unknown", cure)
    if reply.at("DeletedDate") is not None:
        return Check(
            f"secret {secret} is scheduled for deletion", "failed", "Run aws secretsmanager restore-secret."
        )
    cure = "Whether Slack takes the message: write a test line (--send-test); its content is never read here."
    return Check(f"secret {secret} is there", "ok", cure)


def check_test_line(table: str, group: str, place: Place) -> Check:
    """Whether the test line of `group` became an incident, and whether Slack took its message."""
    key = fingerprint(test_denial(group), log_group=group, account=place.account)
    try:
        incident = open_table(table).get(key)
    except StoreError as error:
        return Check(
            f"table {table} could not be read: {error}", "unknown", f"Allow dynamodb:Query on {table}."
        )
    if incident is None:
        cure = (
            "Write one (--send-test), wait a minute, and ask again. If it stays away: is the group in the setting "
            "log_groups, does the triage function's log show an error?"
        )
        return Check(f"no test line of {group} has arrived", "failed", cure)
    seen = datetime.fromtimestamp(incident.last_seen / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Check(
        f"a test line of {group} arrived, last at {seen}; the incident is {incident.state.value}", "ok"
    )


def test_line_commands(groups: Sequence[str], identity: Identity) -> str:
    """The commands that write a made-up denial: why403 itself writes nothing."""
    if not groups:
        return "Name the log group: why403 doctor --log-group GROUP --send-test\n"
    region = identity.place.region
    told = [
        "# why403 only reads. These commands write a made-up denial, which should reach Slack within a minute:"
    ]
    for group in groups:
        stream = f"--log-group-name {group} --log-stream-name why403-doctor --region {region}"
        told += [
            f"aws logs create-log-stream {stream}",
            f'aws logs put-log-events {stream} --log-events "timestamp=$(date +%s000),message={TEST_MESSAGE}"',
        ]
    return "\n".join((*told, "# Then: why403 doctor --log-group GROUP --table TABLE", ""))


def _describe(secret: str) -> Plan[Reply]:
    (reply,) = yield (SECRET.of(SecretId=secret),)
    return reply
