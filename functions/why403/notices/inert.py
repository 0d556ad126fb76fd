"""Make text that others wrote inert where it is shown: nothing in it moves a cursor, turns text or calls anybody."""

import re

LONGEST = 4_000
"""Characters of one text in a notice."""
WHOLE = 10**9
"""For a draft or a command: half of one must never be pasted."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters: colours and cursors of terminals start with one
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # unseen, or turn the text
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"  # letters and marks that show nothing
    "\U000e0000-\U000e01ef]"
)
LONE = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: not to be encoded."""
EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
"""One that chats take for the begin or end of italics; within a name it is none."""
ADDRESS = re.compile(
    r"(?P<www>www\.)|(?P<scheme>https?)://"
    r"(?!(?:[a-z0-9-]{1,40}\.){0,2}(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/)",
    re.IGNORECASE,
)
"""What begins an address; letters that look alike take the place of those that make a link of it."""
FENCE = "```"
"""What opens and closes a code block in chats."""


def inert(text: str, longest: int = LONGEST) -> str:
    r"""The text with unseen characters written out (`\u202e`), at most `longest` characters, those included.

    Line ends and tabs stay.
    """
    begin = text[:longest].replace("\r\n", "\n")
    shown = LONE.sub("\ufffd", UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", begin))
    return shown if max(len(text), len(shown)) <= longest else f"{shown[: longest - 1]}…"


def unlinked(text: str) -> str:
    """The text without addresses that a chat would make links of, but those of AWS's documentation and console."""
    return ADDRESS.sub(lambda found: "www․" if found["www"] else f"{found['scheme']}∶//", text)


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line."""
    return " ".join(inert(text, longest).split())
