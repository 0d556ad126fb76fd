"""Doctor: is a log group there, and is one of its subscription filters ours or free?"""

from collections.abc import Sequence

from why403.aws.log_groups import filter_names, look_up
from why403.aws.reader import Reader
from why403.cli.doctor_check import Check
from why403.iam.place import Place
from why403.reads import Unreadable

FILTERS_A_GROUP = 2
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""
OWN_FILTER = "why403"


def check_log_group(reader: Reader, name: str, place: Place) -> list[Check]:
    """The group is there, and a subscription filter is ours or free."""
    _, missing = look_up(reader, (name,))
    if missing.get(name) == "absent":
        cure = (
            f"Check the name and the Region, or create it: aws logs create-log-group --log-group-name {name}"
        )
        return [Check(f"log group {name} is not there in {place.region}", "failed", cure)]
    if name in missing:
        cure = "Allow logs:DescribeLogGroups to whoever runs the doctor."
        return [Check(f"log group {name} could not be looked up ({missing[name]})", "unknown", cure)]
    return [Check(f"log group {name} is there", "ok"), _filter_slot(filter_names(reader, name), name)]


def _filter_slot(names: Sequence[str] | Unreadable, group: str) -> Check:
    if isinstance(names, Unreadable):
        cure = f"Allow {names.cure}." if names.cure else ""
        return Check(f"subscription filters of {group} could not be read ({names.error})", "unknown", cure)
    if any(OWN_FILTER in name.lower() for name in names):
        return Check(f"log group {group} has why403's subscription filter", "ok")
    if len(names) < FILTERS_A_GROUP:
        free = FILTERS_A_GROUP - len(names)
        return Check(f"log group {group} has {free} of {FILTERS_A_GROUP} subscription filters free", "ok")
    cure = (
        f"Ask for a higher quota of subscription filters, remove one of {', '.join(names)}, or watch the group by "
        "an account-level subscription filter policy (setting log_groups with a glob)."
    )
    return Check(f"log group {group} has no subscription filter free", "failed", cure)
