"""The subscriber's doors: against moto, and against answers that moto does not give."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber
from moto import mock_aws
from why403.aws.session import forget
from why403.aws.subscriptions import CloudWatchLogGroups, DynamoSubscriberStore, groups_tagged, is_tagged
from why403.cli.doctor_log_groups import check_subscriber
from why403.deployed import subscribe
from why403.environment import SubscribeEnvironment
from why403.errors import NoAccessError
from why403.subscribe import Pass, SubscribedGroup, SubscriberState, SubscriptionFilter, Unsubscribed

from demo.slack_answers import Reply
from tests.fakes.dynamodb_table import make_table
from tests.fakes.receiver import receiver

STREAM = SubscriptionFilter("why403-globs", "", "?AccessDenied")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("logs", region_name="us-east-1")


@pytest.fixture
def table(client: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the function's own client."""
    assert client
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    make_table(boto3.client("dynamodb", region_name="us-east-1"), "incidents")
    forget()
    return "incidents"


def configured(monkeypatch: pytest.MonkeyPatch, table: str, destination: str = "", **tags: str) -> None:
    """The function's environment: groups under /ecs/, and those with the tags."""
    told = SubscribeEnvironment(
        table_name=table,
        log_groups='{"include": ["/ecs/*"], "exclude": ["/ecs/loud"]}',
        tags=tags,
        stack="why403",
        filter_name="why403-globs",
        destination_arn=destination or "arn:aws:lambda:us-east-1:123456789012:function:why403-Triage",
        topic_arn="",
    )
    for name, value in told.texts().items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def wanted() -> SubscriptionFilter:
    """Leads to a Kinesis stream in moto, as a function needs Docker there."""
    kinesis = boto3.client("kinesis", region_name="us-east-1")
    kinesis.create_stream(StreamName="lines", ShardCount=1)
    arn = kinesis.describe_stream(StreamName="lines")["StreamDescription"]["StreamARN"]
    return SubscriptionFilter(STREAM.name, arn, STREAM.pattern)


def door(client: Any) -> CloudWatchLogGroups:
    return CloudWatchLogGroups(client, sleep=lambda _seconds: None)


def test_the_doctor_tells_a_thousand_groups_without_a_filter_in_a_line_for_each_reason(table: str) -> None:
    store = DynamoSubscriberStore(boto3.client("dynamodb", region_name="us-east-1"), table)
    full = {f"/ecs/{number:03}": Unsubscribed.QUOTA.value for number in range(999)}
    last = Pass(ours=4_000, without={**full, "/ecs/rare": Unsubscribed.LOG_CLASS.value}, more=7)
    store.save(SubscriberState(last=last, ended=1))
    told = [(one.result, one.what) for one in check_subscriber(table, "us-east-1")]

    assert [(result, what[:75]) for result, what in told] == [
        ("ok", "4,000 log groups that globs or tags mean have a filter of why403's"),
        ("failed", "999 log groups are meant by globs or tags and have no filter: /ecs/000, /ecs/001"[:75]),
        ("failed", "log group /ecs/rare is meant by a glob or by tags and has no filter"),
        ("failed", "7 more log groups are meant and have no filter"),
    ]
    assert told[1][1].endswith("/ecs/019 … and 979 more")


def test_all_of_a_hundred_and_twenty_groups_are_listed_page_by_page(client: Any) -> None:
    for number in range(120):
        client.create_log_group(logGroupName=f"/ecs/{number:03}")
    names, cursor, pages = [], "", 0
    while cursor or not pages:
        groups, cursor = door(client).page(cursor)
        names += [group.name for group in groups]
        pages += 1

    assert (sorted(names), pages) == ([f"/ecs/{number:03}" for number in range(120)], 3)


def test_a_group_is_found_by_its_whole_name(client: Any) -> None:
    client.create_log_group(logGroupName="/ecs/orders-2")

    assert door(client).named("/ecs/orders") is None
    assert (door(client).named("/ecs/orders-2") or SubscribedGroup("")).name == "/ecs/orders-2"


def test_a_filter_is_put_read_repaired_and_removed_beside_anothers(
    client: Any, wanted: SubscriptionFilter
) -> None:
    client.create_log_group(logGroupName="g")
    made = door(client)
    foreign = SubscriptionFilter("datadog", wanted.destination, "?ERROR")

    assert made.put("g", foreign) is made.put("g", wanted) is None
    assert made.filters("g") == (foreign, wanted)
    assert made.put("g", SubscriptionFilter("third", wanted.destination, "")) is Unsubscribed.QUOTA
    assert made.remove("g", wanted.name)
    assert made.filters("g") == (foreign,)


def test_a_group_that_is_gone_has_no_filters_and_needs_none(client: Any, wanted: SubscriptionFilter) -> None:
    made = door(client)

    assert made.filters("gone") == ()
    assert made.put("gone", wanted) is None
    assert made.remove("gone", wanted.name)


