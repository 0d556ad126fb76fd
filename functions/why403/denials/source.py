"""Source code in a line: the texts that stand in it are somebody's constants, tests and examples, and nothing was refused.

A stack trace shows its source, so does a compiler, a linter, a test's runner and whoever prints a file. Only the texts are
set aside: what stands beside them is read as ever.
"""

import re

from why403.denials.contains import holds_any
from why403.denials.handled import reports_failure

SOURCE_HINTS = (
    "throw ", "raise ", "return ", " new ", "(new ", "rrors.New(", "rrorf(", "side_effect", ".failed(", ".toT", ".toM", "ontains(", "ncludes(", ".match",
    ".test", "HasPrefix(", '== "', "== '", "== `", '= "', "= '", "= `", "= (", "=\n", " = r", " `", "echo ", 'name: "', 'code: "', 'rror("', 'ption("',
)  # fmt: skip
"""One of these stands wherever SOURCE fits."""
SOURCE = re.compile(
    r"(?:\b(?:raise|throw|return|new) [\w.]{1,80}|\berrors\.New|\b(?:[a-z]{1,20}\.)?[a-zA-Z]{0,20}rrorf|\bside_effect ?= ?[\w.]{1,80}|\.failed"
    r"|\.(?:contains|includes|Contains|HasPrefix))"
    r"\(\s{0,40}(?:[\w.()]{1,60}, ?(?:\[\]byte\()?|\w{1,20}: [\"'`]\w{1,40}[\"'`], \w{1,20}: )?"
    r"[rbfu]{0,2}[\"'`]"
    r"|\b(?:returns|says|shows|reads|followed by|(?:fails?|answers|crash(?:es|ing)) with(?: an?)?):? `"
    r"|\.(?:to(?:Throw|Match)\w{0,30}|match|test)\(\s{0,40}(?:[\w.]{1,60}, )?/|(?<!\+ )\becho (?:-\w )?[\"']|(?:(?<!%)\{|,)\s{0,40}(?:name|code): \""
    r"|(?:^|\n)[ \t]{0,40}\w{1,40} = [\w.]{0,60}(?:Error|Exception)\(\"|(?:^|\n)[ \t]{1,40}[\w.]{1,60} = \(\s{0,40}[rbfu]{0,2}[\"'`]"
    r"|(?<=[\w)\]] )[!=]==? ?[\"'`]"
    r"|(?:^|\n)[ \t]{0,40}(?:(?:export |public |private |static |final |const |let |var |val |my ){1,4}[\w$<>:\[\]]{1,60}(?: \w{1,60})?"
    r"|[A-Z][A-Z0-9_]{2,40}|(?:\w{0,30}[eE]rr(?:or)?|exc?|e)\.(?:name|code|message)|\w{1,40}(?= :=)) :?=\s\(?\s{0,40}(?:\d{1,6}, )?[rbfu]{0,2}[\"'`]"
)
"""Source, or a page's own words, up to the quote of a text: an error that is made, a comparison, a constant, what a
call returns; `KEY="..."` without blanks is logfmt.
"""
REFUSED = ("enied", "uthoriz", "orbidden", " 403", "oken", "redentials", "ignature", "KeyId", "keyid")
"""One of these stands in a text that is set aside for where it stands alone."""
TEXT = r"(?:\"(?:[^\"\\\n]|\\.){0,400}+\"|'(?:[^'\\\n]|\\.){0,400}+'|`[^`\n]{0,400}+`)"
TEXTS = re.compile(TEXT)
"""A text in quotation marks on one line, however they are escaped within."""
ARGUMENT = (
    r"(?<![\w$\"'`-])(?<![\w$]\.)(?:[\w$]{1,40}(?:\.|::|->)){0,6}(?!\w{0,40}(?:[dD]enied|uthori[sz]ed|orbidden|[a-z]Error|[a-z]Exception)!?\()"
    rf"[a-z_$][\w$]{{0,60}}!?\(\s{{0,60}}(?:!?[a-z][\w.]{{0,60}}\()?(?:[^()\n\"'`;=]|{TEXT}|\((?:[^()\n\"'`]|{TEXT}){{0,8}}\)){{0,80}}?"
)
"""An argument of a call in small letters, whose parenthesis is open: a class that is called is how errors print."""
BEFORE_A_TEXT = (
    # what a function gives back, and what Python puts together itself
    rf"(?:^|\n)[ \t]{{2,80}}(?:return|yield) [^\n\"'`]{{0,80}}(?:{TEXT}[^\n\"'`]{{0,80}}){{0,4}}?(?=[\"'`][^\"'`\n]{{0,300}}?(?:enied|uthoriz))",
    r"(?:^|\n)[ \t]{2,80}(?=[rf][\"'])",
    # an attribute in JSX
    r"\w=\{",
    # a tuple's later place
    rf"(?:^|\n)[ \t]{{2,80}}\((?:\d{{1,6}}, |{TEXT}, ){{1,4}}",
    # a lambda's result
    r"\blambda\b[^\n\"'`]{0,160}=",
    # a shell's
    r"\bprintf (?:--? )?(?:'[^'\n]{0,20}' |\"[^\"\n]{0,20}\" )?",
    r"\becho -\w{1,3} ",
    r"\$\([A-Z_]{2,40}=",
    r"(?:^|\n)[ \t]{0,80}(?:log_\w{1,20}|die|puts|say|case) ",
    # a test's own language, and what a double answers
    r"\bshould (?:not )?(?:include|equal|eq|match|contain|start with|end with|be) ",
    r"\bto (?:include|eq|equal|match|contain|raise_error) ",
    r"(?:^|\n)[ \t]{0,80}(?:\w{1,40}\.){1,4}(?:stderr|stdout|return_value|side_effect) = ",
    # a table's entry in Go, a field, a tuple, a text alone behind a tabulator
    rf"(?:^|\n)\t{{1,9}}\{{{TEXT}, (?:\w{{1,40}}, ){{0,4}}",
    r"(?:^|\n)\t{1,12} ?(?:[A-Za-z][\w.]{0,60}: {1,20})?",
    r"=> \(",
    # what a diff or a grep shows below its margin
    r"(?:^|\n)(?:[ \t]{0,40}[+-]|[^\s:]{1,200}:\d{1,6}[:-])[ \t]{2,80}(?:[\"'\w.]{1,60}[:=] ?)?",
    # a text over several lines
    r"(?:^|\n)[ \t]{0,80}[\w.]{1,60} ?= ?(?:\"\"(?=\")|''(?='))",
)
AT_ITS_QUOTE = "[rbfu]{0,2}(?P<quote>[\"'`])"
IN_CODE = re.compile(f"(?:{'|'.join((ARGUMENT, *BEFORE_A_TEXT))}){AT_ITS_QUOTE}")
"""Source up to the quote of a text."""
IN_CODE_UNCALLED = re.compile(f"(?:{'|'.join(BEFORE_A_TEXT)}){AT_ITS_QUOTE}")
"""The same where no call has a text in its parenthesis: ARGUMENT costs most."""
OPEN_ENDED = re.compile(
    r"(?:^|\n)[ \t]{2,80}(?:[\w.]{1,60}: |\d{1,6}, )?[rbfu]{0,2}(?P<quote>[\"'`])(?:(?!(?P=quote))[^\\\n]|\\.){1,2000}?"
    r"(?: (?P=quote)(?=$|\n)|(?P=quote)(?:;(?=$|\n)"
    r"|(?=,?(?:\n[^\n]{0,200}){0,3}?\n[ \t]{0,80}[})\]]{1,4};|,?\n[ \t]{0,80}[}\]]{1,3}\))|\)[)\]};, ]{0,9}(?=$|\n)"
    rf"| ?[+\\](?:\n[ \t]{{2,80}}{TEXT} ?[+\\]?){{0,20}}(?=$|\n|,)"
    r"| \+ [\w.()]{1,60} \+ [\"'`][^\n]{0,2000}))"
)
"""A line that is the end or a piece of a longer expression: a text with a parenthesis behind it that was opened above, or joined to the next."""
CONCATENATED = re.compile(
    rf"(?:(?:^|\n)[ \t]{{2,80}}[rbfu]{{0,2}}{TEXT}){{2,40}}(?=$|\n)|(?:^|\n)[ \t]{{2,80}}\"[^\"\n]{{1,400}}\\\n[ \t]{{1,80}}[^\"\n]{{1,400}}\""
    rf"|(?:(?:^|\n)[ \t]{{2,80}}{TEXT},){{1,20}}\n[ \t]{{2,80}}{TEXT}\)[)\]}};:, ]{{0,9}}(?=$|\n)|`[^`\n]{{0,400}}\$\{{[^`\n]{{0,400}}`"
)
"""Texts one below the other without a comma, which Python joins, and one that goes on behind a backslash."""
AS_PATTERN = re.compile(r"occurred \\{1,2}\([^\n]{0,2000}")
"""AWS's words as a pattern: its parenthesis is escaped."""
CALLED = re.compile(r"\((?<=[\w!]\()[^)]{0,200}[\"'`]")
"""A call's parenthesis, and a text before it is closed: one stands wherever ARGUMENT fits."""
IN_WORDS = (
    "={", "lambda", "printf ", "echo -", "log_", "die ", "puts ", "say ", "case ", "should ", " to include ", " to eq", " to match ", " to contain ",
    " to raise_error ", "=> (", "$(", "stderr = ", "stdout = ", "return_value = ", "side_effect = ", '= """', '="""', "= '''", "='''",
)  # fmt: skip
"""One of these stands wherever another beginning of IN_CODE fits that does not need a line's margin."""
MARGIN = re.compile(r"(?:^|\n)(?:[ \t+-]|[^\s:]{1,200}:\d{1,6}[:-][ \t]{2})[^\n\"'`]{0,400}[\"'`]")
"""A line that is indented, or stands in a diff or behind grep's number, and has a text: a stack's frames have none."""
RESPONSE_HINTS = ('Code"', "Code'", 'Error"', "Error'", '" in ', "' in ", "` in ")
"""One of these stands wherever RESPONSE fits."""
RESPONSE = re.compile(
    r"(?:[\"']Error[\"']: ?)?\{ ?[\"']Code[\"']: ?[\"'][A-Z]\w{3,40}[\"'](?:, ?[\"']Message[\"']: ?[\"'][^\"'\n]{0,200}[\"'])?,? ?\},? ?\},"
    r"\s{0,40}[\"'][A-Z]\w{3,60}[\"']"
    r"|\b\w{0,40}(?:Error|Exception)\(\s{0,40}\{ ?[\"']Error[\"'][^\n]{0,400}|\b\w{1,40} = \{ ?[\"']Error[\"']: ?\{ ?[\"']Code[\"'][^\n]{0,400}"
    rf"|{TEXT} (?:not )?in [\w.]{{1,40}}\("
)
"""botocore's answer as a test makes it, with the operation behind it, as ClientError takes them (a printed one has its metadata behind it),
and Python's question whether a text stands in what a call returns.
"""
ELEMENT = re.compile(
    r"(?<![:=])(?:^|\n)[ \t]{2,80}[rbfu]{0,2}(?:\"(?![A-Z]\w{3,60}: )(?:[^\"\\\n]|\\.){1,400}+\","
    r"|(?<=[ \t]{7})'(?:[^'\\\n]|\\.){1,400}+',?|`[^`\n]{1,400}+`,?)[ \t]*(?=\n|$)"
)
"""An element of a list of texts, alone on its line; JSON's last has no comma, a stack's first begins with the error's name, and Node puts
a field's long text, in single marks, on a line of its own, below its key and not far in."""
RECORD = re.compile(r"\s{0,80}(?:\{|\[\s{0,80}[\"{\[])")
"""How JSON begins, be it an object or a list."""
LINT = re.compile(
    r"(?:^|\n)[^\s:]{1,200}\.\w{1,6}(?:\(\d{1,6},\d{1,5}\)|:\d{1,6}(?::\d{1,5})?):? (?:error |warning )?[A-Z]{1,6}\d{2,6}\b[^\n]{0,2000}"
)
"""A linter's or a compiler's finding with its number (`E501`, `TS2345`), which may quote the line."""
COMMENT = re.compile(r"(?m)^[ \t]{0,80}// [^\n]*\n?")
"""A line of comment; where all lines are, somebody shared a denial in one."""
NAMED = re.compile(r"[+-][ \t]{0,80}(?:#|//) |[ \t]{0,80}(?:[\u2713\u2714\u221a] |Scenario(?: Outline)?: )")
"""How a line begins that is a diff's of a comment, or the name of a test: behind the mark of one that passed, or Gherkin's word.
https://cucumber.io/docs/gherkin/reference/"""
POINTER = re.compile(r"\n[ \t]{0,300}\^+[ \t]{0,9}\n")
"""The line of a frame that points into the one above it: that one is shown without those that follow it."""
ADJACENT = re.compile(r"\s{0,120}[+\\]?\s{0,120}[rbfu]{0,2}([\"'`])")
"""Between the pieces of one text, which Python joins by itself and others by `+`."""
FORMATS = (".*", ".+", "${", "$(", "%s", "%v", "m: {", "e {", ":{", "[^", "\\S", "\\w", "\\W", "(?")
"""How what stands in an action's place begins."""
TEMPLATE = re.compile(
    r"(?:authorized to perform:? ?[\"'`(]{0,2}(?:[a-z0-9-]{2,40}:)?|policy allows the (?:[a-z0-9-]{2,40}:)?)"
    r"(?:\.[*+]|\$[{(]|%[sv]|\{\w{0,40}\}|\[\^|\(?\\[SwW]|\(\?)[^\n\"'`/]{0,300}"
)
"""AWS's sentence as a pattern or a format, up to the end of its text: no service answers with `.*` where an action stands."""
LONGEST = 16 * 1024
"""Characters of a message in which source is looked for: a function and its stack trace have some 4,000."""
JOINED = 20
"""Pieces of one text that are looked at; a longer one goes on as it likes."""


