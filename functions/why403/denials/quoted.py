"""AWS's words that a line only quotes: a chat's messages, a model's prompt, source code, documentation, an example.

What a model or a reader is shown has not happened. Only the quotation is set aside: a chat, or the line of source that
a stack trace shows, hides no denial beside it. What a record of a failure says on its first line is no quotation: it has
the level ERROR or WARN in its own head, which source and pages have not.
"""

import re
from collections.abc import Sequence

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.enriched import LEFT, Sentence
from why403.denials.handled import reports_failure
from why403.denials.lookalikes import is_said
from why403.denials.masked import is_masked
from why403.iam.arn import parse_arn

HINTS = ("role", "prompt", "question", "user_message", "page_content", "completion", "text", "subject")
"""One of these is a key wherever TALK fits."""
SPEAKER = r"(?:user|system|assistant|developer|human)"
NO_NAME = re.compile(r"[A-Z][a-z]{1,20}ARN")
"""A page's `IdentityARN` in a resource's place: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html."""
TALK = re.compile(
    r"(?:(?<!\\)(?P<key>\\{0,7}[\"'])(?:role(?P=key)\s?:\s?(?P=key)"
    + SPEAKER
    + r"(?P=key)\s?,\s?(?P=key)content|(?P<block>type)(?P=key)\s?:\s?(?P=key)text(?P=key)\s?,\s?(?P=key)text"
    r"|(?:system_|user_)?prompt|question|user_message|page_content|completion|subject|(?P<open>content))(?P=key)\s?:\s?"
    r"|(?<![\w.-])(?:subject|prompt|question)=)(?P<quote>\\{0,7}[\"'])"
)
"""A key of a chat's message or a mail's subject, as JSON or logfmt, up to its value's quote, however often escaped; `content` alone may be anything."""
ROLE = re.compile(r"\s?,\s?(?P<key>\\{0,7}[\"'])role(?P=key)\s?:\s?(?P=key)" + SPEAKER + r"(?P=key)")
"""What makes the `content` before it a chat's."""
KEYS_OF_ROLES = ('role"', "role'", "role\\")
"""How a chat's `role` ends as a key, its quote escaped or not."""
FAILED = re.compile(r"\bis_?[eE]rror\\{0,7}[\"']\s?:\s?[tT]rue")
"""What a tool says of its answer, be it MCP's or a model's: https://modelcontextprotocol.io/specification/2025-06-18/server/tools."""
INTRODUCED = re.compile(
    r"(?:\b[Ee]xample (?:error|message|denial|output)s?|\b[Ww]hat does(?: (?:this|the)\b[\w ]{0,30})?|\b[Ww]hy (?:do|am|did) I (?:get|getting|see|seeing)"
    r"|\b[Ee]xplain(?: this)?|\b[Ii]f (?:you|we|it|AWS|S3) (?:see|get|receive|encounter|return|say)s?|[\"'`“](?:[Ww]hy|[Hh]ow (?:do I|to) (?:fix|solve))\b"
    r"|\b(?:I|[Ww]e|[Tt]hey|[Cc]ustomers?|[Uu]sers?) (?:see|saw|gets?|got|hit|received?|reports?|reported|(?:am |are |keep )?(?:getting|seeing))\b"
    r"[^\n\"'`“]{0,40}[\"'`“]"
    r"|\bfollowing error occurs[^\n]{0,240}"
    r"|\b(?:I|[Ww]e|[Tt]hey) (?:receive|received|get|got) (?:this|the following) error: [\"`\u201c][^\n\"`\u201d]{0,120}"
    r"|\b(?:errors?|messages?|something) (?:like|such as)|メッセージの?例|메시지(?:의)? 예제?|次の例では)\W{0,6}(?:[A-Z]\w{3,40}: )?$"
)
"""What stands right before a sentence that is an example, is asked about, or that somebody says to have seen, in quotation marks."""
USER = "User:"
EXAMPLES = (":user/mateojackson", ":user/marymajor")
"""Whom AWS's documentation refuses: https://docs.aws.amazon.com/IAM/latest/UserGuide/security_iam_troubleshoot.html."""
SOURCE_HINTS = (
    "throw ", "raise ", "return ", " new ", "(new ", "rrors.New(", "rrorf(", "side_effect", ".failed(", "xpect(", "ssert", ".toC", ".toT", ".toM", ".toE",
    ".toB", "ontains(", "ncludes(", "sWith(", ".match", "ndexOf(", "HasPrefix(", ".mock", '== "', "== '", "== `", '= "', "= '", "= `", "= (", "=\n", " = r",
    "({", " `", "echo ", 'name: "', 'code: "', 'rror("', 'ption("', "print", "LOG", "log.", "logger.", "logging.", "console.", "fmt.",
)  # fmt: skip
"""One of these stands wherever SOURCE fits."""
SOURCE = re.compile(
    r"(?:\b(?:raise|throw|return|new) [\w.]{1,80}|\berrors\.New|\b(?:[a-z]{1,20}\.)?[a-zA-Z]{0,20}rrorf|\bside_effect ?= ?[\w.]{1,80}|\.failed"
    r"|\b(?:expect|assert[A-Z_]\w{0,30}|print[fl]?n?|(?:LOGGER|LOG|logg?(?:er|ing)?|console|fmt)\.\w{1,20})"
    r"|\.(?:to(?:Contain|Throw|Match|Equal|Be)\w{0,30}|contains|includes|startsWith|endsWith|match(?:es)?|indexOf|Contains|HasPrefix|mock\w{1,40}))"
    r"\(\s{0,40}(?:[\w.()]{1,60}, ?(?:\[\]byte\()?|\w{1,20}: [\"'`]\w{1,40}[\"'`], \w{1,20}: )?"
    r"[rbfu]{0,2}[\"'`]|\.\w{1,40}\(\{ ?\w{1,40}: [\"'`]"
    r"|\b(?:returns|says|shows|reads|followed by|(?:fails?|answers|crash(?:es|ing)) with(?: an?)?):? `"
    r"|\.(?:to(?:Throw|Match)\w{0,30}|match|test)\(\s{0,40}/|(?<!\+ )\becho (?:-\w )?[\"']|(?:(?<!%)\{|,)\s{0,40}(?:name|code): \""
    r"|(?:^|\n)[ \t]{0,40}\w{1,40} = [\w.]{0,60}(?:Error|Exception)\(\""
    r"|(?<= )[!=]==? ?[\"'`]"
    r"|(?:^|\n)[ \t]{0,40}(?:(?:export |public |private |static |final |const |let |var |val |my ){1,4}[\w$<>:\[\]]{1,60}(?: \w{1,60})?"
    r"|[A-Z][A-Z0-9_]{2,40}|(?:\w{0,30}[eE]rr(?:or)?|exc?|e)\.(?:name|code|message)|\w{1,40}(?= :=)) :?=\s\(?\s{0,40}[rbfu]{0,2}[\"'`]"
)
"""Source, or a page's own words, up to the quote of a text: an error that is made, a test's call, a comparison, a constant, what a
call returns; `KEY="..."` without blanks is logfmt.
"""
COMMENT = re.compile(r"(?m)^[ \t]{0,80}// [^\n]*\n?")
"""A line of comment; where all lines are, somebody shared a denial in one."""
POINTER = re.compile(r"\n[ \t]{0,300}\^+[ \t]{0,9}\n")
"""The line of a frame that points into the one above it: that one is shown without those that follow it."""
ADJACENT = re.compile(r"\s{0,120}\+?\s{0,120}[rbfu]{0,2}([\"'`])")
"""Between the pieces of one text, which Python joins by itself and others by `+`."""
FORMATS = (".*", ".+", "${", "$(", "%s", "%v", "m: {", "e {", ":{", "[^", "\\S", "\\w", "\\W", "(?")
"""How what stands in an action's place begins."""
TEMPLATE = re.compile(
    r"(?:authorized to perform:? ?[\"'`(]{0,2}(?:[a-z0-9-]{2,40}:)?|policy allows the (?:[a-z0-9-]{2,40}:)?)"
    r"(?:\.[*+]|\$[{(]|%[sv]|\{\w{0,40}\}|\[\^|\(?\\[SwW]|\(\?)[^\n\"'`/]{0,300}"
)
"""AWS's sentence as a pattern or a format, up to the end of its text: no service answers with `.*` where an action stands."""
FRAME = re.compile(r"\n\s{0,9}# {1,9}at \S.{0,300}?:\d{1,6}")
"""A stack's frame behind the mark of a comment: what a test runner tells (https://testanything.org/) begins with it too."""
HEADING = re.compile(r"\s{0,40}#{1,6} (?:\d{1,3}[.)] )?(?:\w{3,20}: )?[\"'`*\u201c]")
"""A heading in Markdown that is a quotation: what stands below it tells what to do."""
NAMES_SOMETHING = re.compile(
    r"\d{4}|[{}]|=\S|://|\barn:|\b[0-9a-f]{8}\b|\b(?:ERROR|WARN|INFO|DEBUG|FATAL)\b|(?:Exception|Error|Denied|Operation): [A-Z]|\.\w{1,5}:\d"
    r"|\((?:Status Code|Service): |^.{0,60}\b(?:[Ff]ailed|[Uu]nable|[Cc]ould not)\b"
)
"""What a report has and a page that explains has not: a date, an id, a field, an address, a level, or that it failed, at its start."""
SENTENCES = re.compile(r"[.?!][\"'`)]{0,2} [A-Z]")
"""Where a second sentence begins."""
OWN_WORDS = (
    "KMS Exception",
    "refers to a customer master key",
    "signature we calculated",
    "execution role does not have permissions",
    "you have updated your permissions, please try again",
    "permissions associated with your AWS Backup role",
)
"""AWS's own messages of several sentences, which name nothing."""
LETTERS = re.compile(r"[a-z']+")
"""Words in lower case, an apostrophe within: all but numbers and marks."""
LITTLE = re.compile(
    r"\b(?:an?|the|and|or|but|if|when|that|which|this|these|those|its?|is|are|was|were|be|been|to|of|in|on|for|with|from|by|at|as|not|does|do|did|has|have|had"
    r"|can|will|would|should|must|may|your|you|i|we|our|they|their|even|still|only|every|any|no|than|then|so|because|how|what|before)\b"
)
"""Words of ordinary English, of which telegrams have few."""
LONGEST = 16 * 1024
"""Characters of a message in which source is looked for: a function and its stack trace have some 4,000."""
JOINED = 20
"""Pieces of one text that are looked at; a longer one goes on as it likes."""
WORDS, SHARE = 20, 0.25
"""A page's text has that many words, and that share of little ones; reports are telegrams: theirs is below a fifth."""


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
        if told["block"] and _is_a_failed_answer(message):
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


