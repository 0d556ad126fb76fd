"""Where a client asks, held against where the target is: another Region, account or partition than the target's.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

from why403.denials.denial import Denial
from why403.iam.arn import parse_arn
from why403.iam.principal import parse_principal
from why403.message import Message

REGION, PARTITION, ACCOUNT = "targets.other-region", "targets.other-partition", "targets.other-account"


def asked_elsewhere(denial: Denial, caller: str, target: str) -> Message | None:
    """What does not fit, the gravest alone; None where all fits, or the line does not tell where it asked.

    A target that the line itself names by its ARN was asked where it is.
    """
    arn, by = parse_arn(target), parse_principal(caller)
    if arn is None:
        return None
    values = {"target": target, "region": arn.region, "account": arn.account, "partition": arn.partition}
    if by.partition and by.account and by.partition != arn.partition:
        return Message(PARTITION, values | {"asked": by.partition})
    if denial.resource is not None:
        return None
    if denial.region and arn.region and denial.region != arn.region:
        return Message(REGION, values | {"asked": denial.region})
    if by.account and arn.account and by.account != arn.account:
        return Message(ACCOUNT, values | {"asked": by.account})
    return None
