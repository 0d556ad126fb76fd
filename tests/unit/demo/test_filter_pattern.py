"""The embedded account reads a filter pattern as CloudWatch Logs does."""

import pytest

from demo.filter_pattern import matches


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("error", "Error", False),
        ("error", "an error", True),
        ("ERROR denied", "ERROR only", False),
        ("ERROR denied", "denied ERROR", True),
        ("?a ?b", "c", False),
        ("?a ?b", "b", True),
        ('"Access Denied"', "Access  Denied", False),
        ('"Access Denied"', "Access Denied", True),
        ("ERROR -health", "ERROR health", False),
        ("ERROR -health", "ERROR web", True),
        ("%4[0-9]3%", "453", True),
        ("", "anything", True),
    ],
)
def test_patterns_are_read_as_aws_reads_them(pattern: str, message: str, *, expected: bool) -> None:
    assert expected == matches(pattern, message)
