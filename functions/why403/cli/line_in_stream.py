"""The line that somebody gave to `why403 explain`, found where it stands: its log group, its stream, its whole event."""

import sys
from datetime import UTC, datetime

import click

from why403.aws.log_groups import look_up, names_like
from why403.aws.reader import Reader
from why403.cli.terminal import waiting
from why403.iam.place import Place
from why403.incidents.stream import CLOSE_MS, LineFound, ask_stream, events_of, find_line, whole_event
from why403.log_events.log_event import LogEvent
from why403.reads import asked

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
    (reply,) = reader.run(asked(ask_stream(found.event, CLOSE_MS)))
    return whole_event(events_of(reply, found.event), found.event)


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
