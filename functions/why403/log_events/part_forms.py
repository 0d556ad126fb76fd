"""How a line looks that goes on with the line before it, or begins another record: the forms of runtimes, tools and AWS's sentence."""

import re

LATER_WORDS = (
    "Caused by:", "caused by: ", "Suppressed: ", "Wrapped by: ", "... ", "During handling of", "The above exception", "---> ", "--- End of",
    "Stack trace:", "Stacktrace:", "[stacktrace]", "[previous exception]", "AWS HTTP error: ", "(Service: ", "Error Code: ", "---[ ",
    "Resolved remote host IP", ": ", "Event source: ", "Useragent: ", "Request ID: ", "Exception name: ", "DETAIL:", "Detail:", "HINT:",
)  # fmt: skip
"""One of these begins later parts of Java's, Python's, Go's, .NET's, PHP's, C++'s and PostgreSQL's errors."""
LATER_SIGNS = (
    " ",
    "\t",
    "/",
    "}",
    "]",
    ")",
    '"}',
    "'}",
    "<",
    ">",
    "#",
    "│",
    "╵",
    "╰",
    "\x1b",
    "[",
    "==> ",
    "|",
    "->",
)
"""What else a later part begins with: it is looked at more closely."""
LATER_STARTS = (
    *LATER_WORDS,
    *LATER_SIGNS,
    "Traceback ",
    "at ",
    "HTTP/",
    "Error message: ",
    "reading ",
    "read ",
)
MACHINE = re.compile(r"==> [\w.-]{1,80}: ")
"""Packer's name of the machine that a line is about, before each of them."""
BOX = re.compile(r"(?:\x1b?\[[0-9;]{0,12}m){0,3}[│╵╰](?!(?:\x1b?\[[0-9;]{0,12}m| ){0,6}(?:Error|Warning): )")
"""A later line of a terminal's frame, coloured or not; the first one of the next frame says what it is about."""
ROW = re.compile(r"\|[ \t]{1,200}\|")
"""A row of a table whose first cell is empty: its other cells go on with the row above."""
CLOSER = re.compile(r"[\"']?[}\])]+[\s,;)}\]{]*+$|\} ")
"""Only brackets, or `} ` with the rest of an object's end: what a line before opened."""
FRAME = re.compile(r"#\d{1,3} \S|/[^\s:]{1,300}\.rb:\d{1,6}:in [`'\"]|at [\w$.<>\[\]]+[ :(/]|at /\S")
"""PHP's, Ruby's and JavaScript's frames, not indented."""
KEYED = re.compile(r"['\"]?[$\w]{1,80}['\"]?: .*,\s*$")
"""A field of an object whose lines are not indented."""
ELEMENT = re.compile(r"<(?:[A-Za-z/?!]|$)")
"""`<Error>`, `</Error>`, `<?xml`, `<!--`, or a bracket that the line's end cut; `< HTTP/1.1` is curl's and none."""
BEFORE_ELEMENT = (":", "-", ">", "b'", "=", "<", " 403 Forbidden", " 400 Bad Request")
"""What a line ends with that an XML document, or its next element, follows; boto and others write the body behind the status."""
HEADER = re.compile(r"[A-Za-z][\w-]{1,60}: ?\S|[{<]")
"""After an HTTP status line: a header, or the body."""
RECORD = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\d\d:\d\d:\d\d[.,\s\]]|[A-Z][a-z]{2} [ \d]\d \d\d:|[IWEF]\d{4} \d\d:|\d{10,13}[\s.\]]"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|PANIC)\b)"
)
"""How the next record begins, though it be indented: a time, or a level in capitals."""
CALM = re.compile(
    r".{0,80}?(?:(?<![^\s\[|:(\"'])(?:INFO|DEBUG|TRACE|NOTICE)[\s\]|:)\"',]|(?:level|severity)[\"']?[=:] ?[\"']?(?i:info|debug|trace|notice)\b)"
    r"|(?!<- ).{0,200}?\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /"
)
"""A record that tells of no error: an access log's words are a visitor's, and lend nothing to the trace behind them. What Ruby sent is none."""
ANNOUNCES = (":", "{", "(", "[", ",", "=", "-", "\\")
"""What a record ends with that goes on in the next line, calm or not."""
RAISED = re.compile(r"[\w.]{1,200}(?:Error|Exception|Denied|Fault|Failure)\b")
"""The exception's own line behind a traceback: names end so in Python, Java and .NET."""
CALLED = re.compile(r"when calling the(?: \w{1,80} operation:?)?\s*$")
"""What botocore writes before AWS's words, whole or up to the operation's name."""
LONGEST_CALL = 200
"""Characters that it has at most, with blanks behind it."""
LAMBDA = "[ERROR] "
"""Lambda writes Python's exception so, and its frames under it, without the exception's own line behind them."""
CLOSING = "'\"`)]}. \r\n"
"""What a record may close with behind the words of an exception, which it quotes or has in an object."""
WORDS = 12
"""Characters of an exception's words that are its own: `Forbidden` alone is anybody's."""
TOLD_OF_CAUSE = re.compile(r"[\w.]{1,200}Exception: .{0,2000}:\s*$")
"""Hadoop's exceptions end so before their cause."""
RAISED_IN_TRACEBACK = re.compile(r"[A-Za-z_][\w.]{0,200}(?:: |$)")
"""The line that ends a traceback of Python's, of which the start was seen: whatever the exception is called."""
TRACEBACK = "Traceback (most recent call last):"
CURL = ("> ", "< ", "* ")
"""curl's marks of what it sent, was answered, and has to say."""
WIRE = ("<- ", "-> ", "reading ", "read ")
"""Ruby's, in the trace of a connection."""
AFTER = {
    TRACEBACK: ("During handling of", "The above exception"),
    "HTTP/": ("---[ ",),
    "Error message: ": ("Exception name: ",),
    "> ": CURL,
    "< ": CURL,
    "<- ": WIRE,
    "-> ": WIRE,
    "reading ": ("-> ",),
    "read ": ("-> ", "reading "),
}
"""What else begins a later part, but only after a line that begins so."""
LAYER = (
    r"(?: (?:(?:identity|resource)-based|service|resource|control|permissions?|boundary|sessions?|VPC|endpoint|role|trust|policy"
    r"|transitively|through|a))"
)
"""A word of a layer's name."""
RESOURCE = r" on(?: resource:?(?: (?:(?:role|user|policy|group) )?[`'\"]?(?:arn:\S+(?: [\w./*-]{1,200}(?= because no | with an explicit ))?|\*))?)?"
REASON = (
    rf"(?: because no{LAYER}{{0,4}}(?: allows(?: the(?: \S+(?: action)?)?)?)?"
    rf"| with an explicit deny(?: in(?: (?:an?|the){LAYER}{{0,9}})?)?| because public policies are \w+(?: by the \w+ setting)?)?(?:: arn:\S+)?"
)
ASKED = rf"(?: to(?: perform:?(?: [`'\"]?[A-Za-z0-9-]+:[A-Za-z]+[`'\"]?(?:{RESOURCE})?{REASON})?)?)?"
SENTENCE = re.compile(
    rf"(?:when calling the \w{{1,80}} operation: )?User:?(?: arn:\S+(?: is(?: not(?: authorized{ASKED})?)?)?)?|not authorized{ASKED}"
)
"""AWS's sentence, as far as it goes: a line may end anywhere in it."""
MIDDLE = re.compile(
    r"[`'\"]?(?:arn:|is |not |authori|to |perform|on |resource|because |no |with |an |explicit|deny|in |an? |the |allows|action|policy |role |user |group "
    r"|public |identity-|service |control |permissions? |boundary|session|VPC |endpoint |trust |transitively|[a-z0-9-]{2,30}:[A-Z]|\*"
    r"|operation: (?:User|You)\b|[\w+=,.@:/*-]{1,200}+ (?:is not |because no |with an explicit ))"
)
"""How a line begins that could stand in the middle of AWS's sentence: few do, and the sentence is looked for in those alone."""
BEGINNING = "User:"
BEGINNERS = (" ", "╰", "at ", "<", TRACEBACK, "HTTP/")
"""What a line begins with that more may follow, whatever that begins with."""
OPEN_ENDS = (":", ",", ": ", ":\r", ",\r", " operation", " operation ", " operation\r", " calling the", " calling the ")  # fmt: skip
MIN_WRAP = 72
"""Columns: nobody wraps a log more narrowly in the middle of a word."""
AROUND = 700
"""Characters on both sides of a line end in which a broken sentence is looked for."""


def is_next_row(before: str, message: str) -> bool:
    """Whether it is a row of the table that the line before is of, and goes on in its cells."""
    ends = message.rstrip().endswith("|") and before.startswith("|")
    return ends and ROW.match(message) is not None and before.count("|") == message.count("|")


def is_over(message: str) -> bool:
    """Whether a record is whole as it stands: a calm one that announces nothing."""
    return CALM.match(message) is not None and not message.rstrip().endswith(ANNOUNCES)


def quotes(record: str, message: str) -> bool:
    """Whether a record, which is no exception's own line, ends with the words of the exception that stands under it.

    Cheap where both do not end alike, or where both are records: a storm's lines end alike.
    """
    if record.rstrip(CLOSING)[-WORDS:] != message.rstrip(CLOSING)[-WORDS:]:
        return False
    if RAISED.match(message) is None or RAISED.match(record) is not None:
        return False
    words = message.partition(": ")[2].rstrip(CLOSING)
    return len(words) >= WORDS and record.rstrip(CLOSING).endswith(words)


def spans(left: str, right: str) -> bool:
    """Whether AWS's sentence goes on from the one to the other."""
    return any(
        match.start() < len(left.rstrip()) < match.end() - 1 for match in SENTENCE.finditer(left + right)
    )
