"""And, or and not where UNKNOWN is a value."""

from collections.abc import Iterable

from why403.decisions.decision import NO, UNKNOWN, YES, Match


def every(matches: Iterable[Match]) -> Match:
    """YES where all are, NO where one is not."""
    result = YES
    for match in matches:
        if match is NO:
            return NO
        if match is UNKNOWN:
            result = UNKNOWN
    return result


def either(matches: Iterable[Match]) -> Match:
    """YES where one is, NO where none is."""
    result = NO
    for match in matches:
        if match is YES:
            return YES
        if match is UNKNOWN:
            result = UNKNOWN
    return result


def negate(match: Match) -> Match:
    """The other of YES and NO; UNKNOWN stays."""
    if match is UNKNOWN:
        return UNKNOWN
    return NO if match is YES else YES
