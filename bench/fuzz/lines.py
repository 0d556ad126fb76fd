"""Generated log lines, from the grammar of denials and from what hostile writers do to it: none breaks the classifier."""

from random import Random

from why403.denials.classify import classify
from why403.log_events.log_event import LogEvent

COUNT = 1_000_000
"""Lines by default: some minutes."""
PIECES = (
    "User: arn:aws:sts::123456789012:assumed-role/web/1", " is not authorized to perform: ", "sqs:SendMessage", "s3:GetObject",
    " on resource: ", "arn:aws:sqs:eu-west-1:123456789012:orders", '"arn:aws:s3:::reports/a b.csv"', "role builder", "*",
    " because no identity-based policy allows the sqs:SendMessage action", " with an explicit deny in a ", "service control policy",
    ": arn:aws:organizations::999999999999:policy/o-a/service_control_policy/p-b", "permissions boundary", " authorization id: 0a1b2c3d4e",
    "An error occurred (AccessDenied) when calling the PutObject operation: ", "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)",
    "operation error SQS: SendMessage, https response error StatusCode: 403, api error AccessDenied: ", "Access Denied", "403 Forbidden",
    'Error executing "PutObject" on "https://reports.s3.eu-west-1.amazonaws.com/a"; AWS HTTP error: ', "<Error><Code>AccessDenied</Code>",
    "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "s3a://reports/a: getFileStatus on ", "{'$metadata': { httpStatusCode: 403 }}",
    "api error ", "\x1b[31m│\x1b[0m ", "\\n\\tstatus code: 403, request id: ", "\n",
    '\\\\\\"', "&quot;", "\u0000", "🦆", "‘", " " * 40, "arn:", "::::", "((((", '"' * 9,
    "ExpiredToken", "Error from cloudfront", "is forbidden: User ", "took 403 ms", "REST.GET.OBJECT", "Encoded authorization failure message: ",
)  # fmt: skip
MOST_PIECES = 14
"""Of a line: a sentence has seven, and the rest disturbs it."""


def compose(random: Random) -> str:
    """A line of some pieces of the grammar, in any order, now and then cut, doubled or scrambled."""
    text = "".join(random.choice(PIECES) for _ in range(random.randint(1, MOST_PIECES)))
    match random.randint(0, 5):
        case 0:
            return text[: random.randint(0, len(text))]
        case 1:
            return text[random.randint(0, len(text)) :]
        case 2:
            return text * random.randint(1, 4)
        case 3:
            at = random.randint(0, len(text))
            return text[:at] + chr(random.randint(0, 0xD7FF)) + text[at:]
        case _:
            return text


def run(seed: int, count: int) -> str:
    """Classify `count` lines; raises whatever the classifier raises, with the line as a note."""
    random = Random(seed)  # noqa: S311  # repeatable, not secret
    told = 0
    for _ in range(count):
        line = compose(random)
        try:
            told += len(classify(LogEvent(line)))
        except Exception as error:
            error.add_note(f"the line: {line!r}")
            raise
    return f"{count:,} lines, {told:,} answers, none broke it (seed {seed})"
