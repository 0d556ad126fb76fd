"""Doctor: is a log group there, and is one of its subscription filters ours or free?"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.log_groups import filters_of, look_up
from why403.aws.reader import Reader
from why403.aws.session import client
from why403.aws.stack import DeployedStack
from why403.aws.subscriptions import DynamoSubscriberStore
from why403.cli.doctor_check import MOST_NAMED, Check, listed_names
from why403.denials.filter_terms import filter_pattern
from why403.environment import unpacked
from why403.errors import SettingsError, StoreError
from why403.iam.glob import is_wild
from why403.iam.place import Place
from why403.incidents.log_groups import FILTERS_ONCE, FILTERS_TODAY, WITHOUT_FILTERS, parse_log_groups
from why403.incidents.stored import known_or
from why403.reads import Unreadable
from why403.subscribe import CURES, SubscriptionFilter, Unsubscribed

OWN_FILTER = "why403"
FUNCTION, FILTER = "AWS::Lambda::Function", "AWS::Logs::SubscriptionFilter"


def watched_by(triage: Mapping[str, Any]) -> list[str]:
    """Names and globs of the groups that the function takes lines of; none where that cannot be read."""
    variables = triage.get("Environment", {}).get("Variables", {})
    try:
        return list(parse_log_groups(unpacked(str(variables.get("LOG_GROUPS")))).include)
    except (SettingsError, ValueError):
        return []


def check_groups(
    reader: Reader, place: Place, stack: DeployedStack, triage: Mapping[str, Any]
) -> Iterator[Check]:
    """What a stack watches: its filters as the template has them, its policy, and what its subscriber came to."""
    watched = watched_by(triage)
    if not watched:
        cure = 'Name some in cdk.json, for example "log_groups": ["/ecs/orders"], and deploy again.'
        yield Check("no log group is watched, or which could not be read", "unknown", cure)
    globs = [pattern for pattern in watched if is_wild(pattern)]
    by_filters = bool(stack.physical("Subscribe", FUNCTION))
    if globs and by_filters:
        yield from check_subscriber(stack.output("TableName"), place.region)
    elif globs:
        yield check_account_policy(stack.name, place.region)
    has_policy = bool(globs) and not by_filters
    filters, triage_arn = stack.physical("", FILTER), str(triage.get("FunctionArn", ""))
    wanted = SubscriptionFilter(filters[0], triage_arn, filter_pattern()) if filters and triage_arn else None
    named = [one for one in watched if one not in globs]
    found = [
        check
        for name in named
        for check in check_log_group(reader, name, place, wanted, has_policy=has_policy)
    ]
    if len(named) <= MOST_NAMED:
        yield from found
        return
    yield from (check for check in found if check.result != "ok")
    wrong = {check.what for check in found if check.result != "ok"}
    yield Check(f"{len(named) - len(wrong):,} of {len(named):,} named log groups are well", "ok")


def check_log_group(
    reader: Reader,
    name: str,
    place: Place,
    wanted: SubscriptionFilter | None = None,
    *,
    has_policy: bool = False,
) -> list[Check]:
    """The group is there and takes filters, and one is ours, or free; `wanted`: the deployed stack's is to stand there."""
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
    if has_policy:
        return [there]
    filters = filters_of(reader, name)
    if isinstance(filters, Unreadable):
        cure = f"Allow {filters.cure}." if filters.cure else ""
        what = f"subscription filters of {name} could not be read ({filters.error})"
        return [there, Check(what, "unknown", cure)]
    names = [str(one.get("filterName", "")) for one in filters]
    return [there, _deployed_filter(filters, name, wanted) if wanted else _filter_slot(names, name)]


def _deployed_filter(filters: Sequence[Mapping[str, Any]], group: str, wanted: SubscriptionFilter) -> Check:
    """The stack's filter stands there as the template has it. CloudFormation does not see that somebody took it away."""
    parts = (
        "--filter-name",
        wanted.name,
        "--filter-pattern",
        wanted.pattern,
        "--destination-arn",
        wanted.destination,
    )
    put = f"aws logs put-subscription-filter --log-group-name {group} {shlex.join(parts)}"
    ours = [one for one in filters if one.get("destinationArn") == wanted.destination]
    if any(one.get("filterPattern") == wanted.pattern for one in ours):
        return Check(f"log group {group} has why403's subscription filter", "ok")
    if ours:
        cure = f"Deploy again, if this is another version than the stack's; else somebody changed it: {put}"
        return Check(
            f"log group {group} has why403's subscription filter with another pattern", "failed", cure
        )
    what = f"log group {group} sends no lines to why403: its filter is gone"
    if len(filters) >= FILTERS_TODAY:
        names = ", ".join(str(one.get("filterName", "")) for one in filters)
        cure = f"All its filters are others' ({names}): free one, or ask for a higher quota, then: {put}"
        return Check(f"{what}, and no other has room", "failed", cure)
    return Check(what, "failed", f"A deployment puts it again only where the template changed. Put it: {put}")


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
    yield Check(f"{state.last.ours:,} log groups that globs or tags mean have a filter of why403's", "ok")
    for why in Unsubscribed:
        groups = [
            group for group, told in state.last.without.items() if known_or(Unsubscribed.REFUSED, told) is why
        ]
        if groups:
            is_one = len(groups) == 1
            meant = (
                "is meant by a glob or by tags and has" if is_one else "are meant by globs or tags and have"
            )
            what = f"log group {groups[0]}" if is_one else f"{len(groups):,} log groups"
            listed = "" if is_one else f": {listed_names(groups)}"
            yield Check(f"{what} {meant} no filter{listed}", "failed", CURES[why])
    if state.last.more:
        cure = "Narrow the globs (log_groups), or leave groups out (exclude_log_groups)."
        yield Check(f"{state.last.more:,} more log groups are meant and have no filter", "failed", cure)


def _filter_slot(names: Sequence[str], group: str) -> Check:
    """Before a deployment, or without a stack's name: is there one by our name, or room for one?"""
    if any(OWN_FILTER in name.lower() for name in names):
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
