"""`why403 redact`: JSON Lines of log events in, their messages as they would be stored and sent out."""

import argparse
from functools import partial
from typing import Any

from why403.cli.classify import read_event
from why403.cli.line_by_line import answer_lines
from why403.log_events.redaction import redact


def run(arguments: list[str]) -> int:
    """Redact standard input."""
    parser = argparse.ArgumentParser(
        prog="why403 redact",
        usage="why403 redact [--emails] < events.jsonl > redacted.jsonl",
        description='Reads {"id", "message"} a line, writes {"id", "message"} as it would be stored and sent: one '
        'object a line, in the same order, with "error" where a line is no event.',
    )
    parser.add_argument("--emails", action="store_true", help="take e-mail addresses out as well")
    emails: bool = parser.parse_args(arguments).emails
    answer_lines(partial(answer, emails=emails))
    return 0


def answer(line: bytes, *, emails: bool = False) -> dict[str, Any]:
    """The contract's object for one input line, with `error` where the line is not an event."""
    given = read_event(line)
    return (
        given if "error" in given else {"id": given["id"], "message": redact(given["message"], emails=emails)}
    )
