"""`why403 doctor`: what this installation may read and see, and what it lacks, each with its cure. It only reads."""

import argparse
import json
import sys

from why403.aws.reader import Reader
from why403.aws.whoami import Identity, whoami
from why403.cli.doctor_check import Check
from why403.cli.doctor_delivery import check_secret, check_test_line, test_line_commands
from why403.cli.doctor_log_groups import check_log_group
from why403.cli.doctor_permissions import check_permissions, check_place
from why403.delivery.register import CHANNELS, OWN_ROOM
from why403.errors import NoAccessError

HEALTHY, UNHEALTHY, USAGE, NOTHING_READ = 0, 1, 2, 3
MARKS = {"ok": "ok  ", "failed": "FAIL", "unknown": "?   "}
EXAMPLES = """\
examples:
  why403 doctor --log-group scout-admin-dev
  why403 doctor --role arn:aws:iam::123456789012:role/why403-diagnose --log-group scout-admin-dev
  why403 doctor --log-group scout-admin-dev --send-test             prints the commands that write a test line
  why403 doctor --log-group scout-admin-dev --table why403-incidents   did that line arrive?
exit status: 0 all is well, 1 something fails, 2 usage, 3 no credentials"""


def run(arguments: list[str]) -> int:
    """Check everything that the arguments name; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        identity = whoami(given.region)
    except NoAccessError as error:
        print(f"FAIL {error}", file=sys.stderr)
        return NOTHING_READ
    if given.send_test:
        print(test_line_commands(given.log_group, identity), end="")
        return HEALTHY if given.log_group else USAGE
    checks = _checks(given, identity)
    for check in checks:
        print(json.dumps(check.as_object(), ensure_ascii=False) if given.json else _told(check))
    return UNHEALTHY if any(check.result == "failed" for check in checks) else HEALTHY


def _checks(given: argparse.Namespace, identity: Identity) -> list[Check]:
    reader = Reader(identity.place)
    checks = [check_place(identity), *check_permissions(reader, identity, given.role)]
    for name in given.log_group:
        checks += check_log_group(reader, name, identity.place)
    for channel in CHANNELS:
        if name := getattr(given, channel.secret.setting) if channel.secret else "":
            checks.append(check_secret(reader, channel, name))
    if given.table:
        checks += [check_test_line(given.table, name, identity.place) for name in given.log_group]
    return checks


def _told(check: Check) -> str:
    lines = [f"{MARKS[check.result]} {check.what}"]
    if check.cure:
        lines.append(f"     {check.cure}")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="why403 doctor",
        description="Check what why403 needs to read, the log groups, and the way of a line to a message.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--log-group", action="append", default=[], help="a watched log group; may be repeated"
    )
    parser.add_argument("--role", default="", help="ARN of the role to check; default: your own identity")
    parser.add_argument("--region", default="", help="where to look; default: your configured Region")
    for channel in CHANNELS:
        if channel.secret:
            also = ["--webhook-secret"] if channel is OWN_ROOM else []
            flag = f"--{channel.secret.setting.replace('_', '-')}"
            told = f"ARN or name of the secret that holds {channel.secret.holds}"
            parser.add_argument(flag, *also, dest=channel.secret.setting, default="", help=told)
    parser.add_argument("--table", default="", help="the incident table: has a test line arrived?")
    parser.add_argument(
        "--send-test",
        action="store_true",
        help="print the commands that write a test line (nothing is written)",
    )
    parser.add_argument("--json", action="store_true", help="one object a check, as JSON Lines")
    return parser
