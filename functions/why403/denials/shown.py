"""Whether the first refusal in a text is only shown, by one weighing: where AWS's words stand, and what is said around them.

A report has AWS's words at its start or behind a head, a colon or a field's name, and ends with them, goes on with fields or
begins a new sentence. What is shown stands within somebody's sentence, whatever the language: right behind one of its words,
and what follows goes on with it; or in marks of a quotation, a list, a heading, a field for what people write.
"""

import re
from collections.abc import Sequence

from why403.denials.contains import holds_any
from why403.denials.enriched import REASON, Sentence
from why403.denials.handled import reports_failure
from why403.denials.quoted import has_caller, is_prose, is_sentence
from why403.denials.signs import FAILURE, has_code
from why403.denials.source import LONGEST

INTRODUCED = re.compile(
    r"(?:\b[Ee]xample (?:error|message|denial|output)s?|\b[Ww]hat does(?: (?:this|the)\b[\w ]{0,30})?|\b[Ww]hy (?:do|am|did) I (?:get|getting|see|seeing)"
    r"|\b[Ee]xplain(?: this)?|\b[Ii]f (?:you|we|it|AWS|S3) (?:see|get|receive|encounter|return|say)s?"
    r"|[\"'`“](?:[Ww]hy|[Hh]ow (?:do I|to) (?:fix|solve))\b(?![\"'])"
    r"|\b(?:I|[Ww]e|[Tt]hey|[Cc]ustomers?|[Uu]sers?) (?:see|saw|gets?|got|hit|received?|reports?|reported|(?:am |are |keep )?(?:getting|seeing))\b"
    r"[^\n\"'`“]{0,40}[\"'`“]"
    r"|\bfollowing error occurs[^\n]{0,100}"
    r"|\b(?:I|[Ww]e|[Tt]hey) (?:receive|received|get|got) (?:this|the following) error: [\"`\u201c][^\n\"`\u201d]{0,120}"
    r"|\b(?:errors?|messages?|something) (?:like|such as)|メッセージの?例|메시지(?:의)? 예제?|次の例では)\W{0,6}(?:[A-Z]\w{3,40}: )?$"
)
"""What stands right before a sentence that is an example, is asked about, or that somebody says to have seen, in quotation marks."""
WORDS_OF_AWS = (
    re.compile(
        r"User:? \S{1,300} is not authorized|User is not authorized to perform"
        r"|You are not authorized to perform|is not authorized to perform|not authorized to perform"
        r"|An error occurred \(|operation error |api error "
        r"|[Tt]he ciphertext refers to a customer"
        r"|[Ss]ecurity token included in the request|Unable to locate credentials|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId"
    ),
    re.compile(
        r"\b(?:[aA]ccessDenied|UnauthorizedOperation|AuthorizationError)\w{0,12}|[Aa]ccess [Dd]enied|\bRole \S{1,300} is invalid or cannot"
        r"|because no \S{1,40} (?:policy|boundary)"
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
    r"|(?:error|message|output)s? (?:like|such as|similar)|fails? with)\b|(?<![\w,] )\bIf \w[^.!?]{0,120}$"
)
"""Somebody explains what refusals mean, are caused by, or look like."""
MARKED = re.compile(
    r"[ \t]{0,40}(?:[-*+\u2022] |\d{1,2}[.)] |#{1,6} |> ?|(?:[-*+] |\d{1,2}[.)] )?\*\*(?=\S)"
    r"|<(?:li|p|td|th|h[1-6]|code|pre|div|span|b|strong|em|blockquote)\b)"
)
"""Markdown's marks at the start of a line: of a list, a heading, a quotation, a label."""
SHOWN_KEY = re.compile(
    r"(?:\\{0,7}\"|(?<![\w.-]))(?:\w{0,40}_)?"
    r"(?:text|summary|description|title|heading|body|comment|content|question|answer|caption|note|query|document|page|html|markdown|definition|sentence)"
    r"(?:\\{0,7}\"\s?:\s?|=)\\{0,7}\"(?:[^\"\\]|\\.)*+$"
)
"""The value, up to the refusal, of a field for what somebody wrote."""
IN_MARKS = re.compile(
    r"(?:(?:[\w.,)] |(?<!\w)\(|\*\*:? |\*\*[^*\n\"]{1,40}: )[\"'\u201c]|(?:^|[\s(:*_])(?:`|\*{1,2}[\"'`\u201c]?|__)"
    r"|[\u300a\u300c\u300e\u00ab\u201e])(?:\w{1,40}: |[\w-]{1,40} |(?:\.{3}|\u2026) ?){0,3}$"
)
"""A quotation mark right before a refusal that is no field's value."""
ACT = re.compile(
    r"(?<![\w.-])(?:(?:(?:re)?(?:creat|open|edit|index|render|publish|post|assign|import|archiv|translat))ed|wrote)\b"
    r"|\b(?:issue|ticket|incident|alert|alarm|article|runbook|thread) #?[\w-]{0,12}\d[\w-]{0,12}:?$"
)
"""What somebody or a program made or keeps: a ticket that was opened, a page that was rendered; or such a thing, right before its title."""
WENT_WELL = re.compile(r"[\"'}\])] (?:ok|OK|done|passed|PASSED)(?: in [\d.]{1,9} ?m?s)?$")
"""How a line ends that went well, behind what it was about."""
FIELD = ("=", '":')
"""How what stands before a field's text ends."""
CAUGHT = re.compile(r"\b(?:got|received|returned|caught|raised|threw|was) [\"'`(]{1,3}[\w: ]{0,40}$")
"""A program's own verbs, behind which it reports in quotation marks."""
MARK = re.compile("[\"'`\u201c]")
"""The quotation mark itself."""
BEGUN = re.compile(
    r"(?!.{0,100}?\b(?:If|When|This is why) ).{0,100}?\b(?:[Ff]ail(?:ed|ure(?=:| (?:to|of|in|while|during)\b))"
    r"|[Uu]nable to|[Cc](?:ould ?n(?:o|')|an(?:no|'))t|[Ee]rror (?!during)\w{3,20}ing)\b"
)
"""How a report begins: what failed, at the start."""
NOBODY = re.compile(r"\b[Uu]ser is not authorized to perform")
"""AWS's sentence without its caller, as people write it."""
LABELS = ("olution", "ix:", "ix**", "ause", "orkaround")
"""One of these stands wherever LABELLED fits."""
LABELLED = re.compile(
    r"\b(?:[Ss]olution|Fix|(?:[Rr]oot )?[Cc]ause|Resolution|Workaround|Common causes)\*{0,2}:"
)
"""What a page tells behind an error."""
DOTS = ("...", "\u2026")
"""One of these stands wherever ELIDED fits."""
ELIDED = re.compile(
    r"on resource:? ?(?:\.{3}|\u2026)(?:\s|$)|(?:^|[\s\"'`])(?:\.{3}|\u2026) is not authorized"
)
"""A resource that somebody left out."""
TRACE = re.compile(r"(?:\n|\\n)(?:[\s#]{0,20}at \S|\s{0,20}---> |\s{0,9}File \\{0,7}\")|Traceback \(most")
"""A stack's frames, be they within JSON: what failed here."""
ENOUGH, ASKED, CALLED, BEGINS = 2, 2, 1, 2
"""Signs of a quotation: of most one a report may have as well. Where the caller is named whole they stand on both sides of AWS's words: a name
that somebody chose stands on one."""
ERROR_TOLD = re.compile(
    r"An error occurred \([\w. ]{2,60}\) when calling the \w{2,60} operation(?: \([^)]{1,40}\))?"
    r"(?:: (?:Access ?Denied\b(?! because)|Forbidden\b|[^.!?\"`]{1,300}))?"
)
"""botocore's words and AWS's behind them."""
REASON_TOLD = re.compile(
    r" because (?:no|the) [^\"]{1,80}? allows? the \S{1,120}(?: action)?"
    r"| because the resource does not exist in this Region, [^\"]{1,200}? denies access"
    r"| because public policies [^\"]{1,120}? setting"
    r"| with an explicit deny(?: in (?:an?|the) [\w -]{4,60}?(?:policy|boundary))?(?:: arn:\S{1,600})?"
)
"""AWS's reason, whole."""
SAID_ANEW = re.compile(r"\bUser:? \S{1,300} is not authorized|\bAn error occurred \(|\boperation error ")
"""How AWS's words begin, as a message of their own."""
BEHIND_A_WORD = re.compile(
    r"(?:^|[\s\"'`(])(?!(?:by|with|to|error|exception|raised|threw|failed|got|received|returned|caught|because) )"
    r"[^\W\d_A-Z]{2,30} (?:[\"'`\u201c\u00ab(*_\\<]|<\w{1,10}>){0,4}"
    r"(?:[\w.]{0,80}(?:Exception|Error|Denied|Operation|Failure)\b:? ?){0,3}$"
    r"|(?:^| )\((?:[^\W\d_]{2,20}:? ){1,2}$"
)
"""A word of a sentence right before AWS's, be a class or a mark between, or what a parenthesis says first; not one behind which errors are
reported.
"""
SUBJECT = re.compile("(?:is )?not ")
"""AWS's sentence without its beginning, whose subject is a word."""
GOES_ON = re.compile(
    r"(?:[\"'`\u201d\u00bb*)\]]|</\w{1,10}>){0,6}(?: ?[,;\u2013\u2014-])? ?(?=[^\W\d_A-Z\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    r"[^\W\d_]{1,30},? [\w'/-]{1,30}(?![\w.]{0,30}[:=(])|[\"'`]? \| (?:[A-Z]\w{0,30} )?[a-z]{1,30} [a-z]{1,30} "
)
"""Somebody's sentence that goes on behind AWS's words: two words in small letters that are no field's, after a comma, a dash or closing
marks; not Japanese or Korean, whose verbs stand there in reports too. Or a table's next cell, in words.
"""
NAMING = re.compile(
    r"(?:^|\W)(?!(?:error|exception|message|reason|cause|output|with|got|says?|said|saying|returned|raised|threw|caught|because|was|is)\b)"
    r"[a-z]{2,20} (?P<mark>[\"'])$"
)
"""A quotation begun behind a word that announces no error."""
NAMED_SO = re.compile(r"[\"'](?: failed)?: (?=\S)")
"""Its end, where what happened is told behind it: what is quoted is the name of something."""
DOES = re.compile(
    r"[\s\W]{0,4}(?:(?:will|would) (?:be )?(?:re)?(?:tr|sk)\w{1,10}|(?:while )?[a-z]{2,14}ing\b(?! (?:I|[Ww]e|my|our|the (?:same|following))\b)"
    r"|retr(?:y|ies|ied)\b|attempt\b|gave up\b|(?:for|of|on|in|at) (?:the )?[a-z]{2,20} [\"'#]?[\w./:-]{0,60}\d)"
)
"""What a program says behind an error: what it does next (`retrying in 5s`, `will retry`, `while handling order 7`), or of which thing by its id."""
QUESTION = re.compile(r"\?(?=[\"'`)\s\\]|$)")
"""Where a question ends; an address goes on behind its mark."""
SMALL_WORD = re.compile(r"(?<![^\s\"'(`])[^\W\d_A-Z][^\W\d_]{1,30}(?=[\s.,;?!\"')<]|$)")
"""A word in small letters, in whatever alphabet, that is no part of a name or a field."""
TAIL = re.compile(r"\((?:Service|Status|reached)[^)]{0,300}\)")
"""What SDKs put behind AWS's message."""
OTHER_FIELD = re.compile(r"\"\s?(?:,\s?\"|[}\]])")
"""Where a field's value ends in a record of JSON: what follows is of others."""
MORE, CLAUSE, LEFT, SAID = 3, 100, 200, 400
"""Words behind a refusal that are somebody's, the characters before it in which a sentence stands, those that introduce it, and those in which
somebody asks or explains."""


