"""AWS's words that a line only quotes: a chat's messages, a model's prompt, source code, documentation, an example.

What a model or a reader is shown has not happened. Only the quotation is set aside: a chat, or the line of source that
a stack trace shows, hides no denial beside it. What a record of a failure says on its first line is no quotation: it has
the level ERROR or WARN in its own head, which source and pages have not.
"""

import re
from collections.abc import Sequence

from why403.denials.contains import holds_any
from why403.denials.enriched import Sentence
from why403.denials.handled import reports_failure
from why403.denials.lookalikes import is_said
from why403.denials.masked import is_masked
from why403.denials.source import end_of_value
from why403.iam.arn import parse_arn

HINTS = (
    "role",
    "prompt",
    "question",
    "user_message",
    "page_content",
    "completion",
    "text",
    "q=",
    'q"',
    "search",
    "subject",
    "snippet",
    "excerpt",
    "passage",
    'user="',
    'name="',
    'agent="',
    'er="',
)
"""One of these is a key wherever TALK fits."""
SPEAKER = r"(?:user|system|assistant|developer|human)"
NO_NAME = re.compile(r"[A-Z][a-z]{1,20}ARN")
"""A page's `IdentityARN` in a resource's place: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html."""
TALK = re.compile(
    r"(?:(?<!\\)(?P<key>\\{0,7}[\"'])(?:role(?P=key)\s?:\s?(?P=key)"
    + SPEAKER
    + r"(?P=key)\s?,\s?(?P=key)content|(?P<block>type)(?P=key)\s?:\s?(?P=key)text(?P=key)\s?,\s?(?P=key)text"
    r"|(?:system_|user_)?prompt|question|q|search_?term|user_message|page_content|completion|subject|snippet|excerpt|passage|(?P<open>content))(?P=key)\s?:\s?"
    r"|(?<![\w.-])(?:(?:subject|prompt|question|completion)=|(?:user(?:_?name|_?agent)?|referr?er)=(?=\")|(?:q|search_?term)=(?=\")))(?P<quote>\\{0,7}[\"'])"
)
"""A key of a chat's message or a mail's subject, as JSON or logfmt, up to its value's quote, however often escaped; `content` alone may be anything.
And, in logfmt, of what visitors call themselves.
"""
ROLE = re.compile(r"\s?,\s?(?P<key>\\{0,7}[\"'])role(?P=key)\s?:\s?(?P=key)" + SPEAKER + r"(?P=key)")
"""What makes the `content` before it a chat's."""
KEYS_OF_ROLES = ('role"', "role'", "role\\")
"""How a chat's `role` ends as a key, its quote escaped or not."""
FAILED = re.compile(r"\bis_?[eE]rror\\{0,7}[\"']\s?:\s?[tT]rue")
"""What a tool says of its answer, be it MCP's or a model's: https://modelcontextprotocol.io/specification/2025-06-18/server/tools."""
EXAMPLES = (":user/mateojackson", ":user/marymajor")
"""Whom AWS's documentation refuses: https://docs.aws.amazon.com/IAM/latest/UserGuide/security_iam_troubleshoot.html."""
FRAME = re.compile(r"\n\s{0,9}# {1,9}at \S.{0,300}?:\d{1,6}")
"""A stack's frame behind the mark of a comment: what a test runner tells (https://testanything.org/) begins with it too."""
HEADING = re.compile(r"\s{0,40}#{1,6} (?:\d{1,3}[.)] )?(?:\w{3,20}: )?[\"'`*\u201c]")
"""A heading in Markdown that is a quotation: what stands below it tells what to do."""
NAMES_SOMETHING = re.compile(
    r"\d{4}|[{}]|\[redacted:(?:cookie|unnamed)|=\S|://|\barn:|\b[0-9a-f]{8}\b|\b(?:ERROR|WARN|INFO|DEBUG|FATAL)\b"
    r"|(?:Exception|Error|Denied|Operation): [A-Z]|\.\w{1,5}:\d"
    r"|\((?:Status Code|Service): |^.{0,60}\b(?:[Ff]ailed|[Uu]nable|[Cc]ould not)\b"
)
"""What a report has and a page that explains has not: a date, an id, a field, also a redacted one, an address, a level, or that it failed, at its start."""
SENTENCES = re.compile(r"[.?!][\"'`)]{0,2} [A-Z]")
"""Where a second sentence begins."""
OWN_WORDS = (
    "KMS Exception",
    "You are not authorized to perform this operation",
    "refers to a customer master key",
    "signature we calculated",
    "execution role does not have permissions",
    "you have updated your permissions, please try again",
    "permissions associated with your AWS Backup role",
    "The SSO session associated with this profile",
)
"""AWS's own messages of several sentences, which name nothing."""
LETTERS = re.compile(r"[a-z']+")
"""Words in lower case, an apostrophe within: all but numbers and marks."""
LITTLE = re.compile(
    r"\b(?:an?|the|and|or|but|if|when|that|which|this|these|those|its?|is|are|was|were|be|been|to|of|in|on|for|with|from|by|at|as|not|does|do|did|has|have|had"
    r"|can|will|would|should|must|may|your|you|i|we|our|they|their|even|still|only|every|any|no|than|then|so|because|how|what|before)\b"
)
"""Words of ordinary English, of which telegrams have few."""
AROUND, WORDS, SHARE = 8, 20, 0.25
"""A page's text has that many words, and that share of little ones; reports are telegrams: theirs is below a fifth."""


