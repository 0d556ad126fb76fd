"""`why403 explain`: the whole diagnosis of one log event, with the caller's own credentials. It only reads.

The line that somebody gave to `why403 explain`, found where it stands: its log group, its stream, its whole event.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from why403.aws.log_groups import look_up, names_like
from why403.aws.reader import Reader
from why403.aws.whoami import REGION_OF_LAST_RESORT, whoami
from why403.cli.options import credentials, read_roles
from why403.cli.printed import OutputFormat, notice_of, printed, printing
from why403.cli.terminal import waiting
from why403.denials.classify import classify
from why403.denials.denial import Denial, Verdict
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.errors import NoAccessError
from why403.iam.place import Place
from why403.incidents.stream import LineFound, ask_closer, ask_stream, events_of, find_line, whole_event
from why403.log_events.log_event import LogEvent
from why403.reads import Plan, Read, asked, unread

MILLISECOND_DIGITS = 13
"""Of a time since the epoch, from 2001 to 2286."""


def remark(sentence: str) -> None:
    """To people, beside what is printed."""
    print(f"why403 explain: {sentence}", file=sys.stderr)


def check_group(reader: Reader, name: str, place: Place) -> None:
    """Say first that a group is not there: what follows is told without it."""
    if not name:
        return
    _, missing = look_up(reader, (name,))
    if missing.get(name) == "absent":
        near = names_like(reader, name)
        meant = (
            f" Did you mean {' or '.join(near)}?"
            if near
            else " Is it the right Region (--region) and account?"
        )
        remark(f"there is no log group {name} in {place.region}.{meant}")


def found_whole(reader: Reader, event: LogEvent) -> LogEvent:
    """The event that the line is a part of in its stream; the line as it was given where it is not found there."""
    with waiting("looking for the line in its stream …"):
        found = reader.run(find_line(event))
    if found.event is None:
        remark(_not_found(found, event))
        return event
    if found.times > 1 and not event.timestamp:
        when = _iso(found.event.timestamp)
        remark(
            f"the line stands in the stream {found.times} times; this is told of the newest, of {when} (--timestamp tells which)."
        )
    there = _around(reader, ask_stream(found.event), found.event)
    closer = ask_closer(there, found.event)
    return whole_event(_around(reader, closer, found.event) if closer else there, found.event)


def _around(reader: Reader, reads: tuple[Read, ...], event: LogEvent) -> tuple[LogEvent, ...]:
    (reply,) = reader.run(asked(reads))
    return events_of(reply, event)


def _not_found(found: LineFound, event: LogEvent) -> str:
    where = f"stream {event.log_stream} of {event.log_group}"
    if found.failed is not None:
        return f"{where} could not be read ({found.failed.error}): this is told from the line alone."
    looked = f"{found.read} events, back to {_iso(found.since)}," if found.read else "No event"
    return f"the line does not stand in {where}: this is told from it alone. {looked} of the stream was looked at; --timestamp tells where to look."


def _iso(milliseconds: int) -> str:
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def milliseconds(given: str) -> int:
    """Milliseconds since the epoch; 0 where nothing is given."""
    if not given or given == "0":
        return 0
    if given.isdecimal() and len(given) == MILLISECOND_DIGITS:
        return int(given)
    try:
        time = datetime.fromisoformat(given)
    except ValueError as error:
        raise click.BadParameter(
            f"{given} is no time: it looks like 1764039845678 or 2026-11-25T03:04:05.678Z."
        ) from error
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


DIAGNOSED, NO_DENIAL, USAGE, NOTHING_READ = 0, 1, 2, 3
"""Exit statuses: a contract, programs call this."""
NOT_OURS = frozenset({Verdict.NOT_AWS, Verdict.NOT_A_DENIAL})
NO_ACCESS = "NoAccess"
"""Why nothing was read, where AWS was not even asked."""
SAID = {
    Verdict.NOT_AWS: "This line tells of a denial, but not by AWS: no policy of AWS's said no.",
    Verdict.NOT_A_DENIAL: "This line tells of no denial: nothing here was refused for a missing permission.",
}
EXAMPLES = """\
\b
examples:
  why403 explain --log-group scout-admin-dev 'An error occurred (AccessDenied) when calling ...'
  tail -1 app.log | why403 explain --log-group scout-admin-dev -
