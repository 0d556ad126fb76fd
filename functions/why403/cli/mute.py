"""`why403 mute`: an incident is silent for a while, or again heard of. Writes the stack's own table, nothing else."""

from datetime import UTC, date, datetime, timedelta

import click

from why403.aws.incident_table import milliseconds
from why403.cli.options import SECONDS, credentials, of_stack, seconds
from why403.cli.stored import open_stored
from why403.incidents.life_cycle_events import Mute, Unmute
from why403.incidents.life_cycle_person import MOST_MUTED_DAYS

EXAMPLES = """\
\b
examples:
  why403 mute f3a1c0de --for 4h
  why403 mute f3a1c0de --until 2026-12-24
  why403 mute f3a1c0de --until-fixed         told again when it is fixed, or was not
  why403 mute f3a1c0de --end                 hear of it again
\b
A mute ends within 30 days, and says who it was: the AWS identity of your credentials.
exit status: 0 saved, 1 nothing to change, 2 usage or no such incident, 3 nothing could be read"""
SAVED, UNCHANGED = 0, 1
"""Exit statuses: a script tells a repeated command from a first one."""


@click.command("mute", epilog=EXAMPLES)
@click.argument("incident")
@click.option("--for", "span", callback=seconds, metavar="SPAN", help="How long: 30m, 4h, 7d.")
@click.option("--until", default="", metavar="DATE", help="The first day on which it is heard of again.")
@click.option(
    "--until-fixed", is_flag=True, help=f"Silent until a fix is seen, at most {MOST_MUTED_DAYS} days."
)
@click.option("--end", is_flag=True, help="Hear of it again from now on.")
@of_stack
@credentials
def command(
    incident: str, span: int | None, until: str, stack: str, region: str, *, until_fixed: bool, end: bool
) -> int:
    """Keep an incident silent until a day, or hear of it again.

    INCIDENT is its id, or how it begins, as `why403 incidents` lists it.
    """
    if sum((bool(span), bool(until), until_fixed, end)) != 1:
        raise click.UsageError("Say until when with one of --for, --until, --until-fixed or --end.")
    stored = open_stored(stack, region)
    found = stored.find(incident)
    longest = MOST_MUTED_DAYS * SECONDS["d"] if until_fixed else span
    event = (
        Unmute(by=stored.person)
        if end
        else Mute(until=_end(longest, until), by=stored.person, until_fixed=until_fixed)
    )
    step = stored.act(found, event)
    if step.incident == found:
        muted = f", muted until {found.muted_until}" if found.muted_until else ""
        print(f"Nothing to change: the incident is {found.state.value}{muted}.")
        return UNCHANGED
    fixed = "it is fixed, at most until " if until_fixed else ""
    told = "heard of again" if end else f"muted until {fixed}{step.incident.muted_until} by {stored.person}"
    print(f"{found.fingerprint} is {told}.")
    return SAVED


def _end(span: int | None, until: str) -> str:
    """ISO 8601, in UTC where it is a moment."""
    if span is None:
        try:
            return date.fromisoformat(until).isoformat()
        except ValueError:
            raise click.BadParameter(
                f"{until!r} is no date: write it as 2026-12-24.", param_hint="--until"
            ) from None
    if span > MOST_MUTED_DAYS * SECONDS["d"]:
        raise click.BadParameter(f"a mute ends within {MOST_MUTED_DAYS} days.", param_hint="--for")
    now = datetime.fromtimestamp(milliseconds() // 1000, UTC)
    return (now + timedelta(seconds=span)).isoformat()