def without_source(message: str) -> str:
    """The message without the texts that stand in source code, and without AWS's sentence as a pattern. Linear.

    A message of more than LONGEST characters stays as it is: nobody's source is that long.
    """
    if len(message) > LONGEST:
        return message
    if "// " in message and (uncommented := COMMENT.sub("", message)).strip():
        message = uncommented
    if NAMED.match(message) and "\n" not in message:
        return ""
    if "allows the " in message or "to perform" in message:
        message = TEMPLATE.sub("", message) if holds_any(message, FORMATS) else message
    if holds_any(message, REFUSED) and not reports_failure(message):
        message = _without_expressions(message)
    if not holds_any(message, SOURCE_HINTS):
        return message
    pieces, end, at = [], 0, 0
    told = SOURCE.search(message)
    if told is not None and reports_failure(message):
        told = SOURCE.search(message, _end_of_first_line(message))
    while told is not None:
        at = told.end()
        after = _end_of_line_text(message, at, told[0][-1])
        if after is not None and not CALLED_AT.match(message, after):
            pieces.append(message[end:at])
            end = at = after
        told = SOURCE.search(message, at)
    return "".join([*pieces, message[end:]])


CALLED_AT = re.compile(r"[\"'`]\)+ (?:called )?at ")
"""A frame of a stack that tells its arguments: the call has happened."""


