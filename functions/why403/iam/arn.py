"""Amazon Resource Names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from dataclasses import dataclass

SEGMENTS = 6
"""The grammar's: `arn`, partition, service, Region, account, resource; the last may hold colons itself."""
PARTITION, SERVICE, REGION, ACCOUNT, RESOURCE = 1, 2, 3, 4, 5
"""Where they stand, once an ARN is split at its first five colons."""


@dataclass(frozen=True, slots=True)
class Arn:
    """`arn:partition:service:region:account:resource`; region and account may be empty."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse_arn(text: str) -> Arn | None:
    """The ARN that `text` is, or None where it has fewer than six segments or does not start with `arn`."""
    parts = text.split(":", SEGMENTS - 1)
    if len(parts) != SEGMENTS or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])
