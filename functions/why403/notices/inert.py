"""Make text that others wrote inert where it is shown: nothing in it moves a cursor, turns text or calls anybody."""

import re

LONGEST = 4_000
"""Characters of one text in a notice."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters: colours and cursors of terminals start with one
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # unseen, or turn the text
    "\U000e0000-\U000e007f]"
)
LONE = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: not to be encoded."""
SLACK_FORMAT = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
CHAT_FORMAT = str.maketrans(
    {
        "*": "∗",
        "~": "∼",
        "`": "'",
        "[": "［",
        "]": "］",
        "<": "＜",
        ">": "＞",
        "@": "＠",
        "#": "＃",
        "|": "｜",
        "\\": "＼",
    }
)
FENCE = "```"


def inert(text: str, longest: int = LONGEST) -> str:
    r"""The text with unseen characters written out (`\u202e`) and at most `longest` characters of it.

    Line ends and tabs stay.
    """
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    shown = UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", cut.replace("\r\n", "\n"))
    return LONE.sub("\ufffd", shown)


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line."""
    return " ".join(inert(text, longest).split())


def escaped(text: str) -> str:
    """As Slack wants it: without `<` nothing is a mention or a link.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_prose(text: str, longest: int = LONGEST) -> str:
    """A text for a mrkdwn field: Slack's own formatting characters are replaced by ones that look alike."""
    plain = one_line(text, longest).translate(SLACK_FORMAT)
    return escaped(EDGE_UNDERSCORE.sub("＿", plain))


def slack_code(text: str, longest: int = LONGEST) -> str:
    """A text between fences in a mrkdwn field: it cannot close them."""
    return escaped(inert(text, longest).replace(FENCE, "'''"))


def chat_prose(text: str, longest: int = LONGEST) -> str:
    """A text in Amazon Q's markdown, which knows no escape: its formatting characters are replaced.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    return EDGE_UNDERSCORE.sub("＿", one_line(text, longest).translate(CHAT_FORMAT))


def chat_code(text: str, longest: int = LONGEST) -> str:
    """A text between fences in Amazon Q's markdown."""
    shown = inert(text, longest).replace(FENCE, "'''")
    return (
        shown.replace("<", "＜").replace("@", "＠")
        if re.search(r"<[!@#]|@(?:here|channel|everyone)", shown)
        else shown
    )