def without_talk(message: str) -> str:
    """The message without what people and models say to each other in its fields. Linear."""
    if not holds_any(message, HINTS):
        return message
    pieces, end, at = [], 0, 0
    while (told := TALK.search(message, at)) is not None:
        after = end_of_value(message, told.end(), told["quote"])
        if told["open"] and (after is None or ROLE.match(message, after + len(told["quote"])) is None):
            at = told.end() if after is None else after + len(told["quote"])
            continue
        if told["block"] and _is_a_failed_answer(message):
            at = told.end()
            continue
        if after is None and told["key"] is None:
            at = told.end()
            continue
        pieces.append(message[end : told.end()])
        end = at = len(message) if after is None else after
    return "".join([*pieces, message[end:]])


def _is_a_failed_answer(message: str) -> bool:
    """Whether blocks of text in the message are what a tool answers that failed, and nobody's talk."""
    return FAILED.search(message) is not None or (
        not holds_any(message, KEYS_OF_ROLES) and reports_failure(message)
    )


def is_page(message: str, text: str, found: frozenset[str], told: Sequence[Sentence]) -> bool:
    """Whether the message, `text` in plain, is a page, a comment of source code, or a heading in quotation marks with what stands below it.

    Not where one of the sentences `told` names its caller, whom a page masks.
    """
    if any(has_caller(one) for one in told):
        return False
    if is_said(text, found, "page"):
        return not reports_failure(message)
    if message.startswith((" * ", "-- ")):
        return True
    if not message.lstrip().startswith(("//", "# ", "##")) and not (
        message.startswith("  ") and message.lstrip().startswith("#")
    ):
        return False
    lines = [stripped for line in message.split("\n") if (stripped := line.lstrip())]
    commented = all(line.startswith("//") for line in lines) or (
        (len(lines) > 1 or message.startswith("  "))
        and all(line.startswith("#") for line in lines)
        and FRAME.search(message) is None
    )
    return commented or HEADING.match(message) is not None


def has_caller(sentence: Sentence) -> bool:
    """Whether the sentence names its caller whole."""
    principal = sentence.principal or ""
    return parse_arn(principal) is not None and not is_masked(principal)


def is_sentence(said: str) -> bool:
    """Whether what is said is ordinary English: enough words, enough of them little ones."""
    lowered = said.lower()
    words = len(LETTERS.findall(lowered))
    return words >= AROUND and len(LITTLE.findall(lowered)) >= SHARE * words


def is_prose(text: str) -> bool:
    """Whether the text explains and does not report: sentences of ordinary English, not AWS's own, that name nothing in particular."""
    if NAMES_SOMETHING.search(text) or SENTENCES.search(text) is None or holds_any(text, OWN_WORDS):
        return False
    lowered = text.lower()
    words = len(LETTERS.findall(lowered))
    return words >= WORDS and len(LITTLE.findall(lowered)) >= SHARE * words


def is_example(sentence: Sentence) -> bool:
    """Whether AWS's sentence is its documentation's, by whom or what it names."""
    return (sentence.principal or "").endswith(EXAMPLES) or (
        NO_NAME.fullmatch(sentence.resource_name or "") is not None
    )


def is_document(text: str, found: frozenset[str]) -> bool:
    """Whether the whole text is a change log, a commit, a source line or a passed test; `found` are the known phrases in it."""
    return is_said(text, found, "document") or is_said(text, found, "test")
