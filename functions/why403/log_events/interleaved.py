"""Two errors of one stream whose lines came in turn: what shows that lines, each of which could go on, are not one error's.

A process that serves two requests writes both traces into one stream. Which line is whose cannot be told then, and none
of them may lend its facts to another: each line speaks for itself.
"""

import re
from collections.abc import Iterable, Iterator

SECTION = re.compile(
    r"[\s|+]{0,200}(?:Caused by|Suppressed|Wrapped by|During handling|The above exception|Traceback \(|: \S|py4j\.|---> |--- End|\[cause\]|\[errors\]"
    r"|\[previous exception\]|\[\d{1,3}\]:|\[stacktrace\]|- )|.{0,300}Traceback \(most recent call last\):$"
)
"""Where the next error of a chain begins, with frames and fields of its own; the blanks are an indent."""
FRAME = re.compile(
    r"\s{0,40}(?:(?P<jvm>at [^()\s]{1,400}\((?:\w+\.(?:java|scala|kt|groovy):\d+|Native Method|Unknown Source)\)|\.\.\. \d+ (?:more|common))"
    r"|(?P<python>File \"[^\"]{1,300}\", line \d+|(?:aio)?boto(?:core|3)?\.\w)"
    r"|(?P<javascript>at (?:[^()]{1,300} \()?(?:file://)?[\w/.@:-]{1,300}\.[cm]?[jt]sx?:\d+:\d+\)?|['\"]?\$(?:fault|metadata)['\"]?:)"
    r"|(?P<ruby>(?:from )?/?\S{1,300}\.rb:\d+:in )|(?P<php>#\d+ /?\S{1,300}\.php(?:\(\d+\)|:\d+)|\w{1,80} \(client\): |Client error: `"
    r"|Error executing \"|AWS HTTP error: )"
    r"|(?P<dotnet>at [\w.`<>\[\]+]{1,300}\([^()]{0,300}\)(?: in .{1,300}:line \d+)?$|--->)|(?P<go>\S{1,300}\.go:\d+))"
)
"""A runtime's way to print a place in a program, or its SDK's error; paths and signatures have no more than 300 characters as a rule."""
ONCE = re.compile(
    r"(?P<indent>\s{0,40})(?:['\"]?(?P<key>\$fault|\$metadata|Code|httpStatusCode)['\"]?: "
    r"|at (?P<javascript>(?:\w+ )?(?:de_\w+CommandError|throwDefaultError|\w+\.throwDefaultError)) \("
    r"|at (?P<java>(?:software\.amazon\.awssdk|com\.amazonaws)\.services\.[\w.]{1,100}Client\.\w+\(\w+\.java:\d+\))"
    r"|(?P<python>File \"[^\"]{1,300}/botocore/client\.py\", line \d+, in \w+)"
    r"|at (?P<dotnet>Amazon\.\w+\.Amazon\w+Client\..{1,300})"
    r"|(?:from )?(?P<ruby>/\S{1,200}/aws-sdk-\w+-[\d.]+/lib/\S{1,200}\.rb:\d+:in ))"
)
"""What an error of an SDK has once: a field of its object, and the frames of the client's own call."""
OPERATION = re.compile(
    r"\s{0,40}at (?:software\.amazon\.awssdk\.services\.\w+\.Default\w+Client\.(?:lambda\$)?(\w+)|(?:\w+ )?de_(\w+)CommandError )"
)
"""The frame of the one call that an error is of."""
RAISED = re.compile(r"[A-Za-z_][\w.]{0,200}(?:Error|Exception|Denied)\w{0,80}: ")
"""The line that ends a traceback of Python's."""
HEADER = "most recent call"
"""In the line that begins a traceback, or another listing of frames, of Python's."""
PLACE = re.compile(r"\s{1,40}File \"[^\"]{1,300}\", line \d")
"""What stands in such a listing alone; a path has no more than 300 characters as a rule."""
MORE = re.compile(r"\s{1,40}\.\.\. \d+ (?:more|common)")
"""The last line of a Java exception in a chain."""
LATER = re.compile(r"\s{0,40}(?:Caused by|Suppressed|Wrapped by)")
"""What alone may follow it."""
CLOSER = re.compile(r"(?P<indent>\s{0,40})[}\]],?$")
"""The end of an object, or of a list of them."""
FIELD = re.compile(r"\s{1,40}['\"]?[$\w.@-]{1,80}['\"]?: .*,$")
"""A field of an object, with the comma behind it."""
OPENS = ("{", "[", "(", ":", "=", "|", "-")
"""What a line ends with where an object opens; Node's older ones open with their first letter."""
CODE = re.compile(
    r"(?<![\w.])(?:Client\.)?(?P<value>(?:AccessDenied|UnauthorizedOperation|AuthorizationError|ExpiredToken|InvalidClientTokenId)\w{0,12})(?![\w.])"
)
"""AWS's answer has one code; a class of somebody's name space is none."""

