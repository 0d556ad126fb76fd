"""AWS's answer as an SDK or a tool prints it, read on its own, where other words of the line hide it.

Whoever can write a part of a line (a file's name, an agent, a form's field) can write the words of a page, a test, another
system or another 403 there. What an SDK prints begins in a form of its own: behind a colon, a bracket, or as the value of a field
for errors. From there on, and up to where its own words end, it is read as if nothing else stood in the line. Within a quotation,
a sentence or source it stands for nothing.
"""

import re
from collections.abc import Iterator
from itertools import islice

from why403.denials.contains import holds_any
from why403.denials.enriched import find_sentences
from why403.denials.handled import reports_failure
from why403.denials.plain import unescaped
from why403.denials.quoted import is_sentence
from why403.denials.shown import BEHIND_A_WORD, ELIDED, IN_MARKS, INTRODUCED, REASON_TOLD
from why403.denials.source import LONGEST, RECORD, TEXTS, end_of_value

HINTS = (
    "rror",
    "failed: ",
    "returned message",
    "xception",
    "AccessDenied",
    "Unauthorized",
    "User: arn:",
    "Access to the resource ",
    "Lambda",
    " https://",
)
"""One of these stands wherever HEAD fits."""
CODE = r"(?:AccessDenied(?:Exception|Fault)?|UnauthorizedOperation|AuthorizationError(?:Exception)?)"
HEAD = re.compile(
    r"(?<![\w.$:/-])(?:(?:upload|download|copy|move|delete) failed: |[A-Z]\w{2,60} API responded with error='|Resource handler returned message: \""
    r"|An error occurred \([\w.]{2,60}\) when calling the \w{2,60} operation(?: \([^)]{1,40}\))?: "
    rf"|operation error [A-Z][\w ]{{1,60}}: [A-Z]\w{{2,60}}, (?:[^\n\"]{{0,300}}?, )?(?:api error )?(?:{CODE}|Forbidden): "
    r"|(?:com\.amazonaws|software\.amazon\.awssdk)\.[\w.]{2,120}Exception: |Amazon\.\w{2,60}\.Amazon\w{2,60}Exception: "
    r"|Error executing \"[A-Z]\w{2,60}\" on \"https|\[Aws::[A-Z]\w{1,60}::Client 403 |Aws::[A-Z]\w{1,60}::(?:Errors::\w|[A-Z]\w{1,60}Client: )"
    r"|service error: unhandled error \(|AccessDeniedException\(AccessDeniedException \{"
    r"|User: arn:aws[\w-]{0,10}:(?:iam|sts)::\d{12}:\S{1,600} is not authorized to perform: [\w-]{2,40}:\w{2,80}"
    rf"|(?<!api error ){CODE}: (?!User (?!arn:))[A-Z]|<Error>\s{{0,9}}<Code>|(?:CannotPull\w{{3,30}}|ResourceInitialization)Error: |WebIdentityErr: "
    r"|(?P<open>(?:403 Client Error: Forbidden for url:|GET|PUT|POST|HEAD|DELETE) https://[\w.-]{1,200}\.amazonaws\.com)"
    rf"|\{{\s{{0,9}}\"name\":\s?\"{CODE}\"|java\.nio\.file\.AccessDeniedException: s3"
    r"|Access to the resource https?://|Lambda was not able to decrypt |The role defined for the function cannot be assumed by Lambda)"
)
"""How what SDKs, tools and services print of a refusal begins; whether it is one is asked of what follows. Of a request anything that follows
may tell who answered what.
"""
FIELD = re.compile(
    r"(?:(?P<quote>\\{0,7}[\"'])(?:\w{1,40}[._-])?(?:err|error|msg|message|exception|exc_info|reason|cause|detail|log|stderr|stack|stack_?[tT]race"
    r"|[a-z]{1,20}(?:Message|Reason|Error))(?P=quote)\s?:\s?(?P=quote)"
    r"|(?<![\w.-])(?:err|error|msg|message|exception|reason|cause)=(?P<mark>\"))"
)
"""A field for what a program reports, in JSON, Python or logfmt, however often escaped, up to its value."""
APART = re.compile(r"(?:^|[:\])|>;}] |\n\s{0,40}| - |[=-]> ?|, |\s{2})$")
"""What stands between a logger's or a tool's words and an error; 40 blanks are a margin."""
COMMENTED = re.compile(r"[ \t]{1,80}(?://|#|\*|--)|[>*#/+-]{1,6} ?$")
"""A line's beginning in source, or in a page's quotation, list or heading."""
OPENING = re.compile(r"(?<!\w)'(?=\w)")
"""A single mark that opens a quotation; an apostrophe stands within a word."""
CLOSING = re.compile(r"(?<=\w)[.!?)]?'(?!\w)")
"""And one that closes it."""
LEFT = 200
"""Characters before an answer in which its introduction stands."""
BESIDES = re.compile(
    r" - |[ ,][\w.-]{1,40}=|[ ,]\(\w{1,20} [\"']|[,;|] |\"|(?<=\w)'(?=: | failed\b)|(?<=[\w.)\]>=\"'])\n(?![\s│]|Caused by)"
)
"""How what a logger writes behind an error begins: a dash, a field, a bracket, another line."""
HEADED = re.compile(r"\s{0,40}(?:#{1,6} |\*\*|【)")
"""How a page begins: with a heading, which may have marks of its own."""
TITLE = re.compile(r"[^\n]{0,120}(?:トラブルシューティング|解決方法|(?:오류|문제) 해결)")
"""What a page's title says, in whatever line AWS's words follow."""
TEST = re.compile(r"\s{0,40}[\u2713\u2714\u221a] [^\n]*\(\d{1,6} ?m?s\)\s{0,9}$")
"""The whole line of a test that passed, with the time that it took."""
QUOTE = re.compile(r"(\\{0,15})([\"`])")
"""A quotation mark, and how often it is escaped."""
ERROR = "$metadata"
"""A field of an error of JavaScript's SDK, which is printed as an object."""
OBJECT = re.compile(r"[^{}\n]{0,80}\{(?:[^{}]|\{[^{}]{0,400}\}){0,800}\}")
"""An error as an object, another one in it, as JavaScript and Rust print it."""
WRAPPED = re.compile(r"\n(?=[a-z])")
"""Where a sentence goes on in the next line."""
TOLD = re.compile(
    r"\((?:Service|Status)[^)]{0,300}\)|status code: 40[03], request id: \S+(?: host id: \S+)?"
    rf"|<Code>{CODE}(?:[^\"\n]{{0,600}}?</Error>)?|{CODE} \(client\): "
)
"""What SDKs put behind AWS's words, and PHP's before them."""
SAID, ANSWER = 2000, 4000
"""Characters in which it stands, and those of an answer: AWS's sentence with the longest key, or a stack's frames."""
MOST, TRIED = 3, 6
"""Places at the beginning of a text that are tried, and at its end; and what is read of a message in all."""


