"""What each function may do with the incident table: asked of why403's own evaluator, and of what the stories do."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import product
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.rates import TableLanes
from why403.aws.subscriptions import DynamoSubscriberStore
from why403.aws.workload_index import DynamoWorkloadIndex
from why403.cli.evaluate import evaluate_line
from why403.console import Consoles, act, look
from why403.delivery.outlets import Places
from why403.delivery.slack_app import parse_slack_request
from why403.fix_page import FixPages, fix_page
from why403.iam.place import Place
from why403.incidents.incident import HeldBack
from why403.incidents.life_cycle_person import open_deeds
from why403.incidents.outbox import HeldTurn
from why403.incidents.table_keys import (
    ITEM_KIND,
    LAYOUT_KEY,
    LIFE_CYCLE,
    PARTITION_KEY,
    SILENCED,
    SORT_KEY,
    WATCHED,
    Partition,
)
from why403.notices.dialects.block_kit import value_of
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.page.forms import Acting
from why403.page.links import Link, LinkKeys, Purpose, sign, state_of
from why403.page.request import PageRequest
from why403.page.widget import Frame
from why403.slack_app import SlackApps, slack_app
from why403.workloads.workload import WorkloadKind, Writer

from demo.slack_interactions import encoded, pressed, signed
from tests.fakes.dynamodb_table import NOW, make_table
from tests.fakes.incidents import turn_of
from tests.fakes.interrupted import Interrupted
from tests.fakes.lambda_chain import Chain

pytestmark = pytest.mark.xdist_group("synth")
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/incidents"
INDEX = f"{TABLE}/index/unresolved"
CALLS = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
NEVER = ("DeleteItem", "BatchWriteItem", "ConditionCheckItem", "Scan", "PartiQLUpdate", "UpdateTimeToLive")
ALLOWED = {
    "Triage": {
        "INCIDENT": "BatchGetItem GetItem Query PutItem UpdateItem",
        "COUNT": "BatchGetItem Query UpdateItem",
        "GROUP": "UpdateItem",
        "NEW": "GetItem PutItem",
        "MARKER": "PutItem",
        "TURN": "Query PutItem",
        "DIAGNOSIS": "GetItem",
        "RECEIPT": "Query",
        "WRITER": "Query",
    },
    "Diagnose": {
        "INCIDENT": "Query UpdateItem",
        "COUNT": "BatchGetItem Query",
        "DIAGNOSIS": "PutItem",
        "WRITER": "GetItem Query PutItem",
        "LANE": "UpdateItem",
    },
    "Survey": {"WRITER": "GetItem PutItem"},
    "Subscribe": {"SUBSCRIBER": "GetItem PutItem"},
    "Notify": {
        "INCIDENT": "Query",
        "COUNT": "BatchGetItem Query",
        "DIAGNOSIS": "GetItem",
        "RECEIPT": "Query UpdateItem",
        "NEW": "GetItem PutItem",
        "HELD": "Query PutItem DeleteItem",
        "index": "Query",
    },
    "Recheck": {
        "INCIDENT": "Query UpdateItem",
        "COUNT": "BatchGetItem Query",
        "GROUP": "BatchGetItem",
        "TURN": "PutItem",
        "DIAGNOSIS": "GetItem",
        "WRITER": "GetItem Query",
        "LANE": "UpdateItem",
        "index": "Query",
    },
    "FixPage": {
        "INCIDENT": "BatchGetItem Query UpdateItem",
        "COUNT": "BatchGetItem Query",
        "TURN": "PutItem",
        "DIAGNOSIS": "GetItem",
        "LINK": "GetItem PutItem",
        "index": "Query",
    },
    "SlackApp": {
        "INCIDENT": "Query UpdateItem",
        "COUNT": "BatchGetItem Query",
        "TURN": "PutItem",
        "LINK": "PutItem",
    },
    "ConsoleLook": {
        "INCIDENT": "BatchGetItem Query",
        "COUNT": "BatchGetItem Query",
        "DIAGNOSIS": "GetItem",
        "index": "Query",
    },
    "ConsoleAct": {
        "INCIDENT": "Query UpdateItem",
        "COUNT": "BatchGetItem Query",
        "TURN": "PutItem",
        "DIAGNOSIS": "GetItem",
        "LINK": "GetItem PutItem",
    },
}
"""Function → what is behind a prefix → the operations; all else is denied."""
WHOLE = {"Triage"}
"""Who may write any attribute of a stored incident; the others write its life cycle's."""