SAYS = "uthorized to perform"
SAID = re.compile(r"uthorized to perform(?! this (?:operation|action)\b| sts:AssumeRoleWith)")
"""AWS's full sentence, and not those of EC2, STS and others that name nobody."""
ANSWERED = re.compile(
    r"\bAccess Denied(?=\s*$|[\"'<>.,;)]| [(-])|(?<!403 )(?<!\w)Forbidden(?=\s*$|[\"'<.,;]| \(| and Http)|(?<!Error): 403 Forbidden(?=\s*$| \(Request-ID)"
    r"|when calling the \w{1,80} operation: (?!User\b|You are)\S|iphertext refers to a|ecurity token included in"
    r"|uthorized to perform (?:this (?:operation|action)\b|sts:AssumeRoleWith)|ccess to the resource \S{1,300} is denied|ccess to KMS is not allowed"
    r"|API responded with error='\w{1,80}'\s*$|nsufficient Lake Formation permission"
    r"|lo(?:ad|cate) (?:AWS )?credentials|etrieving credentials|issing Authentication Token"
    r"|Access Key Id you provided|ignature we calculated|equest has expired|provided token (?:has expired|is malformed)"
    r"|\b(?:ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|RequestExpired|AuthFailure)"
)
"""Another answer of AWS's than its full sentence, whole: what was answered so was not answered by the sentence too. Behind boto's
`BotoServerError: 403 Forbidden` the answer's XML stands."""
REFUSED = re.compile(r"(?:not authorized(?: to)?|when calling the \w{1,80}(?: operation:?)?)\s*$")
"""Where another sentence broke."""

REQUEST = re.compile(
    r"(?<!extended )(?<![a-z])request ?id(?:>|['\"]?[:=] ?['\"]?)(?P<value>[a-z0-9][a-z0-9-]{7,63})",
    re.IGNORECASE,
)
"""A request of AWS's, as the SDKs name it."""
CALLER = re.compile(r"User:? [`'\"]?(?P<value>arn:[^\s`'\"]{10,600})[`'\"]? is ")
"""Whom AWS's sentence names: a role's session has a path of 512 and two names of 64 characters at most."""
ACTION = re.compile(r"to perform:? [`'\"]?(?P<value>[a-z0-9-]{2,40}:[A-Za-z]{3,80})")
"""What it says that was denied, which a line may cut."""
HEADED = "https response error StatusCode: "
"""What Go's SDK writes before an answer: behind a full sentence another answer begins."""
ATTEMPT = "Suppressed: software.amazon.awssdk.core.exception.SdkClientException: Request attempt "
"""Java's SDK tells so of the tries before, of which each was a request of its own."""
ALLOWED = re.compile(r"policy allows the (?P<value>[a-z0-9-]{2,40}:[A-Za-z]{3,80}) action")
"""The same in the sentence's reason."""
WHOSE = (
    ("equest", "request", REQUEST),
    ("User", "caller", CALLER),
    ("to perform", "action", ACTION),
    ("policy allows the", "action", ALLOWED),
)
"""What one message names one of: the word in it that is looked for first, and what it tells."""
LEFT_OF_REQUEST = 10
"""Characters that the pattern looks at before the word."""


