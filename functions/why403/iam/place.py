"""Where we are: the account and Region whose log group was read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`account` has 12 digits, `region` is a Region's code, `partition` aws, aws-cn or aws-us-gov."""

    account: str
    region: str
    partition: str = "aws"
