"""The pipeline's stories on a table of DynamoDB in moto: lines come in, turns are diagnosed and told, people answer."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from why403.aws.subscriptions import DynamoSubscriberStore
from why403.aws.workload_index import DynamoWorkloadIndex
from why403.decisions.decision import Decision, Outcome
from why403.delivery.outlets import Places
from why403.delivery.routing import parse_routes
from why403.denials.classify import classify
from why403.diagnose import diagnose_turn
from why403.diagnosis.build import build_undiagnosed
from why403.diagnosis.diagnosis import Diagnosis
from why403.errors import DeliveryError
from why403.iam.place import Place
from why403.incidents.hours import HOUR
from why403.incidents.incident import Expectation, Incident
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import Expect, LifeCycleEvent, Mute
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record, parse_turn, turn_message
from why403.incidents.watch import Watch
from why403.notices.load import NoticeMaker
from why403.notify import Telling, notify
from why403.recheck import Recheck, recheck
from why403.subscribe import Pass, SubscriberState
from why403.triage import triage
from why403.workloads.index import SurveyState
from why403.workloads.workload import WorkloadKind, Writer

from tests.fakes.doors import FakeDoors
from tests.fakes.dynamodb_table import NOW, make_table
from tests.fakes.subscription import denied, payload

RELEASES = Path(__file__).parents[1] / "cases" / "releases"
HERE = Place("123456789012", "us-east-1", "aws")
QUEUES = ("orders", "billing", "reports", "probes", "images", "returns")
"""Each is one cause, and so one incident."""
Items = list[dict[str, Any]]


class LivingStack:
    """`doors` holds what was sent, `published` what the incidents topic carried."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.table = make_table(client, "incidents")
        self.index = DynamoWorkloadIndex(client, "incidents")
        self.subscriber = DynamoSubscriberStore(client, "incidents")
        self.doors = FakeDoors()
        self.published: list[str] = []
        self.reported: list[str] = []
        self._seen: set[str] = set()

    def load(self, release: str) -> None:
        """Put what that release stored; its turns have been told."""
        items = json.loads((RELEASES / f"{release}.json").read_text())["items"]
        for start in range(0, len(items), 25):
            puts = [{"PutRequest": {"Item": _bytes(item)}} for item in items[start : start + 25]]
            self._client.batch_write_item(RequestItems={"incidents": puts})
        self._seen |= {turn["sk"]["S"] + turn["pk"]["S"] for turn in self._turns()}

    def raise_layout(self, fingerprint: str) -> None:
        """As a version does that lays incidents out otherwise."""
        self._client.update_item(
            TableName="incidents",
            Key={"pk": {"S": f"I#{fingerprint}"}, "sk": {"S": "incident"}},
            UpdateExpression="SET layout = :later",
            ExpressionAttributeValues={":later": {"N": "2"}},
        )

    def items(self) -> Items:
        """All that the table holds, in the order of its keys."""
        found = self._client.scan(TableName="incidents")["Items"]
        return sorted(map(_text, found), key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def lines(self, delivery: int, at: int = NOW, queues: Sequence[str] = QUEUES) -> None:
        """A line of each queue's cause, in one delivery."""
        events = [
            {"id": f"{delivery * 10 + number:056d}", "timestamp": at, "message": _denied(queue)}
            for number, queue in enumerate(queues)
        ]
        watch = Watch(log_groups=LogGroups(("*",), ()))
        triage(payload(events), watch=watch, table=self.table, classify=classify, now=at)

    def live(self) -> None:
        """A day in which something of every kind is stored: one incident a queue, told, and each as `Stands` says."""
        self.lines(0)
        self.tell()
        self.answer("reports", Mute(until="2025-12-20", by="alice"))
        self.answer(
            "probes", Expect(expectation=Expectation(reason="it probes", owner="search", until="2026-01-31"))
        )
        self.recheck(NOW + HOUR)
        self.tell()
        self.table.use_link("a-link", NOW)
        self.index.note([("scout-admin-dev", Writer(kind=WorkloadKind.LAMBDA, name="orders"))], NOW)
        self.index.save_survey(SurveyState(step=1, cursor="next", ended={"lambda": NOW}), NOW)
        self.subscriber.save(
            SubscriberState(last=Pass(ours=3, without={"full": "quota"}), ended=NOW, told=("a",))
        )

    def incident(self, queue: str) -> Incident:
        """The incident of a queue's cause."""
        heads = [item["pk"]["S"][2:] for item in self.items() if item["sk"]["S"] == "incident"]
        found = [incident for name in heads if (incident := self.table.get(name))]
        (one,) = (incident for incident in found if (incident.denial.resource or "").endswith(f":{queue}"))
        return one

    def answer(self, queue: str, event: LifeCycleEvent, at: int = NOW) -> None:
        """A person's word."""
        incident = self.incident(queue)
        assert self.table.save(next_state(incident, event, at).incident, expected=incident)

    def tell(self, at: int = NOW) -> list[tuple[str, str]]:
        """Diagnose and notify all new turns: (what happened, the queue) of each that an outlet was told of."""
        told = []
        for item in self._turns():
            name = item["sk"]["S"] + item["pk"]["S"]
            record = {"eventName": "INSERT", "dynamodb": {"NewImage": item}}
            if name in self._seen or (turn := parse_stream_record(record)) is None:
                continue
            self._seen.add(name)
            diagnose_turn(
                turn,
                table=self.table,
                index=self.index,
                ask=lambda _plan: build_undiagnosed(self.table.heads([turn.fingerprint])[turn.fingerprint].denial),
                tell=lambda said: self.published.append(turn_message(said)),
                report=lambda error: self.reported.append(str(error)),
                place=HERE,
                now=at,
            )  # fmt: skip
            carried = parse_turn(self.published[-1])
            if notify(carried, self._telling(at)).told:
                resource = self.table.heads([turn.fingerprint])[turn.fingerprint].denial.resource or ""
                told.append((carried.transition.value, resource.rpartition(":")[2]))
        return told

    def recheck(self, at: int, outcome: Outcome = Outcome.IMPLICIT_DENY) -> Recheck:
        """One run of it: the policies say `outcome` of every call."""

        def judge(incident: Incident) -> Diagnosis:
            return replace(build_undiagnosed(incident.denial), decision=Decision(outcome=outcome, layers=()))

        return recheck(
            self.table, judge, quiet_ms=0, now=at, has_time=lambda: True, report=lambda _one, error: self._fail(error)
        )  # fmt: skip

    def _fail(self, error: Exception) -> None:
        raise error

    def _turns(self) -> Iterable[dict[str, Any]]:
        return [item for item in self.items() if item["item"]["S"] == "turn"]

    def _telling(self, at: int) -> Telling:
        def report(outlet: str, error: DeliveryError) -> None:
            self.reported.append(f"{outlet}: {error}")

        return Telling(
            table=self.table,
            routes=parse_routes(json.dumps([{"slack_secret": "webhook", "pagerduty_secret": "pager"}])),
            places=Places(addresses={"machines": "machines"}),
            doors=self.doors.open(),
            maker=NoticeMaker(table=self.table, place=Place("123456789012", "us-east-1")),
            report=report,
            now=at,
        )


def _denied(queue: str) -> str:
    return denied(f"{queue}-task", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:123456789012:{queue}")


def _text(item: dict[str, Any]) -> dict[str, Any]:
    """A file of JSON holds no bytes; sets have no order."""
    return {
        name: {kind: base64.b64encode(value).decode() if kind == "B" else sorted(value) if kind == "SS" else value}
        for name, typed in item.items()
        for kind, value in typed.items()
    }  # fmt: skip


def _bytes(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {kind: base64.b64decode(value) if kind == "B" else value}
        for name, typed in item.items()
        for kind, value in typed.items()
    }
