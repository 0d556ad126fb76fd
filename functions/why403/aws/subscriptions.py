"""The subscriber's doors: subscription filters of CloudWatch Logs, at a pace, and its state in the incident table.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.failures import code_of
from why403.aws.incident_table_calls import TableCalls
from why403.aws.incident_table_items import item, key, text
from why403.aws.rates import Rates
from why403.errors import NoAccessError
from why403.incidents.log_groups import ANY_VALUE, group_of_arn, group_with_tags
from why403.incidents.stored import known_fields, unknown_fields
from why403.incidents.table_keys import EXPIRES, LAYOUT, LAYOUT_KEY, SUBSCRIBER, Partition
from why403.subscribe import (
    Pass,
    SubscribedGroup,
    SubscriberState,
    SubscriptionFilter,
    Unsubscribed,
)

GONE = "ResourceNotFoundException"
FULL = "LimitExceededException"
STALE_CURSOR = "InvalidParameterException"
"""A page's token is good for 24 hours: the list begins anew."""
PASSING = frozenset(
    {"ThrottlingException", "ServiceUnavailableException", "OperationAbortedException", "InternalFailure"}
)
"""Codes that go away by themselves, but not within boto3's tries."""
FILTER_CALLS = "logs:DescribeSubscriptionFilters"
PACE = dict.fromkeys(
    ("DescribeSubscriptionFilters", "PutSubscriptionFilter", "DeleteSubscriptionFilter"), FILTER_CALLS
)
"""An account may make 5 of each a second; ours, together, keep below that of one."""
STATE_KEY = key(Partition.SUBSCRIBER.of("subscriber"), "state")


class CloudWatchLogGroups:
    """`client` is boto3's of CloudWatch Logs."""

    def __init__(self, client: Any, sleep: Callable[[float], None] = time.sleep) -> None:  # noqa: ANN401  # boto3's clients have no static type
        self._client = client
        self._rates = Rates()
        self._sleep = sleep

    def page(self, cursor: str) -> tuple[tuple[SubscribedGroup, ...], str]:
        """Up to 50 groups, and where to go on."""
        try:
            told = self._call("DescribeLogGroups", **({"nextToken": cursor} if cursor else {}))
        except ClientError as error:
            if cursor and code_of(error) == STALE_CURSOR:
                return self.page("")
            raise _no_access(error) from error
        return tuple(map(_group, told["logGroups"])), str(told.get("nextToken") or "")

    def named(self, name: str) -> SubscribedGroup | None:
        """The group of that name."""
        try:
            told = self._call("DescribeLogGroups", logGroupNamePrefix=name)
        except ClientError as error:
            raise _no_access(error) from error
        return next((group for group in map(_group, told["logGroups"]) if group.name == name), None)

    def filters(self, group: str) -> tuple[SubscriptionFilter, ...] | None:
        """The group's filters, none where it is gone; None where AWS refuses."""
        try:
            told = self._call("DescribeSubscriptionFilters", logGroupName=group)
        except ClientError as error:
            return () if _refused(error) == GONE else None
        return tuple(
            SubscriptionFilter(one["filterName"], one["destinationArn"], one.get("filterPattern", ""))
            for one in told["subscriptionFilters"]
        )

    def put(self, group: str, wanted: SubscriptionFilter) -> Unsubscribed | None:
        """Put or repair the filter; why not, where AWS refuses. A group that is gone needs none."""
        try:
            self._call(
                "PutSubscriptionFilter",
                logGroupName=group,
                filterName=wanted.name,
                filterPattern=wanted.pattern,
                destinationArn=wanted.destination,
            )
        except ClientError as error:
            code = _refused(error)
            refused = Unsubscribed.QUOTA if code == FULL else Unsubscribed.REFUSED
            return None if code == GONE else refused
        return None

    def remove(self, group: str, name: str) -> bool:
        """Delete the filter; one that is gone is as good."""
        try:
            self._call("DeleteSubscriptionFilter", logGroupName=group, filterName=name)
        except ClientError as error:
            return _refused(error) == GONE
        return True

    def _call(self, operation: str, **parameters: str) -> Any:  # noqa: ANN401  # JSON
        """ClientError where AWS refuses; NoAccessError where it does not answer."""
        self._sleep(self._rates.reserve(PACE.get(operation, f"logs:{operation}")))
        method = getattr(self._client, "".join(f"_{c.lower()}" if c.isupper() else c for c in operation)[1:])
        try:
            return method(**parameters)
        except BotoCoreError as error:
            raise _no_access(error) from error


def groups_tagged(client: Any, tags: Mapping[str, str]) -> frozenset[str]:  # noqa: ANN401  # boto3's clients have no static type
    """Names of the log groups that carry all of the tags, the value `*` being any; none where none are given."""
    if not tags:
        return frozenset()
    pages = client.get_paginator("get_resources").paginate(**group_with_tags(tags))
    try:
        arns = [str(one["ResourceARN"]) for page in pages for one in page["ResourceTagMappingList"]]
    except (ClientError, BotoCoreError) as error:
        raise _no_access(error) from error
    return frozenset(map(group_of_arn, arns))


def is_tagged(client: Any, arn: str, tags: Mapping[str, str]) -> bool:  # noqa: ANN401
    """Whether one group carries all of the tags, where any are asked for. What was just tagged is listed only later."""
    if not tags:
        return False
    try:
        has = client.list_tags_for_resource(resourceArn=arn)["tags"]
    except ClientError as error:
        if _refused(error) == GONE:
            return False
        raise _no_access(error) from error
    except BotoCoreError as error:
        raise _no_access(error) from error
    return all(key in has and value in {ANY_VALUE, has[key]} for key, value in tags.items())


class DynamoSubscriberStore:
    """`client` is boto3's DynamoDB client. StoreError where the table cannot be read or written."""

    def __init__(self, client: Any, table_name: str) -> None:  # noqa: ANN401  # boto3's clients have no static type
        self._calls = TableCalls(client, table_name)
        self._unknown: dict[str, Any] = {}

    def load(self) -> SubscriberState:
        """The state; the beginning where there was none, or another layout's."""
        kept = self._calls.get(STATE_KEY)
        if kept is None or kept.get(LAYOUT_KEY, {}).get("N") != str(LAYOUT):
            return SubscriberState()
        told = json.loads(kept["state"]["S"])
        self._unknown = unknown_fields(SubscriberState, told)
        told = known_fields(SubscriberState, told)
        passes = {name: Pass(**known_fields(Pass, told[name])) for name in ("going", "last")}
        return SubscriberState(**{**told, **passes, "told": tuple(told["told"])})

    def save(self, state: SubscriberState) -> None:
        """Keep it for good: the next run goes on from there."""
        kept = {
            **item(SUBSCRIBER, STATE_KEY, 0),
            "state": text(json.dumps({**self._unknown, **asdict(state)})),
        }
        self._calls.put({name: value for name, value in kept.items() if name != EXPIRES})


def _group(told: Any) -> SubscribedGroup:  # noqa: ANN401  # JSON
    return SubscribedGroup(str(told["logGroupName"]), str(told.get("logGroupClass") or ""))


def _refused(error: ClientError) -> str:
    """The code of an answer that stands; NoAccessError for one that goes away by itself."""
    code = code_of(error)
    if code in PASSING:
        raise _no_access(error) from error
    return code


def _no_access(error: Exception) -> NoAccessError:
    return NoAccessError(
        f"CloudWatch Logs did not answer the subscriber: {error}. The run is tried again, and goes on where it ended."
    )
