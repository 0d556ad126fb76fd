"""Unique ids of roles and users: `AROA…` and `AIDA…`, with which AWS names those that it cannot name otherwise.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

import re

UNIQUE_ID = re.compile(r"(?<![A-Za-z0-9])A(?:ROA|IDA)[A-Z0-9]{12,28}(?![A-Za-z0-9])")
"""IAM documents 16 characters and more, those seen have 21; part of a longer word it is something else."""
MASK = "XXXX"


def unique_id_in(text: str) -> str:
    """The first unique id of a role or user in a text, or empty; one that somebody masked is none."""
    found = UNIQUE_ID.search(text)
    return found[0] if found and MASK not in found[0] else ""
