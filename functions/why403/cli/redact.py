"""`why403 redact`: JSON Lines of log events in, their messages as they would be stored and sent out."""

from functools import partial
from typing import Any

from why403.cli.classify import read_event
from why403.cli.line_by_line import answer_lines, as_json
from why403.log_events.redaction import redact

TOLD = """Read {"id", "message"} a line, and write {"id", "message"} as it would be stored and sent: one object a line, in the
same order, with "error" where a line is no event."""
EXAMPLES = "why403 redact < events.jsonl > redacted.jsonl"
FLAGS = {"emails": "Take e-mail addresses out as well."}


def run(options: list[str]) -> int:
    """Redact standard input; `--emails` takes e-mail addresses out as well."""
    answer_lines(as_json(partial(answer, emails="--emails" in options)))
    return 0


def answer(line: bytes, *, emails: bool = False) -> dict[str, Any]:
    """The contract's object for one input line, with `error` where the line is not an event."""
    given = read_event(line)
    return (
        given if "error" in given else {"id": given["id"], "message": redact(given["message"], emails=emails)}
    )