def is_shown(message: str, text: str, sentences: Sequence[Sentence]) -> bool:
    """Whether the first refusal is only shown; a record of a failure, or a trace of one, outweighs all signs.

    `text` is the message in plain. Of more than LONGEST characters it is nobody's page.
    """
    if len(message) > LONGEST:
        return False
    words = _first_words(text)
    raw = words if message == text else _first_words(message)
    if words is None or raw is None or reports_failure(message) or TRACE.search(message):
        return False
    if sentences and not any(one.principal for one in sentences) and not has_code(text) and is_prose(text):
        return True
    if weigh(message[: raw.start()], text, words, sentences) < ENOUGH:
        return False
    others = SAID_ANEW.finditer(text, _end(text, words, sentences))
    return all(weigh(text[: other.start()], text, other, sentences) >= ENOUGH for other in others)


def weigh(before: str, text: str, words: re.Match[str], sentences: Sequence[Sentence]) -> int:
    """Signs that AWS's words, at `words` in the plain text and behind `before` in the message, are shown, less those of a report."""
    first = words.start()
    if not before.strip():
        return 0
    if _is_done(before, text) or _is_a_name(before, text, words):
        return ENOUGH
    begun = BEGUN.match(text, 0, first) is not None
    if not begun and INTRODUCED.search(text, max(0, first - LEFT), first):
        return ENOUGH
    said = text[max(0, first - SAID) : first]
    is_caught = CAUGHT.search(before[-CLAUSE:]) is not None
    in_marks = None if is_caught else IN_MARKS.search(before[-60:])
    fenced = before.count("```") % 2
    marked = MARKED.match(before, before.rfind("\n") + 1) or ((in_marks or fenced) and MARKED.match(before))
    key = SHOWN_KEY.search(before)
    ahead = bool(marked) + bool(key) + fenced + bool(in_marks)
    is_behind = not (is_caught or SUBJECT.match(text, first)) and BEHIND_A_WORD.search(before[-CLAUSE:])
    rest = _behind(text, words, sentences) if ahead or is_behind else ""
    rest = OTHER_FIELD.split(rest, maxsplit=1)[0] if key else rest
    asked = QUESTION.search(rest) is not None
    behind = rest or _behind_marks(text, words, in_marks)
    after = asked or (GOES_ON.match(behind) is not None and DOES.match(behind) is None)
    ahead = ahead or bool(is_behind and (after or ASKS.search(said)))
    spoken = (
        ASKED * (asked or bool(ASKS.search(said)))
        + bool(EXPLAINS.search(said))
        + is_sentence(said[-CLAUSE:])
        + (len(SMALL_WORD.findall(TAIL.sub(" ", rest))) >= MORE)
    )
    weight = (
        min(ASKED, spoken)
        + ahead
        + after
        + (holds_any(text, DOTS) and ELIDED.search(text) is not None)
        + bool(NOBODY.match(text, first) or (key and SUBJECT.match(text, first) and before.endswith('"')))
        - (1 if marked else BEGINS) * begun
    )
    if not any(has_caller(one) for one in sentences):
        return weight + (holds_any(text, LABELS) and LABELLED.search(text, first) is not None)
    around = ahead > 0 and (after or ("?" in said and key is not None))
    return weight - CALLED if around else 0