def _without_expressions(message: str) -> str:
    """The message without the refusals that stand as texts in expressions."""
    has_margin = MARGIN.search(message) is not None
    if "occurred \\" in message:
        message = AS_PATTERN.sub("", message)
    if holds_any(message, RESPONSE_HINTS):
        message = RESPONSE.sub(_unless_refused, message)
    for pattern in (LINT, CONCATENATED, OPEN_ENDED) if has_margin else (LINT,):
        message = pattern.sub(_unless_refused, message)
    if has_margin and RECORD.match(message) is None:
        message = ELEMENT.sub(_unless_reasoned, message)
    is_called = CALLED.search(message) is not None
    if not (has_margin or is_called or holds_any(message, IN_WORDS)):
        return message
    in_code = IN_CODE if is_called else IN_CODE_UNCALLED
    is_record = message.lstrip().startswith("{")  # one field's quotation mark closes none of another's
    pieces: list[str] = []
    end = at = 0
    while (told := in_code.search(message, at)) is not None:
        at = told.end()
        long = told["quote"] * 3
        if message.startswith(long, at - 3):
            after = message.find(long, at)
        else:
            after = _end_of_line_text(message, at, told["quote"]) or -1
        is_text = after > at and not (is_record and '":' in message[at:after])
        if is_text and holds_any(message[at:after], REFUSED) and not CALLED_AT.match(message, after):
            line = message.find("\n", after)
            rest = message[after : line if line >= 0 else len(message)]
            pieces += (message[end:at], rest[:1], TEXTS.sub(_unless_refused, rest[1:]))
            end = at = after + len(rest)
    return "".join([*pieces, message[end:]])