class _Section:
    """What one error of a chain has shown so far."""

    def __init__(self) -> None:
        self.runtimes: set[str | None] = set()
        self.operations: set[str] = set()
        self.once: set[tuple[int, str]] = set()
        self.codes: set[str] = set()
        self.is_raised = False
        self.fetches_credentials = False
        """botocore calls STS in the midst of a call to get credentials: its frames stand twice in one traceback."""

    def contradicts(self, line: str) -> bool:
        """Whether the line shows what this error cannot have besides; else it is taken in."""
        if frame := FRAME.match(line):
            self.runtimes.add(frame.lastgroup)
        if called := OPERATION.match(line):
            self.operations.add(called[1] or called[2])
        codes = set(CODE.findall(line))
        is_other_code = bool(codes) and bool(self.codes) and codes.isdisjoint(self.codes)
        self.codes |= codes
        return (
            is_other_code
            or len(self.runtimes) > 1
            or len(self.operations) > 1
            or self._is_second(line)
            or self._goes_back(line)
        )

    def _is_second(self, line: str) -> bool:
        self.fetches_credentials |= "/botocore/credentials.py" in line
        if closer := CLOSER.match(line):
            indent = len(closer["indent"])
            self.once = {shown for shown in self.once if shown[0] <= indent}
        if not (found := ONCE.match(line)):
            return False
        shown = (len(found["indent"]) if found["key"] else 0, str(found[str(found.lastgroup)]))
        is_second = shown in self.once and not self.fetches_credentials
        self.once.add(shown)
        return is_second

    def _goes_back(self, line: str) -> bool:
        """Whether a traceback of Python's goes on behind its own end."""
        if "python" not in self.runtimes:
            return False
        is_raised, self.is_raised = self.is_raised, self.is_raised or RAISED.match(line) is not None
        return is_raised and (RAISED.match(line) is not None or line.startswith('  File "'))


def is_interleaved(lines: Iterable[str], *, all_lines: bool = False) -> bool:
    """Whether the lines, of which each could go on with the one before, are of more than one error. Linear.

    `all_lines`: none is left out between them, so that a field in no object is another's.
    """
    section, before, is_headed, is_open = _Section(), "", False, not all_lines
    for number, line in enumerate(map(str.rstrip, lines)):
        is_headed = is_headed or HEADER in line or (number == 0 and line[:1] == " ")
        if before == "}" and line[:1] in {" ", "\t"}:
            return True
        if MORE.match(before) and line[:1] in {" ", "\t"} and not LATER.match(line):
            return True
        if SECTION.match(line):
            section = _Section()
        if not is_open and FIELD.match(line):
            return True
        is_open = is_open or line.endswith(OPENS) or line[:1] == "{"
        if section.contradicts(line) or (not is_headed and PLACE.match(line)):
            return True
        before = line
    return False


def named_in(message: str) -> Iterator[tuple[str, str]]:
    """What a message names of which one error has one, each with the word for it: its request, caller and action."""
    for word, what, pattern in () if ATTEMPT in message else WHOSE:
        at = message.find(word)
        found = pattern.search(message, max(0, at - LEFT_OF_REQUEST)) if at >= 0 else None
        if found:
            yield what, found["value"].casefold()


def says(line: str) -> bool:
    """Whether AWS's full sentence stands in it, with what it names."""
    return SAYS in line and SAID.search(line) is not None


def starts_sentence(line: str) -> bool:
    """Whether AWS's full sentence stands or begins in it."""
    return "User: arn:" in line or says(line)


def is_answered(line: str) -> bool:
    """Whether AWS's other answer stands in it, whole."""
    return not says(line) and ANSWERED.search(line) is not None


def breaks_sentence(line: str, before: str) -> bool:
    """Whether it is of another answer than the full sentence in the lines up to the one `before`."""
    if is_answered(line) or REFUSED.search(line) is not None or (HEADED in line and not says(line)):
        return True
    return line.lstrip().startswith("is not authorized") and ("User" not in before or says(before))