def answers_alone(message: str) -> Iterator[tuple[str, str]]:
    """Each answer that stands on its own: with what follows it, and without; of more than a few only those. Linear."""
    if holds_any(message, HINTS):
        yield from islice(_answers(message), TRIED)


def _answers(message: str) -> Iterator[tuple[str, str]]:
    for text in _texts(message):
        heads = list(HEAD.finditer(text))
        behind = told = 0
        for head in [*heads[:MOST], *heads[MOST:][-MOST:]]:
            if head.start() < behind:
                continue
            answer = text[head.start() :][:ANSWER]
            end = len(answer) if head["open"] else _end(answer, len(head[0]))
            if _is_alone(text, head, told):
                told = head.start() + end
                yield answer, answer[:end]
            else:
                behind = head.start() + end


def _texts(message: str) -> Iterator[str]:
    """The values of fields for errors, and the message, where it is no record; of a long one the beginning and the end."""
    for part in (message,) if len(message) <= 2 * LONGEST else (message[:LONGEST], message[-LONGEST:]):
        fields = FIELD.finditer(part) if RECORD.match(part) or reports_failure(part) or '="' in part else ()
        for _, field in zip(range(MOST), fields, strict=False):
            end = end_of_value(part, field.end(), field["quote"] or field["mark"])
            value = unescaped(part[field.end() : end])
            if not RECORD.match(value) or ERROR in value:
                yield value
        yield part


def _is_alone(text: str, head: re.Match[str], told: int) -> bool:
    """Whether an answer begins at `head` that nobody quotes, explains or comments on; the one before it ends at `told`."""
    before = text[: head.start()]
    near = TEXTS.sub("", before[told:][-2 * LEFT :])[-LEFT:]
    line = before[before.rfind("\n") + 1 :]
    return not (
        before.strip()
        and (
            not APART.search(before[-LEFT:])
            or INTRODUCED.search(near)
            or IN_MARKS.search(before[-60:])
            or BEHIND_A_WORD.search(before[-100:])
            or COMMENTED.match(line)
            or ("\n" in before and HEADED.match(before))
            or TITLE.match(before)
            or TEST.match(text)
            or is_sentence(near)
            or _is_quoted(before, text[head.end() :], is_record=RECORD.match(text) is not None)
            or ELIDED.search(text, head.start(), head.end() + LEFT)
        )
    )


def _is_quoted(before: str, after: str, *, is_record: bool) -> bool:
    """Whether a quotation that was opened before is closed behind; a record's may be cut off."""
    opened: set[str] = set()
    for mark in QUOTE.finditer(before):
        opened ^= {mark[0]}
    if opened and (is_record or opened & {mark[0] for mark in QUOTE.finditer(after)}):
        return True
    return len(OPENING.findall(before)) > len(CLOSING.findall(before)) and CLOSING.search(after) is not None


def _end(answer: str, start: int) -> int:
    """Where the answer's own words end, of which AWS's sentence may hold whatever a resource is called."""
    joined = WRAPPED.sub(" ", answer)
    sentence = next(find_sentences(joined), None)
    if sentence is not None and BESIDES.search(joined, start, sentence.at) is None:
        reason = REASON_TOLD.search(joined, sentence.at)
        start = max(start, sentence.end, reason.end() if reason else 0)
    told = OBJECT.match(answer) or TOLD.search(answer, start, start + SAID)
    besides = BESIDES.search(answer, max(start, told.end()) if told else start)
    return besides.start() if besides else len(answer)
