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
from why403.denials.source import LONGEST, end_of_value
from why403.iam.arn import parse_arn

HINTS = (
    "role",
    "prompt",
    "question",
    "user_message",
    "page_content",
    "completion",
    "text",
    "subject",
    "snippet",
    "excerpt",
    "passage",
)
"""One of these is a key wherever TALK fits."""
SPEAKER = r"(?:user|system|assistant|developer|human)"
NO_NAME = re.compile(r"[A-Z][a-z]{1,20}ARN")
"""A page's `IdentityARN` in a resource's place: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html."""
TALK = re.compile(
    r"(?:(?<!\\)(?P<key>\\{0,7}[\"'])(?:role(?P=key)\s?:\s?(?P=key)"
    + SPEAKER
    + r"(?P=key)\s?,\s?(?P=key)content|(?P<block>type)(?P=key)\s?:\s?(?P=key)text(?P=key)\s?,\s?(?P=key)text"
    r"|(?:system_|user_)?prompt|question|user_message|page_content|completion|subject|snippet|excerpt|passage|(?P<open>content))(?P=key)\s?:\s?"
    r"|(?<![\w.-])(?:subject|prompt|question|completion)=)(?P<quote>\\{0,7}[\"'])"
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
WORDS, SHARE = 20, 0.25
"""A page's text has that many words, and that share of little ones; reports are telegrams: theirs is below a fifth."""


WORDS_OF_AWS = (
    re.compile(
        r"User:? \S{1,300} is not authorized|User is not authorized to perform"
        r"|You are not authorized to perform|is not authorized to perform|not authorized to perform"
        r"|An error occurred \(|operation error |api error "
        r"|[Ss]ecurity token included in the request|Unable to locate credentials|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId"
    ),
    re.compile(
        r"\b(?:[aA]ccessDenied|UnauthorizedOperation|AuthorizationError)\w{0,12}|[Aa]ccess [Dd]enied|because no \S{1,40} (?:policy|boundary)"
    ),
)
"""Where AWS's words begin, and where its codes alone stand: a code may be named in passing, before what is reported."""
ASKS = re.compile(
    r"\b(?:[Aa]ny(?:one|body) (?:\w+ ){0,3}(?:seen|see|know|knows|help|else|had|have)|[Cc]an (?:you|any(?:one|body)|some(?:one|body))"
    r"|[Cc]ould (?:you|some(?:one|body))|(?:[Ww]hy (?:do|does|did|am|is)|[Hh]ow (?:do|did|can|should)|[Ww]hat (?:do|did|can|should)) (?:I|we|you|this|the)"
    r"|I (?:got|saw|received|found|have fixed)"
    r"|(?:I(?:'m| am)?|[Ww]e(?:'re| are)?) (?:(?:still|now|also|just|keep|currently) ){0,2}"
    r"(?:get|getting|see|seeing|receive|receiving|facing|hitting))\b"
)
"""Somebody asks, or tells of what they see; that `we got an error` an application says as well."""
EXPLAINS = re.compile(
    r"\b(?:means|indicates|for example|[Ee]xamples?:|e\.g\.|such as|similar to|typically|usually|is expected|[Tt]h(?:is|at) is why"
    r"|[Ee]xpected (?:results?|outputs?|errors?)"
    r"|(?:should|will|may|might) (?:see|get|be denied|fail)|(?:errors?|messages?) you(?:'ll)? (?:see|get)|[Hh]ow to (?:fix|resolve|solve)"
    r"|[Ss]olution|[Ff]ix:|[Rr]oot [Cc]ause|[Cc]auses?:|[Ww]orkaround|[Ss]ymptoms?|[Ii]f (?:you|it|the)"
    r"|(?:error|message|output)s? (?:like|such as|similar)|fails? with)\b"
)
"""Somebody explains what refusals mean, are caused by, or look like."""
MARKED = re.compile(
    r"[ \t]{0,40}(?:[-*+\u2022] |\d{1,2}[.)] |#{1,6} |> ?|(?:[-*+] |\d{1,2}[.)] )?\*\*(?=\S))"
)
"""Markdown's marks at the start of a line: of a list, a heading, a quotation, a label."""
SHOWN_KEY = re.compile(
    r"\\{0,7}\"(?:text|summary|description|title|body|comment|content|question|answer|caption|note|query|document|page|html|markdown|definition)"
    r"\\{0,7}\"\s?:\s?\\{0,7}\"(?:[^\"\\]|\\.)*+$"
)
"""The value, up to the refusal, of a field for what somebody wrote."""
IN_MARKS = re.compile(
    r"(?:(?:[\w.,)] |\(|\*\*:? |\*\*[^*\n\"]{1,40}: )[\"'\u201c]|(?:^|[\s(:*_])(?:`|\*{1,2}[\"'`\u201c]?|__)"
    r")(?:\w{1,40}: |[\w-]{1,40} |(?:\.{3}|\u2026) ?){0,3}$"
)
"""A quotation mark right before a refusal that is no field's value."""
BEGUN = re.compile(
    r"(?!.{0,60}?\b(?:If|When|This is why) ).{0,60}?\b(?:[Ff]ail(?:ed|ure)|[Uu]nable to|[Cc]ould ?n(?:o|')t|[Ee]rror (?!during)\w{3,20}ing)\b"
)
"""How a report begins: what failed, at the start."""
NOBODY = re.compile(r"\b[Uu]ser is not authorized to perform")
"""AWS's sentence without its caller, as people write it."""
LABELLED = re.compile(
    r"\b(?:[Ss]olution|Fix|(?:[Rr]oot )?[Cc]ause|Resolution|Workaround|Common causes)\*{0,2}:"
)
"""What a page tells behind an error."""
ELIDED = re.compile(r"on resource:? ?(?:\.{3}|\u2026)(?:\s|$)")
"""A resource that somebody left out."""
TRACE = re.compile(r"\n\s{0,20}at \S|Traceback \(most|\n\s{0,9}File \"")
"""A stack's frames: what failed here."""
ENOUGH, ASKED, CALLED = 2, 2, 2
"""Signs of a quotation: of most one a report may have as well. Words alone, which a file's name may hold, never outweigh a caller named whole."""
AROUND, CLAUSE, SAID = 8, 100, 400
"""Words before a refusal that are somebody's sentence, the characters in which they stand, and those in which somebody asks or explains."""


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
    if any(_has_caller(one) for one in told):
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


def is_shown(message: str, text: str, sentences: Sequence[Sentence]) -> bool:
    """Whether the first refusal is only shown, by the weight of the signs before it; a record or a trace of a failure outweighs them all.

    `text` is the message in plain. Of more than LONGEST characters it is nobody's page.
    """
    if len(message) > LONGEST:
        return False
    first, raw = _first_words(text), _first_words(message)
    if first is None or raw is None or reports_failure(message) or TRACE.search(message):
        return False
    said, before = text[max(0, first - SAID) : first], message[:raw]
    in_marks = IN_MARKS.search(before[-60:])
    marked = MARKED.match(before, before.rfind("\n") + 1) or (in_marks and MARKED.match(before))
    key = SHOWN_KEY.search(before)
    called = any(_has_caller(one) for one in sentences)
    weight = (
        min(
            ASKED, ASKED * bool(ASKS.search(said)) + bool(EXPLAINS.search(said)) + is_sentence(said[-CLAUSE:])
        )
        + bool(marked)
        + bool(key)
        + bool(key and "?" in said + text[first:])
        + bool(ELIDED.search(text))
        + bool(NOBODY.match(text, first))
        + bool(not called and LABELLED.search(text, first))
        + bool(in_marks)
        + bool(in_marks and "`" in in_marks[0] and is_sentence(text[first:].partition("`")[2]))
        - CALLED * called
        - bool(not marked and BEGUN.match(text, 0, first))
    )
    return weight >= ENOUGH


def _first_words(text: str) -> int | None:
    found = (pattern.search(text) for pattern in WORDS_OF_AWS)
    return next((match.start() for match in found if match), None)


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