def without_source(message: str) -> str:
    """The message without the texts that stand in source code, and without AWS's sentence as a pattern. Linear.

    A message of more than LONGEST characters stays as it is: nobody's source is that long.
    """
    if len(message) > LONGEST:
        return message
    if "// " in message and (uncommented := COMMENT.sub("", message)).strip():
        message = uncommented
    if "allows the " in message or "to perform" in message:
        message = TEMPLATE.sub("", message) if holds_any(message, FORMATS) else message
    if not holds_any(message, SOURCE_HINTS):
        return message
    pieces, end, at = [], 0, 0
    told = SOURCE.search(message)
    if told is not None and reports_failure(message):
        told = SOURCE.search(message, _end_of_first_line(message))
    while told is not None:
        at = told.end()
        after = _end_of_line_text(message, at, told[0][-1])
        if after is not None:
            pieces.append(message[end:at])
            end = at = after
        told = SOURCE.search(message, at)
    return "".join([*pieces, message[end:]])


def _end_of_first_line(message: str) -> int:
    """Where the line breaks for the first time, be it within JSON."""
    ends = (message.find("\n"), message.find("\\n"))
    return min((end for end in ends if end >= 0), default=len(message))


def _end_of_line_text(message: str, start: int, quote: str) -> int | None:
    """Where the text ends, with those that are joined to it; None: not on its line."""
    after = None
    for _ in range(JOINED):
        end = _end_of_value(message, start, quote)
        if end is None or _is_cut(message[start:end], quote):
            break
        after = end
        joined = ADJACENT.match(message, end + 1)
        if joined is None:
            break
        start, quote = joined.end(), joined[1]
    return after


