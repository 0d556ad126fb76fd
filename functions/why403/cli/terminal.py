"""What the terminal can show: colours, a width, and a sign that something is being waited for."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TextIO


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