def _unless_refused(found: re.Match[str]) -> str:
    return "" if holds_any(found[0], REFUSED) else found[0]


def _unless_reasoned(found: re.Match[str]) -> str:
    return found[0] if holds_any(found[0], ("because no ", "explicit deny")) else _unless_refused(found)


def _end_of_first_line(message: str) -> int:
    """Where the line breaks for the first time, be it within JSON."""
    ends = (message.find("\n"), message.find("\\n"))
    return min((end for end in ends if end >= 0), default=len(message))


def _end_of_line_text(message: str, start: int, quote: str) -> int | None:
    """Where the text ends, with those that are joined to it; None: not on its line."""
    after = None
    for _ in range(JOINED):
        end = end_of_value(message, start, quote)
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


def end_of_value(message: str, start: int, quote: str) -> int | None:
    """Where the quote that closes the value stands: escaped as often as the one that opens it; None: the end is cut off."""
    opened = _escapes(message, start - len(quote))
    at = message.find(quote, start)
    while at > start and _escapes(message, at) > opened:
        at = message.find(quote, at + 1)
    return at if at >= 0 and _escapes(message, at) == opened else None


def _escapes(message: str, at: int) -> int:
    """The backslashes right before a place, of at most seven."""
    before = message[max(0, at - 7) : max(0, at)]
    return len(before) - len(before.rstrip("\\"))