def rights(function: str) -> set[tuple[str, str]]:
    """(What is behind a prefix, operation) of a function."""
    return {(kind, call) for kind, calls in ALLOWED[function].items() for call in calls.split()}


def identity_of(template: Any, function: str) -> dict[str, Any]:
    """The function's own policy, CloudFormation's functions replaced by what they stand for."""
    statements = [
        {**statement, "Resource": [_arn(one) for one in _listed(statement["Resource"])]}
        for policy in template.of("IAM::Policy").values()
        if policy["PolicyName"].startswith(f"{function}Handler")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _arn(written: Any) -> str:
    told = json.dumps(written)
    if "/index/" in told:
        return INDEX
    return TABLE if "IncidentsTable" in told and "StreamArn" not in told else f"arn:aws:x:::{hash(told)}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def may(
    identity: Any, operation: str, keys: Iterable[str], attributes: Iterable[str] = (), *, index: bool = False
) -> bool:
    """Whether the policy lets an operation through whose items begin with these keys and have these attributes."""
    case = {
        "id": "1",
        "request": {
            "principal": "arn:aws:iam::123456789012:role/function",
            "action": f"dynamodb:{operation}",
            "resource": INDEX if index else TABLE,
            "resource_account": "123456789012",
            "context": {"dynamodb:LeadingKeys": list(keys), "dynamodb:Attributes": list(attributes)},
        },
        "policies": {"identity": [{"name": "own", "document": identity}]},
    }
    return bool(evaluate_line(json.dumps(case))["decision"] == "allowed")


def template_of(synth: Any, function: str) -> Any:
    """The template that has the function: page and console are two modes."""
    mode = "signed" if function == "FixPage" else "console"
    settings = {"log_groups": ["/ecs/*"], "email_addresses": ["a@example.com"], "page_mode": mode}
    return synth({**settings, "slack_app": function == "SlackApp"})


@pytest.mark.parametrize("function", ALLOWED)
def test_a_function_may_do_what_its_table_says_and_nothing_else(synth: Any, function: str) -> None:
    identity = identity_of(template_of(synth, function), function)
    allowed = {
        (kind, operation)
        for kind, operation in product(Partition.__members__, (*CALLS, *NEVER))
        if may(identity, operation, [Partition[kind].of("f1")], [PARTITION_KEY, SORT_KEY, "life"])
    }
    allowed |= {
        ("index", call)
        for call in (*CALLS, *NEVER)
        if may(identity, call, [WATCHED], [PARTITION_KEY], index=True)
    }

    assert allowed == rights(function)


def test_only_notify_lists_what_is_silenced(synth: Any) -> None:
    listing = {
        function
        for function in ALLOWED
        if may(
            identity_of(template_of(synth, function), function),
            "Query",
            [SILENCED],
            [PARTITION_KEY],
            index=True,
        )
    }

    assert listing == {"Notify"}


@pytest.mark.parametrize("function", ALLOWED)
def test_no_function_reaches_over_into_another_kind_of_item(synth: Any, function: str) -> None:
    identity = identity_of(template_of(synth, function), function)
    reached = [
        (kind, operation)
        for kind, calls in ALLOWED[function].items()
        if kind != "index"
        for operation in calls.split()
        if may(identity, operation, [Partition[kind].of("f1"), "X#f1"], ["life"])
    ]

    assert reached == []


@pytest.mark.parametrize("function", ALLOWED)
def test_only_triage_writes_what_lines_tell_of_an_incident(synth: Any, function: str) -> None:
    identity = identity_of(template_of(synth, function), function)
    head = [Partition.INCIDENT.of("f1")]
    written = {
        attribute
        for attribute in ("denial", "log_group", "last_seen", "sample", "h07", "sample_ids", "expires")
        if may(identity, "UpdateItem", head, [PARTITION_KEY, SORT_KEY, attribute])
    }

    assert bool(written) is (function in WHOLE)


