"""fluent-bit: `[output:cloudwatch_logs:..] CreateLogGroup API responded with error='AccessDeniedException'`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

RESPONDED = re.compile(
    r"\[output:(?P<plugin>[a-z0-9_]+):[^\]]{1,80}\] (?P<operation>[A-Z]\w{2,60}) API responded with error=['\"]?(?P<code>\w{3,60})"
)
"""The plugin's name in the record's head tells the service, which the sentence does not."""
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
    for match in RESPONDED.finditer(text):
        service = PLUGINS.get(match["plugin"], "")
        yield FailedCall.at(match, service=service, operation=match["operation"], code=match["code"])


WRAPPER = Wrapper(("API responded with error",), read)
