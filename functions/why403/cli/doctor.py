"""`why403 doctor`: what this installation may read and see, and what it lacks, each with its cure. It only reads."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from why403.aws.reader import Reader
from why403.aws.stack import find_stack
from why403.aws.whoami import Identity, whoami
from why403.cli.doctor_channels import ASK, check_named
from why403.cli.doctor_check import Check
from why403.cli.doctor_delivery import check_test_line, test_line_commands
from why403.cli.doctor_log_groups import check_log_group
from why403.cli.doctor_permissions import check_permissions, check_place
from why403.cli.doctor_stack import check_stack
from why403.cli.options import credentials
from why403.cli.terminal import json_line
from why403.delivery.register import CHANNELS, OWN_ROOM
from why403.errors import NoAccessError
from why403.notices.inert import WHOLE, inert

HEALTHY, UNHEALTHY, USAGE, NOTHING_READ = 0, 1, 2, 3
"""Exit statuses, the same for each command that only reads."""
MARKS = {"failed": "FAIL", "unknown": "?   ", "helps": "note", "ok": "ok  "}
"""By need: what fails stands first."""
COUNTED = {"failed": "fail", "unknown": "could not be told", "helps": "would help", "ok": "are well"}
EXAMPLES = """\
\b
examples:
  why403 doctor --stack why403                    everything of a deployed stack, found by its name
  why403 doctor --stack why403 --ask-channels     and what Slack says to a message without a text, which it posts nowhere
  why403 doctor --log-group scout-admin-dev
  why403 doctor --role arn:aws:iam::123456789012:role/why403-diagnose --log-group scout-admin-dev
  why403 doctor --log-group scout-admin-dev --send-test             prints the commands that write a test line
  why403 doctor --log-group scout-admin-dev --table why403-incidents   did that line arrive?
\b
exit status: 0 all is well, 1 something fails, 2 usage, 3 no credentials"""


SECRETS = tuple(channel for channel in CHANNELS if channel.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the doctor is to look at; `secrets` by their settings' names, empty where none is named."""

    stack: str
    log_groups: tuple[str, ...]
    role: str
    table: str
    secrets: Mapping[str, str]
    ask_channels: bool


def _with_secrets(command: click.Command) -> click.Command:
    """An option for each channel that has a secret."""
    for channel in SECRETS:
        if channel.secret:
            also = ["--webhook-secret"] if channel is OWN_ROOM else []
            flag = f"--{channel.secret.setting.replace('_', '-')}"
            told = f"ARN or name of the secret that holds {channel.secret.holds}."
            command.params.append(click.Option([channel.secret.setting, flag, *also], default="", help=told))
    return command


@_with_secrets
@click.command("doctor", epilog=EXAMPLES)
@click.option(
    "--stack", default="", metavar="NAME", help="A deployed stack: everything of it is found and looked at."
)
@click.option("--log-group", multiple=True, help="A watched log group; may be repeated.")
@click.option("--role", default="", help="ARN of the role to check; default: your own identity.")
@credentials
@click.option("--table", default="", help="The incident table: has a test line arrived?")
@click.option(
    "--send-test", is_flag=True, help="Print the commands that write a test line (nothing is written)."
)
@click.option(
    ASK,
    is_flag=True,
    help="Ask each channel whether it would take a message, posting none; its secret is read here, with your own right to it.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a check, as JSON Lines.")
def command(
    stack: str,
    log_group: tuple[str, ...],
    role: str,
    region: str,
    table: str,
    *,
    send_test: bool,
    ask_channels: bool,
    as_json: bool,
    **secrets: str,
) -> int:
    """Check what why403 needs to read, the log groups, and the way of a line to a message."""
    try:
        identity = whoami(region)
    except NoAccessError as error:
        print(f"FAIL {error}", file=sys.stderr)
        return NOTHING_READ
    if send_test:
        print(test_line_commands(log_group, identity), end="")
        return HEALTHY if log_group else USAGE
    checks = _checks(
        Examined(
            stack=stack,
            log_groups=log_group,
            role=role,
            table=table,
            secrets=secrets,
            ask_channels=ask_channels,
        ),
        identity,
    )
    for check in sorted(checks, key=lambda one: [*MARKS].index(one.result)):
        print(json_line(check.as_object()) if as_json else inert(_told(check), WHOLE))
    if not as_json:
        print(_counted(checks))
    return UNHEALTHY if any(check.result == "failed" for check in checks) else HEALTHY


def _checks(examined: Examined, identity: Identity) -> list[Check]:
    reader = Reader(identity.place)
    checks = [check_place(identity)]
    if examined.stack:
        stack = find_stack(examined.stack, identity.place.region)
        checks += check_stack(reader, identity, stack, ask_channels=examined.ask_channels)
    if examined.role or not examined.stack:
        checks += check_permissions(reader, identity, examined.role)
    for name in examined.log_groups:
        checks += check_log_group(reader, name, identity.place)
    for channel in SECRETS:
        if name := examined.secrets.get(channel.secret.setting, "") if channel.secret else "":
            checks += check_named(reader, channel, name, identity.place.region, ask=examined.ask_channels)
    if examined.table:
        checks += [check_test_line(examined.table, name, identity.place) for name in examined.log_groups]
    return checks


def _counted(checks: Sequence[Check]) -> str:
    """The last line, which stands above the prompt."""
    results = [check.result for check in checks]
    told = (f"{results.count(result)} {what}" for result, what in COUNTED.items() if result in results)
    return f"{len(checks)} checks: {', '.join(told)}"


def _told(check: Check) -> str:
    lines = [f"{MARKS[check.result]} {check.what}"]
    if check.cure:
        lines.append(f"     {check.cure}")
    return "\n".join(lines)
