"""Secrets by their column: SQL's `(name, password) VALUES ('anna', '…')`, and rows under a header that names one.

A header stands once and its values apart from it, so no name is beside the secret.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from why403.log_events.redaction_rules import any_of, names

Cell = tuple[int, int]
"""Where a cell's value stands, its quotes left out."""
MORE = ["token", "api_key", "apikey", "access_key", "pin", "cvc", "pass", "credential", "mfa_code"]
"""As a column's whole name, or its end, these are as certain as a password."""
AGAINST = re.compile(
    r"NULL|DEFAULT|TRUE|FALSE|now\(\)|[?$:%@]\w{0,20}|\*+|x{3,}|-+|\[redacted:.*", re.IGNORECASE
)
"""What stands in a secret's column and is none: a placeholder, a mask, a rule of a table."""
QUOTED = re.compile(
    r"\s{0,20}(?:[NEBUx]?'((?:[^'\\]|''|\\.){0,2000})'|\"([^\"\n]{0,2000})\"|`([^`\n]{0,200})`|([^,()'\"`\n]{0,400}?))\s{0,20}(?=[,)])",
    re.DOTALL,
)
"""A value of a list in brackets, quoted as SQL does or bare."""
LIST = re.compile(r"\((?=[^()\n]{0,2000}\))")
"""Where a list of names in one line begins."""
VALUES = re.compile(r"\s{0,20}(?:OVERRIDING\s\w{1,10}\sVALUE\s{0,5})?VALUES?\s{0,20}(?=\()", re.IGNORECASE)
"""SQL puts words between the names and the values of INSERT; nothing else may stand there."""
ALIAS = re.compile(r"\)\s{0,5}(?:AS\s{1,5})?\w{1,40}\s{0,5}\(", re.IGNORECASE)
"""`(VALUES (…)) AS v(name, password)`: the names come last."""
NEXT_LIST = re.compile(r"\)\s{0,20},\s{0,20}\(")
"""One INSERT may hold many rows."""
COPY = re.compile(r"\)\s{0,5}FROM\s{1,5}stdin;?[^\n]{0,40}\n", re.IGNORECASE)
"""PostgreSQL's dump: the rows follow the statement's line, parted by tabs."""
SEPARATORS = ",;\t|"
MOST_CELLS, MOST_ROWS = 60, 200
"""Of one table or statement: a row is cut by each of four separators, so these bound the work on a hostile line."""


@cache
def _secret_name() -> re.Pattern[str]:
    return re.compile(rf"(?:[\w .-]{{0,30}}[_ .-])?(?:{any_of([*names()['certain'], *MORE])})", re.IGNORECASE)


def in_columns(text: str) -> Iterator[tuple[int, int, str]]:
    """The values of columns that a name calls secret."""
    if "," in text or "|" in text or "\t" in text or ";" in text:
        yield from _in_statements(text)
        yield from _in_rows(text)


def _in_statements(text: str) -> Iterator[tuple[int, int, str]]:
    for start in LIST.finditer(text):
        heads, end = _cells(text, start.end())
        if len(heads) < 2 or not (secret := _secret_of(text, heads)):  # noqa: PLR2004  # a list of one is a call
            continue
        if after := VALUES.match(text, end + 1):
            place: int | None = after.end() + 1
        elif copied := COPY.match(text, end):
            yield from _rows(text, copied.end(), "\t", len(heads), secret)
            continue
        else:
            place = _before(text, start.start())
        for _ in range(MOST_ROWS):
            if place is None:
                break
            cells, end = _cells(text, place)
            yield from _taken(text, cells, secret)
            following = NEXT_LIST.match(text, end)
            place = following.end() if following else None


def _before(text: str, names_start: int) -> int | None:
    """Where the values begin that stand before their names."""
    head = text[max(0, names_start - 2_000) : names_start + 1]
    opened = head.upper().rfind("(VALUES")
    first = head.find("(", opened + 1) if opened >= 0 else -1
    if first < 0 or not ALIAS.search(head, first):
        return None
    return max(0, names_start - 2_000) + first + 1


def _cells(text: str, place: int) -> tuple[list[Cell], int]:
    """The values of a list that begins at `place`, and where it ends: at its bracket, or where it is none."""
    cells: list[Cell] = []
    while len(cells) < MOST_CELLS and (found := QUOTED.match(text, place)):
        group = found.lastindex or 0
        cells.append(found.span(group))
        place = found.end()
        if text[place] == ")":
            break
        place += 1
    return cells, place


def _in_rows(text: str) -> Iterator[tuple[int, int, str]]:
    place = 0
    for line in text.splitlines(keepends=True)[:MOST_ROWS]:
        start, place = place, place + len(line)
        for separator in SEPARATORS:
            heads = _split(text, start, place, separator)
            if len(heads) > 1 and all(_is_head(text, cell) for cell in heads):
                if secret := _secret_of(text, heads):
                    yield from _rows(text, place, separator, len(heads), secret)
                break


def _rows(
    text: str, place: int, separator: str, width: int, secret: Sequence[int]
) -> Iterator[tuple[int, int, str]]:
    for line in text[place:].splitlines(keepends=True)[:MOST_ROWS]:
        cells = _split(text, place, place + len(line), separator)
        place += len(line)
        if len(cells) == width:
            yield from _taken(text, cells, secret)
        elif not re.fullmatch(r"[\s|+:=-]{1,400}", line):  # a rule below the header
            return


def _split(text: str, start: int, end: int, separator: str) -> list[Cell]:
    """The cells of a line, outer bars, blanks and quotes left out."""
    line = text[start:end].rstrip("\r\n")
    begin = start
    if separator == "|" and line.lstrip().startswith("|"):
        begin += line.index("|") + 1
        line = line[line.index("|") + 1 :].rstrip().removesuffix("|")
    cells: list[Cell] = []
    for part in line.split(separator, MOST_CELLS):
        bare = part.strip().strip("\"'")
        first = begin + (part.index(bare) if bare else 0)
        cells.append((first, first + len(bare)))
        begin += len(part) + 1
    return cells


def _is_head(text: str, cell: Cell) -> bool:
    return (
        re.fullmatch(r"[A-Za-z_][\w .()/-]{0,40}", text[slice(*cell)]) is not None
    )  # a name, no sentence's mark


def _secret_of(text: str, heads: Iterable[Cell]) -> list[int]:
    pattern = _secret_name()
    return [number for number, cell in enumerate(heads) if pattern.fullmatch(text[slice(*cell)])]


def _taken(text: str, cells: Sequence[Cell], secret: Iterable[int]) -> Iterator[tuple[int, int, str]]:
    for number in secret:
        if number >= len(cells):
            return
        start, end = cells[number]
        value = text[start:end].split(" An error occurred ", maxsplit=1)[0]
        if len(value) > 2 and not AGAINST.fullmatch(value):  # noqa: PLR2004  # a flag, not a secret
            yield start, start + len(value.rstrip()), "column"