@dataclass
class Watched(Chain):
    """The chain, each of its calls made of a table of DynamoDB's too; `seen`: (story, operation, parameters)."""

    dynamo: Any = None
    story: str = ""
    seen: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def _port(self, story: str, port: object) -> Any:
        return super()._port(story, self.of(story) if port is self.table else port)

    def of(self, story: str) -> Any:
        """The table as a story sees it."""
        plain = Interrupted(self.table, lambda _number, _name: None)

        class Both:
            def __getattr__(_, name: str) -> Any:  # noqa: N805  # the chain is `self`
                def call(*arguments: Any, **named: Any) -> Any:
                    self.story = story
                    getattr(self.dynamo, name)(*arguments, **named)
                    return getattr(plain, name)(*arguments, **named)

                return call

        return Both()

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Before boto3 sends a call."""
        self.seen.append((self.story, model.name, params))


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        table = make_table(client, "incidents")
        chain = Watched(
            dynamo=table, routes="[{}]", places=Places(addresses={"events": "bus", "email": "topic"})
        )
        client.meta.events.register("provide-client-params.dynamodb", chain.note)
        yield chain


def press(chain: Watched, purpose: Purpose, bound: str = "", **fields: str) -> int:
    """A browser opens a link or sends a form of the first incident's page."""
    table, keys = chain.of("fix_page"), LinkKeys("1", {"1": b"k" * 64})
    maker = NoticeMaker(table=table, place=Place("123456789012", "us-east-1"))
    pages = FixPages(
        table=table,
        maker=maker,
        keys=lambda: keys,
        language=Language.ENGLISH,
        acting=Acting.LINKS,
        now=NOW,
    )
    query = sign(Link(next(iter(chain.table.everything())), purpose, NOW // 1000 + 3600, bound), keys)
    method = "GET" if purpose is Purpose.VIEW else "POST"
    return fix_page(PageRequest(method, "/", query, fields), pages).status


def press_in_slack(chain: Watched) -> None:
    """Somebody does in the app what the first incident leaves open."""
    doors, incident = chain.doors.open(), next(iter(chain.table.everything().values()))
    apps = SlackApps(
        table=chain.of("slack_app"),
        secrets=("app",),
        secret=doors.secret,
        post=doors.post,
        hosts=(),
        redact_emails=False,
        now=NOW,
    )
    value = value_of(open_deeds(incident)[0], incident, Language.ENGLISH)
    body = encoded(pressed({"action_id": "why403-first", "value": value}, {}))
    at = NOW // 1000
    slack_app(parse_slack_request({"headers": signed(body, at), "body": body}, at), apps)


def look_and_act(chain: Watched) -> None:
    """As CloudWatch does: the list, an incident, and a form of it that is sent."""
    for chain.story, ask in (("console_look", look), ("console_act", act)):
        table = chain.of(chain.story)
        maker = NoticeMaker(table=table, place=Place("123456789012", "us-east-1"))
        frame = Frame("arn:look", "arn:look-act")
        consoles = Consoles(table=table, maker=maker, language=Language.ENGLISH, frame=frame, now=NOW)
        incident = next(iter(chain.table.everything().values()))
        sent = {
            "incident": incident.fingerprint,
            "purpose": "mute",
            "state": state_of(incident),
            "form": "f" * 16,
        }
        fields = {"mute-owner": "team", "mute-until": "2025-12-01"}
        if ask is look:
            look({}, consoles)
        ask({**sent, "widgetContext": {"forms": {"all": fields}}}, consoles)


def ask_the_index(chain: Watched) -> None:
    """As diagnose, recheck and survey do with the index of who writes to which log group, and with the slow APIs' turns."""
    index = DynamoWorkloadIndex(vars(vars(chain.dynamo)["_calls"])["_client"], "incidents")
    written = (("/ecs/orders", Writer(kind=WorkloadKind.ECS, name="orders")),)
    for chain.story in ("diagnose", "recheck"):
        index.look_up("/ecs/orders", NOW)
    chain.story = "triage"  # in a flood
    index.roles("/ecs/orders")
    for chain.story in ("diagnose", "survey"):
        index.note(written, NOW)
    index.save_survey(index.survey_state(), NOW)
    lanes = TableLanes(vars(vars(chain.dynamo)["_calls"])["_client"], "incidents", lambda: NOW)
    for chain.story in ("diagnose", "recheck"):
        lanes.wait("cloudtrail:LookupEvents", every=0.5, within=1)
    chain.story = "subscribe"
    store = DynamoSubscriberStore(vars(vars(chain.dynamo)["_calls"])["_client"], "incidents")
    store.save(store.load())


def items_of(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, list[str], list[str], bool]]:
    """(Operation, leading keys, attributes, whether of the index) of each item that a call asks rights for."""
    for write in params.get("TransactItems", ()):
        ((kind, told),) = write.items()
        yield from items_of(f"{kind}Item", told)
    if operation == "TransactWriteItems":
        return
    if operation == "BatchGetItem":
        ((_, told),) = params["RequestItems"].items()
        yield operation, [key[PARTITION_KEY]["S"] for key in told["Keys"]], [], False
    elif operation == "Query":
        values = params["ExpressionAttributeValues"]
        yield operation, [values.get(":p", values.get(":watched"))["S"]], [], "IndexName" in params
    else:
        item = params.get("Item") or params["Key"]
        yield operation, [item[PARTITION_KEY]["S"]], [*item, *_named(params)], False


def _named(params: dict[str, Any]) -> Iterator[str]:
    """The attributes in an update's expressions, plain or by their placeholder."""
    told = f"{params.get('UpdateExpression', '')} {params.get('ConditionExpression', '')}"
    names = params.get("ExpressionAttributeNames", {})
    plain = (word.strip("(),") for word in told.replace("=", " ").split())
    known = {*LIFE_CYCLE, "denial", "last_seen", "first_seen", "expires", "streams", "delivery"}
    for word in plain:
        if word in known or word in names:
            yield names.get(word, word)


def test_the_stories_do_all_that_their_functions_may_and_no_more(synth: Any, chain: Watched) -> None:
    chain.live()
    name, incident = next(iter(chain.table.everything().items()))
    pressed = [
        press(chain, Purpose.VIEW),
        press(
            chain,
            Purpose.EXPECT,
            f"{state_of(incident)}.name",
            reason="a probe",
            owner="team",
            until="2026-01-01",
        ),
    ]
    chain.of("triage").get(name)  # where another opened it at the same moment
    chain.of("triage").hold_back(name, [HeldBack(caller="made-up", action="s3:GetObject", resource="")])
    chain.of("diagnose").save(incident, expected=incident)  # where the workload had been deployed just before
    chain.of("recheck").group_lines("/ecs/orders", 0, 0)  # once a day
    told = chain.of("notify")
    held = HeldTurn(turn=turn_of(incident), severity=incident.severity, log_group=incident.log_group)
    told.hold("email", held, NOW)
    told.let_go("email", told.held("email", 1))
    told.silenced(1)
    look_and_act(chain)
    press_in_slack(chain)
    for function in (
        "triage",
        "diagnose",
        "notify",
        "recheck",
        "slack_app",
        "fix_page",
        "console_look",
        "console_act",
    ):
        chain.of(function).occurrences(replace(incident, first_seen=0))  # of an incident of many days
    chain.of("recheck").diagnosis(name)  # where it was diagnosed before
    ask_the_index(chain)
    done: dict[str, set[tuple[str, str]]] = {function: set() for function in ALLOWED}
    refused = set()
    for story, name, params in chain.seen:
        for operation, keys, attributes, index in items_of(name, params):
            kind = "index" if index else Partition(keys[0][:2]).name
            done[_stem(story)].add((kind, operation))
            if not may(
                identity_of(template_of(synth, _stem(story)), _stem(story)),
                operation,
                keys,
                attributes,
                index=index,
            ):
                refused.add((story, operation, kind))

    assert pressed == [HTTPStatus.OK, HTTPStatus.SEE_OTHER]
    assert refused == set()
    assert done == {function: rights(function) for function in ALLOWED}


def test_every_item_says_which_layout_it_follows(chain: Watched) -> None:
    chain.live()
    stored = vars(vars(chain.dynamo)["_calls"])["_client"].scan(TableName="incidents")["Items"]

    assert {"incident", "sample", "count", "new", "marker", "turn", "diagnosis", "delivery"} == {
        item[ITEM_KIND]["S"] for item in stored
    }
    assert {"1"} == {item[LAYOUT_KEY]["N"] for item in stored}


def _stem(story: str) -> str:
    return "".join(part.capitalize() for part in story.split("_"))
