"""`why403 expect`: a denial is meant to be, or no longer. Writes the stack's own table, nothing else."""

from datetime import date

import click

from why403.cli.options import credentials, of_stack
from why403.cli.stored import open_stored
from why403.incidents.incident import Expectation, State
from why403.incidents.life_cycle_events import Expect, Unexpect

EXAMPLES = """\
\b
examples:
  why403 expect f3a1c0de --reason 'the scanner probes what it may read' --until 2027-06-30
  why403 expect f3a1c0de --end               it is expected no longer
\b
It says who it was: the AWS identity of your credentials. What holds for good belongs into the setting `expected`.
exit status: 0 saved, 1 nothing to change, 2 usage or no such incident, 3 nothing could be read"""
SAVED, UNCHANGED = 0, 1
"""Exit statuses: a script tells a repeated command from a first one."""
LONGEST = 200
"""Characters of a reason."""


@click.command("expect", epilog=EXAMPLES)
@click.argument("incident")
@click.option("--reason", default="", help="Why it is meant to be.")
@click.option("--until", default="", metavar="DATE", help="The first day on which it is expected no longer.")
@click.option("--end", is_flag=True, help="It is expected no longer, from now on.")
@of_stack
@credentials
def command(incident: str, reason: str, until: str, stack: str, region: str, *, end: bool) -> int:
    """Say that a denial is meant to be: it is counted and kept, and tells nobody.

    INCIDENT is its id, or how it begins, as `why403 incidents` lists it.
    """
    why = " ".join(reason.split())[:LONGEST]
    if not end and not (why and until):
        raise click.UsageError(
            "Say why with --reason and until when with --until, or take it back with --end."
        )
    stored = open_stored(stack, region)
    found = stored.find(incident)
    expectation = Expectation(reason=why, owner=stored.person, until=_day(until))
    step = stored.act(found, Unexpect(by=stored.person) if end else Expect(expectation=expectation))
    if step.incident == found:
        print(f"Nothing to change: the incident is {found.state.value}.")
        return UNCHANGED
    is_expected = step.incident.state is State.EXPECTED
    told = f"expected until {until}, says {stored.person}" if is_expected else "expected no longer"
    print(f"{found.fingerprint} is {told}.")
    return SAVED


def _day(until: str) -> str:
    try:
        return date.fromisoformat(until).isoformat() if until else ""
    except ValueError:
        raise click.BadParameter(
            f"{until!r} is no date: write it as 2027-06-30.", param_hint="--until"
        ) from None
