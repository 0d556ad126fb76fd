"""Colours for a terminal that has them."""

from textwrap import wrap

from why403.notices.checklist import Mark

RESET, BOLD, RED, GREEN, YELLOW, DIM = "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
NARROWEST = 40
"""Columns from which folding helps."""
COLOUR = {
    Mark.ALLOWS: GREEN,
    Mark.DENIES: RED,
    Mark.NEAR_MISS: YELLOW,
    Mark.UNKNOWN: YELLOW,
    Mark.NO_SAY: DIM,
}


class Pen:
    """Writes in colours, or not."""

    def __init__(self, *, colours: bool, width: int = 0) -> None:
        self.colours = colours
        self.width = width

    def __call__(self, colour: str, text: str) -> str:
        """The text in the colour."""
        return f"{colour}{text}{RESET}" if self.colours else text

    def folded(self, text: str, indent: str = "") -> str:
        """A sentence in lines of the terminal's width, those after the first indented; no word is broken."""
        if self.width < NARROWEST:
            return text
        lines = wrap(
            text,
            self.width - 1,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        return "\n".join(lines)


def colour_of(mark: Mark) -> str:
    """The colour of a row of the checklist."""
    return COLOUR[mark]


def colour_of_change(line: str) -> str:
    """The colour of a line of a diff."""
    if line.startswith("+"):
        return GREEN
    return RED if line.startswith("-") else DIM