def _is_done(before: str, text: str) -> bool:
    """Whether a quotation begun before AWS's words is of what was made or kept, as by its title, or of what the line says to have gone well."""
    head = before.rpartition('"')[0].rstrip()
    if before.count('"') % 2 == 0:
        return False
    if WENT_WELL.search(text[-CLAUSE:]):
        return True
    if FAILURE.search(head):
        return False
    return ACT.search(head) is not None and (not head.endswith(FIELD) or SHOWN_KEY.search(before) is not None)


def _is_a_name(before: str, text: str, words: re.Match[str]) -> bool:
    """Whether AWS's words are what something is called that the line tells of, as somebody chose its name."""
    naming = NAMING.search(before[-CLAUSE:])
    end = text.find(naming["mark"], words.end()) if naming else -1
    return end >= 0 and NAMED_SO.match(text, end) is not None


def _behind(text: str, words: re.Match[str], sentences: Sequence[Sentence]) -> str:
    """What follows AWS's words, where it is known where they end: behind its reason, before which a resource's name may say what it likes."""
    if sentences and sentences[-1].principal:
        ends = (found.end() for found in REASON_TOLD.finditer(text, sentences[-1].at))
        end = max((sentences[-1].end, *ends))
    elif told := ERROR_TOLD.match(text, words.start()):
        end = told.end()
    else:
        return ""
    return "" if REASON.match(text, end) else text[end : end + SAID]


def _behind_marks(text: str, words: re.Match[str], in_marks: re.Match[str] | None) -> str:
    """What follows the quotation that AWS's words stand in."""
    mark = MARK.search(in_marks[0]) if in_marks else None
    end = text.find(mark[0].replace("\u201c", '"'), words.end()) if mark else -1
    return text[end : end + CLAUSE] if end >= 0 else ""


def _end(text: str, words: re.Match[str], sentences: Sequence[Sentence]) -> int:
    """Where the message ends that begins with these words: with the last sentence that begins within them."""
    told = ERROR_TOLD.match(text, words.start())
    end = told.end() if told else words.end()
    return max((end, *(one.end for one in sentences if words.start() <= one.at <= end)))


def _first_words(text: str) -> re.Match[str] | None:
    return next((found for pattern in WORDS_OF_AWS if (found := pattern.search(text))), None)
