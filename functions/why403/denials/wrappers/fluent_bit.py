"""fluent-bit: `[output:cloudwatch_logs:..] CreateLogGroup API responded with error='AccessDeniedException'`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

RESPONDED = re.compile(
    r"\[output:(?P<plugin>[a-z0-9_]+):[^\]]{1,80}\] (?P<operation>[A-Z]\w{2,60}) API responded with error=['\"]?(?P<code>\w{3,60})"
)
"""The plugin's name in the record's head tells the service, which the sentence does not."""
RAW = re.compile(
    r"\[output:(?P<plugin>[a-z0-9_]+):[^\]]{1,80}\] Raw (?P<operation>[A-Z]\w{2,60}) response: <.{0,400}?<Code>(?P<code>\w{3,60})</Code>",
    re.DOTALL,
)
"""The record behind it, with the answer's body: an error of S3's has its code in the first 400 characters."""
PLUGINS = {
    "cloudwatch_logs": "logs",
    "cloudwatch": "logs",
    "s3": "s3",
    "kinesis_firehose": "firehose",
    "firehose": "firehose",
    "kinesis_streams": "kinesis",
    "kinesis": "kinesis",
    "es": "es",
    "opensearch": "es",
}


def read(text: str) -> Iterator[FailedCall]:
    """Every refused API."""
    for form in (RESPONDED, RAW):
        for match in form.finditer(text):
            service = PLUGINS.get(match["plugin"], "")
            yield FailedCall.at(match, service=service, operation=match["operation"], code=match["code"])


WRAPPER = Wrapper(("API responded with error", "] Raw "), read)