class Refusing:
    """Answers each call with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> Any:
            raise self._error

        return call


def coded(code: str) -> Refusing:
    return Refusing(ClientError({"Error": {"Code": code, "Message": "no"}}, "Call"))


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidParameterException"])
def test_a_refusal_at_one_group_is_told_and_ends_no_run(code: str) -> None:
    made = door(coded(code))

    assert made.filters("g") is None
    assert made.put("g", STREAM) is Unsubscribed.REFUSED
    assert not made.remove("g", STREAM.name)


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ServiceUnavailableException", "OperationAbortedException"]
)
def test_what_goes_away_by_itself_ends_the_run_to_be_tried_again(code: str) -> None:
    made = door(coded(code))
    with pytest.raises(NoAccessError, match="tried again"):
        made.filters("g")
    with pytest.raises(NoAccessError, match="tried again"):
        made.put("g", STREAM)
    with pytest.raises(NoAccessError, match="tried again"):
        made.page("")


def test_no_answer_at_all_ends_the_run_to_be_tried_again() -> None:
    with pytest.raises(NoAccessError, match="tried again"):
        door(Refusing(ReadTimeoutError(endpoint_url="https://logs"))).filters("g")


def test_a_list_whose_place_is_a_day_old_begins_anew() -> None:
    class Stale:
        def describe_log_groups(self, **asked: Any) -> Any:
            if "nextToken" in asked:
                coded("InvalidParameterException").describe_log_groups()
            return {"logGroups": [{"logGroupName": "a"}]}

    assert door(Stale()).page("old") == ((SubscribedGroup("a"),), "")


def test_calls_are_paced_below_the_accounts_limits() -> None:
    class Quiet:
        def describe_subscription_filters(self, **_: Any) -> Any:
            return {"subscriptionFilters": []}

    waits: list[float] = []
    made = CloudWatchLogGroups(Quiet(), sleep=waits.append)
    for _ in range(12):
        made.filters("g")

    assert max(waits) > 2.5  # three at once, then three a second


def test_the_state_comes_back_whole(client: Any) -> None:
    assert client
    dynamo = boto3.client("dynamodb", region_name="us-east-1")
    make_table(dynamo, "incidents")
    store = DynamoSubscriberStore(dynamo, "incidents")
    state = SubscriberState(
        cursor="c", due=3, passing="p", swept="s", ended=9, told=("h",), removing=True,
        going=Pass(ours=1, without={"g": "quota"}), last=Pass(more=2),
    )  # fmt: skip

    assert store.load() == SubscriberState()
    store.save(state)
    assert store.load() == state


GROUP_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:"


def test_groups_that_carry_all_tags_are_listed_to_the_last_page() -> None:
    tagging: Any = boto3.client("resourcegroupstaggingapi", region_name="us-east-1")
    asked = {
        "ResourceTypeFilters": ["logs:log-group"],
        "TagFilters": [{"Key": "why403"}, {"Key": "team", "Values": ["search"]}],
    }
    pages = {"": ("/ecs/a", ":*", "next"), "next": ("/lambda/b", "", "")}
    with Stubber(tagging) as stub:
        for token, (name, end, following) in pages.items():
            stub.add_response(
                "get_resources",
                {
                    "ResourceTagMappingList": [{"ResourceARN": f"{GROUP_ARN}{name}{end}", "Tags": []}],
                    "PaginationToken": following,
                },
                {**asked, **({"PaginationToken": token} if token else {})},
            )
        found = groups_tagged(tagging, {"why403": "*", "team": "search"})

    assert found == {"/ecs/a", "/lambda/b"}


def test_tags_that_may_not_be_listed_take_no_filter_away() -> None:
    tagging: Any = boto3.client("resourcegroupstaggingapi", region_name="us-east-1")
    with Stubber(tagging) as stub:
        stub.add_client_error("get_resources", "AccessDeniedException")
        with pytest.raises(NoAccessError, match="AccessDeniedException"):
            groups_tagged(tagging, {"why403": "*"})


@pytest.mark.parametrize(
    ("tags", "fits"),
    [
        ({}, False),
        ({"team": "search"}, True),
        ({"team": "*", "stage": "prod"}, True),
        ({"team": "sales"}, False),
        ({"team": "search", "why403": "*"}, False),
    ],
)
def test_a_group_that_was_just_made_is_asked_for_its_own_tags(
    client: Any, tags: dict[str, str], *, fits: bool
) -> None:
    client.create_log_group(logGroupName="/ecs/a", tags={"team": "search", "stage": "prod"})

    assert is_tagged(client, f"{GROUP_ARN}/ecs/a", tags) is fits


def test_a_group_that_is_gone_carries_no_tags(client: Any) -> None:
    assert not is_tagged(client, f"{GROUP_ARN}/ecs/gone", {"team": "*"})


def test_a_removal_that_one_call_has_no_time_for_is_gone_on_with_before_cloudformation_hears_of_it(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, table)
    with receiver(Reply()) as cloudformation:
        asked = {
            "RequestType": "Delete",
            "ResponseURL": f"{cloudformation.url}/answer",
            **dict.fromkeys(("StackId", "RequestId", "LogicalResourceId"), "x"),
        }
        for _ in range(2):
            with pytest.raises(TimeoutError, match="the next try goes on"):
                subscribe.answer(asked, lambda: False)
        heard_before = list(cloudformation.bodies)
        reason = subscribe.answer(asked, lambda: False)
    forget()

    assert heard_before == []
    assert [body["Status"] for body in cloudformation.bodies] == ["FAILED"]
    assert "delete the stack again" in reason


def test_a_group_that_is_heard_to_be_tagged_has_our_filter_at_once_and_no_other_has(
    client: Any, table: str, wanted: SubscriptionFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, table, wanted.destination, team="search")
    monkeypatch.setattr(subscribe, "_door", lambda: door(client))
    groups = {"/lambda/a": "search", "/lambda/b": "sales", "/ecs/loud": "search"}
    for name, team in groups.items():
        client.create_log_group(logGroupName=name, tags={"team": team})
        asked = {"resourceArn": f"{GROUP_ARN}{name}", "tags": {"team": team}}
        subscribe.hear({"detail": {"eventName": "TagResource", "requestParameters": asked}})

    filtered = {
        name
        for name in groups
        if client.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]
    }
    assert filtered == {"/lambda/a"}
