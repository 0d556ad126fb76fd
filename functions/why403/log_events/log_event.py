"""One event of a CloudWatch Logs stream.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import json
import zlib
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from why403.errors import PayloadError

GZIP = 16 + zlib.MAX_WBITS
"""zlib's sign for a gzip header; without the 16 it expects its own and fails."""
LARGEST = 64 * 1024 * 1024
"""Bytes of JSON that a payload may open to; CloudWatch Logs sends at most 6 MB compressed."""
ACCOUNT, REGION = "@aws.account", "@aws.region"
"""Where a line of a central log group came from: a filter has them sent (emitSystemFields).

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
"""
FIELDS = "extractedFields"
"""Beside the message or in here: the page does not say, and both are read."""


class LogEvent(NamedTuple):
    """`timestamp` is in milliseconds since the epoch, 0 where it is not known; `id` is CloudWatch's event id.

    A named tuple: a payload holds ten thousand, and a frozen dataclass takes four times as long to make.
    """

    message: str
    log_group: str = ""
    log_stream: str = ""
    timestamp: int = 0
    id: str = ""
    account: str = ""
    """The account that owns the log group, from the payload's `owner`; empty where it is not known.

    Of a line that was copied to a central log group: the account that it came from.
    """
    region: str = ""
    """The Region that such a line came from; empty for all others."""


def decode_subscription(event: Mapping[str, Any]) -> tuple[LogEvent, ...]:
    """The log events of `{"awslogs": {"data": base64 of gzipped JSON}}`; control messages hold none.

    Raises PayloadError where it is not what the page promises.
    """
    body = _open(event)
    if not isinstance(body, dict):
        raise PayloadError(
            "The payload's data is JSON, but no object. Is this function subscribed to something else?"
        )
    if body.get("messageType") == "CONTROL_MESSAGE":
        return ()
    events = body.get("logEvents")
    if not isinstance(events, list):
        raise PayloadError('The payload has no "logEvents". Is this function subscribed to something else?')
    group, stream, owner = (str(body.get(key) or "") for key in ("logGroup", "logStream", "owner"))
    try:
        read = tuple(
            [
                LogEvent(entry["message"], group, stream, entry["timestamp"], entry["id"], owner)
                for entry in events
            ]
        )
    except (KeyError, TypeError) as error:
        raise PayloadError(f"An entry of logEvents lacks id, timestamp or message ({error!r}).") from error
    if not any(ACCOUNT in entry or FIELDS in entry for entry in events):
        return read
    return tuple(_from_there(event, entry) for event, entry in zip(read, events, strict=True))


def _from_there(event: LogEvent, entry: Mapping[str, Any]) -> LogEvent:
    """A line of a central log group, under the account and Region that it came from."""
    fields = entry.get(FIELDS)
    told = {**(fields if isinstance(fields, Mapping) else {}), **entry}
    account, region = str(told.get(ACCOUNT) or ""), str(told.get(REGION) or "")
    return event._replace(account=account or event.account, region=region)


def _open(event: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
    try:
        packed = a2b_base64(event["awslogs"]["data"])
        unpacker = zlib.decompressobj(GZIP)
        text = unpacker.decompress(packed, LARGEST)
    except (KeyError, TypeError, Base64Error, ValueError, zlib.error) as error:
        raise PayloadError(f"Not a CloudWatch Logs subscription event ({error!r}).") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise PayloadError(f"The payload is cut off, or opens to more than {LARGEST:,} bytes.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The payload's data is not JSON ({error}).") from error
