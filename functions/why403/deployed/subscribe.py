"""Subscribe, deployed: filters are put with the function's own credentials, and its state is kept in its table."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from why403.aws.incident_table import milliseconds
from why403.aws.session import client
from why403.aws.subscriptions import CloudWatchLogGroups, DynamoSubscriberStore, groups_tagged, is_tagged
from why403.aws.topic import publish
from why403.denials.filter_terms import filter_pattern
from why403.environment import SubscribeEnvironment
from why403.http import put
from why403.iam.place import place_of
from why403.incidents.log_groups import arn_of_group, parse_log_groups
from why403.subscribe import (
    Pass,
    SubscriptionFilter,
    WantedFilters,
    subscribe,
    subscribe_one,
    unsubscribe,
    untold,
)

CLIENTS = ("dynamodb", "logs", "sns")
TRIES = 3
"""How often Lambda calls a function that fails (infra/function.py): some 1,400 groups each."""


def run(has_time: Callable[[], bool]) -> Pass | None:
    """Pages as long as `has_time` says that there is room for one more; what the pass came to, where this run ended it."""
    store = _store()
    wanted = _with_tagged(_wanted())
    state, is_end = subscribe(_door(), store, wanted, now=milliseconds(), has_time=has_time)
    if not is_end:
        return None
    text, told = untold(state)
    if text:
        topic = SubscribeEnvironment.read().topic_arn
        publish(topic, text, client=client("sns"), subject="why403: log groups without a filter")
    store.save(told)
    return state.last


def hear(event: Mapping[str, Any]) -> Pass:
    """An event of CloudTrail's: a log group was made, or tagged.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """
    detail = event.get("detail")
    asked = detail.get("requestParameters") if isinstance(detail, Mapping) else None
    if not isinstance(asked, Mapping) or _store().load().removing:
        return Pass()
    name = asked.get("logGroupName") or str(asked.get("resourceArn")).partition(":log-group:")[2]
    if not isinstance(name, str) or not name:
        return Pass()
    name, wanted = name.removesuffix(":*"), _wanted()
    arn = arn_of_group(name, place_of(wanted.filter.destination))
    if is_tagged(client("logs"), arn, SubscribeEnvironment.read().tags):
        wanted = replace(wanted, groups=replace(wanted.groups, tagged=frozenset({name})))
    return subscribe_one(_door(), wanted, name)


def answer(event: Mapping[str, Any], has_time: Callable[[], bool]) -> str:
    """A request of CloudFormation's custom resource: before our functions go, our filters do.

    What failed is in the answer, which the stack's events show; empty: nothing did. TimeoutError where there is more to
    remove than one call has time for: Lambda calls again, and CloudFormation waits for an hour.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    """
    try:
        reason = _reason(str(event["RequestType"]), has_time)
    except TimeoutError:
        raise
    except Exception as error:  # noqa: BLE001  # without an answer the stack would wait for an hour
        reason = f"{type(error).__name__}: {error}"
    put(
        str(event["ResponseURL"]),
        {
            "Status": "FAILED" if reason else "SUCCESS",
            "Reason": reason[:1000] or "done",
            "PhysicalResourceId": SubscribeEnvironment.read().filter_name,
            **{name: str(event[name]) for name in ("StackId", "RequestId", "LogicalResourceId")},
        },
    )
    return reason


def _reason(request: str, has_time: Callable[[], bool]) -> str:
    store = _store()
    if request != "Delete":
        store.save(replace(store.load(), removing=False, due=0, tries=0))
        return ""
    removed, is_done = unsubscribe(_door(), store, _with_tagged(_wanted()), has_time)
    if is_done:
        return ""
    if (state := store.load()).tries < TRIES:
        raise TimeoutError(f"{removed} filters are removed and others left: the next try goes on.")
    store.save(replace(state, tries=0))
    return f"{removed} filters are removed and others left: delete the stack again, it goes on."


def _wanted() -> WantedFilters:
    told = SubscribeEnvironment.read()
    ours = SubscriptionFilter(told.filter_name, told.destination_arn, filter_pattern())
    return WantedFilters(parse_log_groups(told.log_groups), ours, told.stack)


def _with_tagged(wanted: WantedFilters) -> WantedFilters:
    """With the groups that carry the tags as of now."""
    if not (tags := SubscribeEnvironment.read().tags):
        return wanted
    tagged = groups_tagged(client("resourcegroupstaggingapi"), tags)
    return replace(wanted, groups=replace(wanted.groups, tagged=tagged))


@lru_cache(maxsize=1)
def _door() -> CloudWatchLogGroups:
    return CloudWatchLogGroups(client("logs"))


def _store() -> DynamoSubscriberStore:
    return DynamoSubscriberStore(client("dynamodb"), SubscribeEnvironment.read().table_name)
