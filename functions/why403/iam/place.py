"""Where we are: the account and Region whose log group was read."""

from dataclasses import dataclass

from why403.iam.arn import parse_arn

REGION = r"[a-z]{2}(?:-[a-z]{1,10}){1,3}-[0-9]{1,2}"
"""`us-gov-west-1`; https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"""


@dataclass(frozen=True, slots=True)
class Place:
    """`account` has 12 digits, `region` is a Region's code, `partition` aws, aws-cn or aws-us-gov."""

    account: str
    region: str
    partition: str = "aws"

    def at(self, account: str, region: str) -> "Place":
        """That account and Region of our partition; what is empty is our own."""
        return Place(account or self.account, region or self.region, self.partition)


def place_of(arn: str) -> Place:
    """The place that an ARN names, as Lambda tells a function its own; ValueError where it is no ARN."""
    parsed = parse_arn(arn)
    if parsed is None:
        raise ValueError(f"{arn!r} is no ARN, so it names no account and Region.")
    return Place(parsed.account, parsed.region, parsed.partition)
