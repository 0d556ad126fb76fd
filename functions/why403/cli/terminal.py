"""What the terminal can show: colours, a width, and a sign that something is being waited for."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TextIO

from why403.notices.inert import LONE, UNSEEN


def has_colours(stream: TextIO) -> bool:
    """Whether colours help there: on a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb says no."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int:
    """Columns to fold sentences to; 0 where nobody looks at it in a terminal."""
    return get_terminal_size().columns if stream.isatty() else 0


@contextmanager
def waiting(sentence: str) -> Iterator[None]:
    """Show on standard error that something is waited for, while it is; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415  # only where somebody watches

    with Console(stderr=True).status(sentence):
        yield


def json_line(value: object) -> str:
    """The value as JSON that moves no terminal's cursor: letters as they are, unseen characters escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return LONE.sub(_escaped, UNSEEN.sub(_escaped, written))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
