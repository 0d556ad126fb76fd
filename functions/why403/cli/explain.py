"""`why403 explain`: the whole diagnosis of one log event, with the caller's own credentials. It only reads."""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence

from why403.aws.reader import Reader
from why403.aws.whoami import REGION_OF_LAST_RESORT, whoami
from why403.cli.printed import OutputFormat, notice_of, printed
from why403.denials.classify import classify
from why403.denials.denial import Denial, Verdict
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.errors import NoAccessError
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.log_events.log_event import LogEvent
from why403.notices.words import Language
from why403.reads import ORGANIZATION, Plan, unread

DIAGNOSED, NO_DENIAL, USAGE, NOTHING_READ = 0, 1, 2, 3
ACCOUNT = re.compile(r"[0-9]{12}")
NOT_OURS = frozenset({Verdict.NOT_AWS, Verdict.NOT_A_DENIAL})
NO_ACCESS = "NoAccess"
"""Why nothing was read, where AWS was not even asked."""
SAID = {
    Verdict.NOT_AWS: "This line tells of a denial, but not by AWS: no policy of AWS's said no.",
    Verdict.NOT_A_DENIAL: "This line tells of no denial: nothing here was refused for a missing permission.",
}
EXAMPLES = """\
examples:
  why403 explain --log-group scout-admin-dev 'An error occurred (AccessDenied) when calling ...'
  tail -1 app.log | why403 explain --log-group scout-admin-dev -
exit status: 0 diagnosed, 1 the line is no denial by AWS, 2 usage, 3 nothing could be read"""


def run(arguments: list[str]) -> int:
    """Diagnose the event that the arguments or standard input hold; the exit status."""
    given = _parser().parse_args(arguments)
    message = sys.stdin.read() if given.line == "-" else given.line
    if not message.strip():
        print(
            "why403 explain: the log event is empty. Give it as LINE, or pipe it in with -.", file=sys.stderr
        )
        return USAGE
    event = LogEvent(message.rstrip("\n"), given.log_group, given.log_stream)
    denials = classify(event)
    if denials[0].verdict in NOT_OURS:
        verdict = denials[0].verdict
        as_json = json.dumps({"denial": {"verdict": verdict.value}})
        print(SAID[verdict] if given.format == OutputFormat.TEXT else as_json)
        return NO_DENIAL
    try:
        place = whoami(given.region, likely=denials[0].region or "").place
    except NoAccessError as error:
        print(f"why403 explain: {error} This is what the line alone tells.", file=sys.stderr)
        _tell_of_the_line(denials, event, given)
        return NOTHING_READ
    return _diagnose(denials, event, place, given)


def _diagnose(denials: Sequence[Denial], event: LogEvent, place: Place, given: argparse.Namespace) -> int:
    reader = Reader(place, roles=dict(given.target_read_role) | given.organization_read_role)
    readable = False
    for denial in denials:
        diagnosis = reader.run(_plan(denial, event, place))
        readable = readable or reader.answered > 0 or denial.verdict is not Verdict.MISSING_PERMISSION
        _print(diagnosis, event, place, given)
    return DIAGNOSED if readable else NOTHING_READ


def _tell_of_the_line(denials: Sequence[Denial], event: LogEvent, given: argparse.Namespace) -> None:
    for denial in denials:
        place = Place(denial.account or "", given.region or denial.region or REGION_OF_LAST_RESORT)
        _print(unread(_plan(denial, event, place), NO_ACCESS), event, place, given)


def _plan(denial: Denial, event: LogEvent, place: Place) -> Plan[Diagnosis]:
    return diagnose(denial, event, place, now=int(time.time() * 1000), clock=time.thread_time)


def _print(diagnosis: Diagnosis, event: LogEvent, place: Place, given: argparse.Namespace) -> None:
    notice = notice_of(diagnosis, event, place, Language(given.language))
    print(printed(notice, OutputFormat(given.format), colours=sys.stdout.isatty()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="why403 explain",
        description="Say who was denied what, which policy said no, and the smallest change that makes it yes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "line", metavar="LINE", help="one log event, newlines included; - reads standard input"
    )
    parser.add_argument(
        "--log-group", default="", help="the log group that it stands in: leads to the workload"
    )
    parser.add_argument("--log-stream", default="", help="its stream: leads to the very task")
    parser.add_argument(
        "--region", default="", help="where to look; default: your configured Region, else the line's"
    )
    _add_read_roles(parser)
    parser.add_argument(
        "--format",
        choices=[form.value for form in OutputFormat],
        default="text",
        help="what to print (default: text)",
    )
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="short for --format json"
    )
    parser.add_argument(
        "--language",
        choices=[language.value for language in Language],
        default="en",
        help="of what people read (default: en)",
    )
    return parser


def _add_read_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--target-read-role",
        action="append",
        default=[],
        type=_role_of_account,
        metavar="ACCOUNT=ARN",
        help="a role to read the targets of another account with (repeatable); without one, what lies there is "
        "told as unreadable",
    )
    parser.add_argument(
        "--organization-read-role",
        default={},
        type=lambda arn: {ORGANIZATION: _role(arn)},
        metavar="ARN",
        help="a role in the organization's management account to read SCPs and RCPs with; without one, your own "
        "credentials are tried",
    )


def _role_of_account(text: str) -> tuple[str, str]:
    account, equals, arn = text.partition("=")
    if not equals or not ACCOUNT.fullmatch(account):
        raise argparse.ArgumentTypeError(
            f"{text} is not ACCOUNT=ARN: give the account's 12 digits, =, and the role's ARN"
        )
    return account, _role(arn)


def _role(arn: str) -> str:
    if parse_principal(arn).kind is not PrincipalKind.ROLE:
        raise argparse.ArgumentTypeError(
            f"{arn} is no role's ARN: it looks like arn:aws:iam::123456789012:role/NAME"
        )
    return arn