def _is_cut(text: str, quote: str) -> bool:
    """Whether what stands up to the next quote is more than the text that began: no text goes on below a frame's pointer."""
    return "\n" in text and (quote != "`" or POINTER.search(text) is not None)


def is_page(message: str, text: str, found: frozenset[str], told: Sequence[Sentence]) -> bool:
    """Whether the message, `text` in plain, is a page, a comment of source code, or a heading in quotation marks with what stands below it.

    Not where one of the sentences `told` names its caller, whom a page masks.
    """
    if any(_has_caller(one) for one in told):
        return False
    if is_said(text, found, "page"):
        return not reports_failure(message)
    if not message.lstrip().startswith(("//", "# ", "##")):
        return False
    lines = [stripped for line in message.split("\n") if (stripped := line.lstrip())]
    commented = all(line.startswith("//") for line in lines) or (
        len(lines) > 1 and all(line.startswith("# ") for line in lines) and FRAME.search(message) is None
    )
    return commented or HEADING.match(message) is not None


def _has_caller(sentence: Sentence) -> bool:
    principal = sentence.principal or ""
    return parse_arn(principal) is not None and not is_masked(principal)


def is_only_shown(text: str, sentences: Sequence[Sentence], calls: Sequence[FailedCall]) -> bool:
    """Whether the text asks about every call that it names, or explains a sentence that names no caller."""
    if sentences:
        told = any(one.principal for one in sentences) or any(call.code for call in calls)
        return not told and is_prose(text)
    named = [call for call in calls if call.operation] or calls
    return bool(named) and all(_is_asked_about(text, call) for call in named)


def is_prose(text: str) -> bool:
    """Whether the text explains and does not report: sentences of ordinary English, not AWS's own, that name nothing in particular."""
    if NAMES_SOMETHING.search(text) or SENTENCES.search(text) is None or holds_any(text, OWN_WORDS):
        return False
    lowered = text.lower()
    words = len(LETTERS.findall(lowered))
    return words >= WORDS and len(LITTLE.findall(lowered)) >= SHARE * words


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
    if (sentence.principal or "").endswith(EXAMPLES) or NO_NAME.fullmatch(sentence.resource_name or ""):
        return True
    return bool(user) and INTRODUCED.search(head) is not None and not reports_failure(text)


def _is_asked_about(text: str, call: FailedCall) -> bool:
    """Whether a failed call stands in the text as an example, or in a question about it."""
    before = text[max(0, call.start - LEFT) : call.start]
    return bool(before) and INTRODUCED.search(before) is not None and not reports_failure(text)


def is_document(text: str, found: frozenset[str]) -> bool:
    """Whether the whole text is a change log, a commit, a source line or a passed test; `found` are the known phrases in it."""
    return is_said(text, found, "document") or is_said(text, found, "test")
