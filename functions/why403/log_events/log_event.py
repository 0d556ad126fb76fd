"""One event of a CloudWatch Logs stream."""

from typing import NamedTuple


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
