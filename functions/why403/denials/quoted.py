"""AWS's words that a line only quotes: a chat's messages, a model's prompt, documentation, an example.

What a model or a reader is shown has not happened. Only the quotation is set aside: a chat beside a denial of the
same line hides nothing.
"""

import re

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.enriched import LEFT, Sentence
from why403.denials.lookalikes import is_said

HINTS = ("role", "prompt", "question", "user_message", "page_content", "completion", "text", "subject")
"""One of these is a key wherever TALK fits."""
SPEAKER = r"(?:user|system|assistant|developer|human)"
TALK = re.compile(
    r"(?:(?<!\\)(?P<key>\\{0,7}[\"'])(?:role(?P=key)\s?:\s?(?P=key)"
    + SPEAKER
    + r"(?P=key)\s?,\s?(?P=key)content|type(?P=key)\s?:\s?(?P=key)text(?P=key)\s?,\s?(?P=key)text"
    r"|(?:system_|user_)?prompt|question|user_message|page_content|completion|subject|(?P<open>content))(?P=key)\s?:\s?"
    r"|(?<![\w.-])(?:subject|prompt|question)=)(?P<quote>\\{0,7}[\"'])"
)
"""A key of a chat's message or a mail's subject, as JSON or logfmt, up to its value's quote, however often escaped; `content` alone may be anything."""
ROLE = re.compile(r"\s?,\s?(?P<key>\\{0,7}[\"'])role(?P=key)\s?:\s?(?P=key)" + SPEAKER + r"(?P=key)")
"""What makes the `content` before it a chat's."""
INTRODUCED = re.compile(
    r"(?:\b[Ee]xample (?:error|message|denial|output)s?|\b[Ww]hat does(?: (?:this|the)\b[\w ]{0,30})?|\b[Ww]hy (?:do|am|did) I (?:get|getting|see|seeing)"
    r"|\b[Ee]xplain(?: this)?|\b[Ii]f (?:you|we|it|AWS|S3) (?:see|get|receive|encounter|return|say)s?|[\"'`“](?:[Ww]hy|[Hh]ow (?:do I|to) (?:fix|solve))\b"
    r"|\b(?:I|[Ww]e|[Tt]hey|[Cc]ustomers?|[Uu]sers?) (?:see|saw|gets?|got|hit|received?|reports?|reported|(?:am |are |keep )?(?:getting|seeing))\b"
    r"[^\n\"'`“]{0,40}[\"'`“]"
    r"|\bfollowing error occurs[^\n]{0,240}"
    r"|\b(?:errors?|messages?|something) (?:like|such as))\W{0,6}(?:[A-Z]\w{3,40}: )?$"
)
"""What stands right before a sentence that is an example, is asked about, or that somebody says to have seen, in quotation marks."""
USER = "User:"


def without_talk(message: str) -> str:
    """The message without what people and models say to each other in its fields. Linear."""
    if not holds_any(message, HINTS):
        return message
    pieces, end, at = [], 0, 0
    while (told := TALK.search(message, at)) is not None:
        after = _end_of_value(message, told.end(), told["quote"])
        if told["open"] and (after is None or ROLE.match(message, after + len(told["quote"])) is None):
            at = told.end() if after is None else after + len(told["quote"])
            continue
        pieces.append(message[end : told.end()])
        end = at = len(message) if after is None else after
    return "".join([*pieces, message[end:]])


def _end_of_value(message: str, start: int, quote: str) -> int | None:
    """Where the quote that closes the value stands: escaped as often as the one that opens it; None: the end is cut off."""
    at = message.find(quote, start)
    while at >= 0 and message[at - 1] == "\\" and at > start:
        at = message.find(quote, at + 1)
    return at if at >= 0 else None


def is_quoted(text: str, sentence: Sentence) -> bool:
    """Whether AWS's sentence stands in the text as an example, or in a question about it."""
    before = text[max(0, sentence.at - LEFT) : sentence.at]
    head, user, _ = before.rpartition(USER)
    return bool(user) and INTRODUCED.search(head) is not None


def is_asked_about(text: str, call: FailedCall) -> bool:
    """Whether a failed call stands in the text as an example, or in a question about it."""
    return call.start > 0 and INTRODUCED.search(text[max(0, call.start - LEFT) : call.start]) is not None


def is_document(text: str, found: frozenset[str]) -> bool:
    """Whether the whole text is a change log, a commit, a source line or a passed test; `found` are the known phrases in it."""
    return is_said(text, found, "document") or is_said(text, found, "test")
