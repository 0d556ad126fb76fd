"""Hours and days as the counters keep them, in milliseconds since the epoch (UTC)."""

MINUTE = 60_000
"""Milliseconds."""
HOUR = 60 * MINUTE
"""Milliseconds."""
DAY = 24 * HOUR
"""Milliseconds."""
OLDEST = 14 * DAY
"""PutLogEvents takes no event older than this, nor one more than two hours ahead.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""
AHEAD = 2 * HOUR
"""Milliseconds, by the same page."""


def hour_of(timestamp: int, now: int) -> int:
    """The start of the event's hour; a time that CloudWatch Logs would not have taken counts as `now`."""
    taken = now - OLDEST - DAY <= timestamp <= now + AHEAD
    return start_of_hour(timestamp if taken else now)


def start_of_hour(timestamp: int) -> int:
    """The hour that the time lies in."""
    return timestamp - timestamp % HOUR
