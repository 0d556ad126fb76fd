"""Slack's own form of a moment, shown as Slack does: in the reader's time zone.

https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""

import re
from datetime import UTC, datetime

MOMENT = re.compile(r"<!date\^(?P<seconds>\d{1,12})\^[^|>]*\|[^>]*>")
"""Seconds since the epoch, the format, and the text for clients that know no such form."""


def in_local_time(text: str) -> str:
    """`text`, as Slack's mrkdwn, with each moment as this machine's local time."""
    return MOMENT.sub(_local, text)


def _local(found: re.Match[str]) -> str:
    moment = datetime.fromtimestamp(int(found["seconds"]), UTC).astimezone()
    return moment.strftime("%b %d, %Y %H:%M")