\b
exit status: 0 diagnosed, 1 the line is no denial by AWS, 2 usage, 3 nothing could be read"""
NO_GROUP = (
    "no --log-group is given: this is told from the line and its account. With the group, the workload behind it is "
    "found: its role, its environment, what was deployed just before, and the resource where the line names none."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """How a diagnosis was asked for: where to look, as whom to read elsewhere, and what to print."""

    region: str
    roles: dict[str, str]
    form: OutputFormat
    language: str
    whole: bool


@click.command("explain", epilog=EXAMPLES)
@click.argument("line")
@click.option("--log-group", default="", help="The log group that it stands in: leads to the workload.")
@click.option(
    "--log-stream",
    default="",
    help="Its stream: leads to the very task, and to the other lines of the same error, which log drivers cut apart.",
)
@click.option(
    "--timestamp",
    default=0,
    metavar="TIME",
    callback=lambda _context, _parameter, given: milliseconds(given),
    type=str,
    help="When it was logged, in milliseconds since the epoch or as 2026-11-25T03:04:05.678Z: where the stream holds "
    "the line often. Default: the newest.",
)
@credentials
@read_roles
@printing
def command(
    line: str,
    log_group: str,
    log_stream: str,
    timestamp: int,
    region: str,
    target_read_role: dict[str, str],
    organization_read_role: dict[str, str],
    form: str,
    language: str,
    *,
    whole: bool,
    as_json: bool,
) -> int:
    """Say who was denied what, which policy said no, and the smallest change that makes it yes.

    LINE is one log event, newlines included; - reads it from standard input.
    """
    asked = Explaining(
        region=region,
        roles=target_read_role | organization_read_role,
        form=OutputFormat.JSON if as_json else OutputFormat(form),
        language=language,
        whole=whole,
    )
    message = sys.stdin.read() if line == "-" else line
    if not message.strip():
        raise click.UsageError("The log event is empty. Give it as LINE, or pipe it in with -.")
    return explain(LogEvent(message.rstrip("\n"), log_group, log_stream, timestamp), asked)


def explain(event: LogEvent, asked: Explaining) -> int:
    """Diagnose one event and print it as it was asked for; the exit status."""
    denials = classify(event)
    has_stream = bool(event.log_group and event.log_stream)
    if denials[0].verdict in NOT_OURS and not has_stream:
        return _tell_no_denial(denials, asked)
    try:
        place = whoami(asked.region, likely=denials[0].region or "").place
    except NoAccessError as error:
        if denials[0].verdict in NOT_OURS:
            return _tell_no_denial(denials, asked)
        remark(f"{error} This is what the line alone tells.")
        _tell_of_the_line(denials, event, asked)
        return NOTHING_READ
    reader = Reader(place, roles=asked.roles)
    check_group(reader, event.log_group, place)
    if has_stream:
        event = found_whole(reader, event)
        denials = classify(event)
        if denials[0].verdict in NOT_OURS:
            return _tell_no_denial(denials, asked)
    return _diagnose(reader, denials, event, place, asked)


def diagnosed(event: LogEvent, region: str) -> list[Diagnosis]:
    """What is found of one event; empty where it is no denial by AWS. NoAccessError where AWS cannot be asked."""
    place = whoami(region, likely=classify(event)[0].region or "").place
    reader = Reader(place, roles={})
    check_group(reader, event.log_group, place)
    if event.log_group and event.log_stream:
        event = found_whole(reader, event)
    denials = [each for each in classify(event) if each.verdict not in NOT_OURS]
    with waiting("reading what the call's role and target have for policies …"):
        return [reader.run(_plan(each, event, place)) for each in denials]


def _tell_no_denial(denials: Sequence[Denial], asked: Explaining) -> int:
    verdict = denials[0].verdict
    as_json = json.dumps({"denial": {"verdict": verdict.value}})
    print(SAID[verdict] if asked.form is OutputFormat.TEXT else as_json)
    return NO_DENIAL


def _diagnose(
    reader: Reader, denials: Sequence[Denial], event: LogEvent, place: Place, asked: Explaining
) -> int:
    readable = False
    for denial in denials:
        with waiting("reading what the call's role and target have for policies …"):
            diagnosis = reader.run(_plan(denial, event, place))
        readable = readable or reader.answered > 0 or denial.verdict is not Verdict.MISSING_PERMISSION
        _print(diagnosis, event, place, asked)
    if not event.log_group and asked.form is OutputFormat.TEXT:
        remark(NO_GROUP)
    return DIAGNOSED if readable else NOTHING_READ


def _tell_of_the_line(denials: Sequence[Denial], event: LogEvent, asked: Explaining) -> None:
    for denial in denials:
        place = Place(denial.account or "", asked.region or denial.region or REGION_OF_LAST_RESORT)
        _print(unread(_plan(denial, event, place), NO_ACCESS), event, place, asked)


def _plan(denial: Denial, event: LogEvent, place: Place) -> Plan[Diagnosis]:
    return diagnose(denial, event, place, now=int(time.time() * 1000), clock=time.thread_time)


def _print(diagnosis: Diagnosis, event: LogEvent, place: Place, asked: Explaining) -> None:
    notice = notice_of(diagnosis, event, place, asked.language)
    print(printed(notice, asked.form, whole=asked.whole))
