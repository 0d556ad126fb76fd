"""Make text that others wrote inert where it is shown: nothing in it moves a cursor, turns text or calls anybody."""

import re

LONGEST = 4_000
"""Characters of one text in a notice."""
WHOLE = 10**9
"""For a draft or a command: half of one must never be pasted."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters: colours and cursors of terminals start with one
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # unseen, or turn the text
    "\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb"  # letters and marks that show nothing
    "\U000e0000-\U000e01ef]"
)
LONE = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: not to be encoded."""
EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
"""One that chats take for the begin or end of italics; within a name it is none."""
OURS = (
    r"(?!(?:[a-z0-9-]{1,40}\.){0,2}(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/"
    r"|sqs\.[a-z0-9-]{5,25}\.amazonaws\.com/)"
)
"""AWS's documentation, consoles and queues: nobody else can put a page there."""
ADDRESS = re.compile(
    rf"(?P<www>www\.)|(?P<scheme>https?|ftps?|file|smb|webcal|telnet)://{OURS}|(?P<bare>mailto|tel|sms|javascript):",
    re.IGNORECASE,
)
"""What begins an address; letters that look alike take the place of those that make a link of it."""
HOST = re.compile(
    r"(?<![\w.-])(?P<host>(?:[a-z0-9][\w-]{0,62}\.){1,8})(?P<top>com|net|org|io|co|app|dev|xyz|info|biz|cloud|online|site|shop|top"
    r"|click|link|live|page|tech|store|club|icu|vip|edu|gov|example|ru|cn|jp|kr|uk|de|fr|eu|us|ly|cc|tk|tv|to|gg|sh(?=/))"
    r"(?![\w-]|\.\w)",
    re.IGNORECASE,
)
"""A host by its ending: mail clients make links of it without a scheme. Endings that files have are none."""
NOT_FOREIGN = re.compile(
    r"(?:[a-z0-9-]{1,40}\.){0,3}aws\.amazon\.com|(?!s3)[a-z0-9-]{1,40}\.amazonaws\.com|sqs\.[a-z0-9-]{5,25}\.amazonaws\.com",
    re.IGNORECASE,
)
"""AWS's pages, and service principals."""
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
    return ADDRESS.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    if found["www"]:
        return "www․"
    return f"{found['scheme']}∶//" if found["scheme"] else f"{found['bare']}∶"


def linkless(text: str) -> str:
    """The text with nothing in it that a mail client or Teams makes a link of: hosts without a scheme and mail addresses, too."""
    return HOST.sub(
        lambda found: found[0] if NOT_FOREIGN.fullmatch(found[0]) else f"{found['host'][:-1]}․{found['top']}",
        unlinked(text),
    )


def plain_words(text: str, longest: int = LONGEST) -> str:
    """The same on one line."""
    return linkless(one_line(text, longest))


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line."""
    return " ".join(inert(text, longest).split())
