"""Doctor: is a log group there, and is one of its subscription filters ours or free?"""

from collections.abc import Iterator, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.log_groups import filter_names, look_up
from why403.aws.reader import Reader
from why403.aws.session import client
from why403.aws.subscriptions import DynamoSubscriberStore
from why403.cli.doctor_check import Check
from why403.errors import StoreError
from why403.iam.place import Place
from why403.incidents.log_groups import FILTERS_ONCE, FILTERS_TODAY, WITHOUT_FILTERS
from why403.incidents.stored import known_or
from why403.reads import Unreadable
from why403.subscribe import CURES, Unsubscribed

OWN_FILTER = "why403"


def check_log_group(
    reader: Reader, name: str, place: Place, own: str = OWN_FILTER, *, has_policy: bool = False
) -> list[Check]:
    """The group is there and takes filters, and one is ours (`own` begins its name), or free."""
    found, missing = look_up(reader, (name,))
    if missing.get(name) == "absent":
        cure = (
            f"Check the name and the Region, or create it: aws logs create-log-group --log-group-name {name}"
        )
        return [Check(f"log group {name} is not there in {place.region}", "failed", cure)]
    if name in missing:
        cure = "Allow logs:DescribeLogGroups to whoever runs the doctor."
        return [Check(f"log group {name} could not be looked up ({missing[name]})", "unknown", cure)]
    if (log_class := found[0].log_class) in WITHOUT_FILTERS:
        cure = "Make a group of the class Standard and log there: a group's class cannot be changed."
        return [Check(f"log group {name} is of class {log_class}, which takes no filter", "failed", cure)]
    there = Check(f"log group {name} is there", "ok")
    return [there] if has_policy else [there, _filter_slot(filter_names(reader, name), name, own)]


def check_account_policy(own: str, region: str) -> Check:
    """The account's one subscription policy is ours, which globs are watched by."""
    try:
        told = client("logs", region).describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY")
    except (ClientError, BotoCoreError) as error:
        cure = "Allow logs:DescribeAccountPolicies to whoever runs the doctor."
        return Check(
            f"the account's subscription policy could not be read ({type(error).__name__})", "unknown", cure
        )
    names = [str(policy["policyName"]) for policy in told["accountPolicies"]]
    if own in names:
        return Check("the account's subscription policy is why403's", "ok")
    cure = f"Deploy again{f'; {names[0]} has the one place there is' if names else ''}, or name log groups one by one."
    return Check("log groups are watched by globs, and the account has no policy of ours", "failed", cure)


def check_subscriber(table_name: str, region: str) -> Iterator[Check]:
    """What the function `subscribe` last came to: the groups that fit the globs, and each that has no filter of ours."""
    try:
        state = DynamoSubscriberStore(client("dynamodb", region), table_name).load()
    except StoreError:
        cure = "Allow dynamodb:GetItem on the incident table to whoever runs the doctor."
        yield Check("what the subscriber came to could not be read", "unknown", cure)
        return
    if not state.ended:
        cure = "Wait 15 minutes after a deployment; then see the log of the function subscribe."
        yield Check("the subscriber has not looked at all log groups yet", "unknown", cure)
        return
    yield Check(f"{state.last.ours:,} log groups that fit the globs have a filter of why403's", "ok")
    for group, why in state.last.without.items():
        yield Check(
            f"log group {group} fits a glob and has no filter",
            "failed",
            CURES[known_or(Unsubscribed.REFUSED, why)],
        )
    if state.last.more:
        cure = "Narrow the globs (log_groups), or leave groups out (exclude_log_groups)."
        yield Check(f"{state.last.more:,} more log groups fit a glob and have no filter", "failed", cure)


def _filter_slot(names: Sequence[str] | Unreadable, group: str, own: str) -> Check:
    if isinstance(names, Unreadable):
        cure = f"Allow {names.cure}." if names.cure else ""
        return Check(f"subscription filters of {group} could not be read ({names.error})", "unknown", cure)
    if any(own.lower() in name.lower() for name in names):
        return Check(f"log group {group} has why403's subscription filter", "ok")
    if len(names) < FILTERS_ONCE:
        return Check(f"log group {group} has {len(names)} subscription filters: room for ours", "ok")
    cure = (
        f"None of {', '.join(names)} is ours to delete. Ask for a higher quota of subscription filters, free one, or "
        "watch the group by an account-level policy (setting log_groups with a glob)."
    )
    is_full = len(names) >= FILTERS_TODAY
    quota = FILTERS_TODAY if is_full else f"{FILTERS_ONCE} to {FILTERS_TODAY}, by the account's quota"
    return Check(
        f"log group {group} has {len(names)} subscription filters of {quota}",
        "failed" if is_full else "unknown",
        cure,
    )
