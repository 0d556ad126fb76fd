"""Amazon SNS: its delivery-status logs, written of calls that SNS itself makes for a topic.

https://docs.aws.amazon.com/sns/latest/dg/topics-attrib-prop.html
"""

import re

from why403.iam.place import Place
from why403.reads import Plan, settled
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import CERTAIN, LikelyWorkload, SearchResult, Workload, WorkloadKind

CALLER = "sns.amazonaws.com"
_GROUP = re.compile(
    r"sns/(?P<region>[a-z0-9-]{1,25})/(?P<account>\d{12})/(?P<topic>[\w-]{1,256}(?:\.fifo)?)(?:/Failure)?",
    re.ASCII,
)
"""SNS names the group: Region, account and topic, and `/Failure` for what could not be delivered."""


def claims(origin: LogOrigin) -> bool:
    """The group as SNS names it."""
    return _GROUP.fullmatch(origin.log_group) is not None


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Nothing is asked: SNS calls with its own service principal, and the group tells for which topic."""
    group = _GROUP.fullmatch(origin.log_group)
    if group is None or (group["account"], group["region"]) != (place.account, place.region):
        return (yield from settled(SearchResult()))
    workload = Workload(
        kind=WorkloadKind.PRINCIPAL,
        arn=f"arn:{place.partition}:sns:{place.region}:{place.account}:{group['topic']}",
        name=group["topic"],
        caller_arn=CALLER,
        account=place.account,
        region=place.region,
        partition=place.partition,
    )
    return SearchResult(found=(LikelyWorkload(workload, CERTAIN),))
