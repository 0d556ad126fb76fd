"""A log event as plain text on one line: escapes undone, colours and frames gone, wrapped lines joined.

Everything that reads a line afterwards sees the same text, whether it came as JSON in JSON, in a terminal's
frame or as a trace over many lines. Work is bounded: of a very long event only the surroundings of denials are kept.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from why403.denials.vocabulary import trace_ends

LONG = 48 * 1024
"""Characters; a longer event is cut to windows."""
BEFORE, AFTER = 1500, 4000
"""Characters around a trace of a denial: the caller and the wrapper before it, AWS's sentence with a key of 1,024 behind it."""
WINDOWS = 4
"""And the last two: the cause stands first or last, and six windows are 33,000 characters, whatever the event's length."""
MIN_WRAP = 72
"""Columns; nobody wraps a log more narrowly in the middle of a word."""

ESCAPE = re.compile(r"""(?<!\\)\\++(?:u([0-9a-fA-F]{4})|([nrt])(?![A-Za-z]:)|(["'/`]))""")
"""A run of backslashes starts once and is never given back: a tail of thousands costs its length."""
COLOUR = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|(?<![\w\]])\[[0-9;]{1,8}m(?![\w.])|(?<=[│╷╵])\[[0-9;]{1,8}m|\[[0-9]{1,2}m(?=[│╷╵])"
)
"""Terminals' colours, also where the escape was stripped and only `[31m` stands: then not behind a word, where it is an index."""
FRAME_LEFT = re.compile(r"\n(?:#\d{1,4} \d{1,6}\.\d{1,4} |[ \t]*(?:(?:[│┃╷╵|>*#]|//|â”‚|â•·|â•µ)[ \t]*)+)")
"""BuildKit's step and seconds, bars of Terraform's boxes, also as Latin-1 misread from UTF-8, and marks of quotes and comments before each line."""
FRAME_RIGHT = re.compile(r"(?<![ \t])[ \t]+(?:[│┃|]|â”‚)[ \t]*(?=\n|$)")
"""The look-behind lets a run of blanks be tried once only: thousands of them cost their length."""
CSV = re.compile(r"(?:^|[,;\t])\"[^\"]{0,400}\"\"\w")
"""A field of CSV in quotation marks, in which those of its text are doubled: https://www.rfc-editor.org/rfc/rfc4180."""
ENTITIES = {
    "&quot;": '"',
    "&#34;": '"',
    "&#39;": "'",
    "&apos;": "'",
    "&#x27;": "'",
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
}
CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
COLUMN = re.compile(r"(?<=[A-Za-z0-9][/-])\n {16,}(?=[A-Za-z0-9])")
"""A table's column, as `sam deploy` writes them, breaks words behind a hyphen or a slash; what begins a line so deep is a column's."""
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
"""Small letters: words that a logger colours begin and end with their own colour, and stand apart."""
UNSEEN = re.compile(r"(?<![\w.*-])[\u200b\ufeff]+|[\u200b\ufeff]+(?![\w.*\u200b\ufeff-])")
"""Between words they are somebody's layout; within a name they make it another name, and stay."""

KEY = re.compile(
    r"(?<=resource: )arn:[a-z-]{3,12}:s3:::(?:(?! arn:|[.,] | [(]| on )[^\"`]){1,1100}?(?=\s{1,9}(?:because no |with an explicit ))"
)
"""An object's name up to AWS's reason."""
ODD_SPACE = re.compile(r"[^\S ]+|  +")
"""A space that would become another one: the mark of a character that was taken out stands for it."""


def plain(message: str) -> str:
    """`message` as one line of plain text, single spaces between words."""
    text = _windows(message) if len(message) > LONG else message
    if "\x1b" in text or "m│" in text or "[0m" in text:
        text = COLOUR.sub(_uncoloured, text)
    text = unescaped(text)
    if '""' in text and CSV.search(text):
        text = text.replace('""', '"')
    if "&" in text:
        for entity, letter in ENTITIES.items():
            text = text.replace(entity, letter)
    if not text.isascii():
        text = UNSEEN.sub("", text.translate(CURLY))
    if "\n" in text:
        text = FRAME_RIGHT.sub("", FRAME_LEFT.sub("\n", "\n" + _join_wrapped(COLUMN.sub("", text))))
    if "s3:::" in text:
        text = KEY.sub(lambda found: ODD_SPACE.sub("\ufffd", found[0]), text)
    return " ".join(text.split())


def _uncoloured(match: re.Match[str]) -> str:
    """Nothing; within a name the mark of a character that was taken out, so that it is not taken for another name."""
    begin, end = match.span()
    text = match.string
    within = match[0][0] == "\x1b" and begin > 0 and end < len(text)
    return "\ufffd" if within and text[begin - 1] in NAME and text[end] in NAME else ""


def unescaped(text: str) -> str:
    """The text without backslashes before quotation marks, line breaks and letters."""
    return ESCAPE.sub(_unescape, text) if "\\" in text else text


def _unescape(match: re.Match[str]) -> str:
    code, space, letter = match.groups()
    if code:
        return chr(int(code, 16))
    return letter or {"n": "\n", "t": "\t", "r": " "}[space]


def _join_wrapped(text: str) -> str:
    """Undo a terminal's hard wrap: lines of the same full width that break inside a word; around the whole a router's JSON may stand."""
    first, *others = lines = text.split("\n")
    width = max(len(line) for line in others[:-1] or lines)
    if width < MIN_WRAP or sum(len(line) == width for line in lines) < 2:  # noqa: PLR2004  # one full line is no wrap
        return text
    joined = [first]
    for before, line in pairwise(lines):
        is_full = len(before) == width or (len(before) > width and before is first)
        broken = is_full and before[-1:].isalnum() and line[:1].isalnum()
        joined.append(line if broken else "\n" + line)
    return "".join(joined)


def _windows(message: str) -> str:
    """The surroundings of the first traces of a denial, and of the last; gaps are marked with a new line."""
    ends = _apart(trace_ends(message))
    kept: list[tuple[int, int]] = []
    for end in ends[:WINDOWS] + ends[-2:]:
        low, high = max(0, end - BEFORE), end + AFTER
        if kept and low <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(high, kept[-1][1]))
        else:
            kept.append((low, high))
    return "\n".join(message[low:high] for low, high in kept)


def _apart(ends: Iterable[int]) -> list[int]:
    """The first of those that one window holds, of each."""
    apart: list[int] = []
    for end in ends:
        if not apart or end > apart[-1] + AFTER:
            apart.append(end)
    return apart
