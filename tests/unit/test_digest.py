"""More than an outlet is told one by one waits for its digest; what is silenced is told once a week. Nothing is lost."""

import json
from dataclasses import replace
from typing import Any

import pytest
from why403.delivery.outlets import Places
from why403.delivery.pacing import WINDOW
from why403.delivery.register import CHANNELS
from why403.delivery.routing import parse_routes
from why403.digest import AT_ONCE, ROWS, digest
from why403.errors import DeliveryError, DeliveryRetryableError
from why403.iam.place import Place
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import Expectation, Incident, Severity, State
from why403.incidents.transition import Transition
from why403.notices.letter import Entry, Letter, LetterKind
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.notify import Telling, notify

from tests.fakes.doors import FakeDoors
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, count_lines, opened_incident, turn_of
from tests.unit.delivery.test_every_channel import _sent
from tests.unit.notices.notice_case import LANGUAGES
from tests.unit.notices.test_hostile_lines import HOSTILE, UNSEEN

SLACK = {"slack_secret": "webhook"}
ALONE = {channel.name: channel.alone for channel in CHANNELS}
WRITING = [pytest.param(channel, id=channel.name) for channel in CHANNELS if channel.write]


class World:
    """Incidents are told at `now`; each has a name, which is its queue's."""

    def __init__(self, *routes: dict[str, Any], **addresses: str) -> None:
        self.table = InMemoryIncidentTable()
        self.doors = FakeDoors()
        self.failures: list[str] = []
        self.routes = parse_routes(json.dumps(routes))
        self.places = Places(addresses=addresses)
        self.now = NOW

    def open(self, name: str, **fields: Any) -> Incident:
        incident = opened_incident(name, **fields)
        queue = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        incident = replace(incident, denial=replace(incident.denial, resource=queue))
        self.table.open(incident)
        return incident

    def tell(
        self, name: str, transition: Transition = Transition.OPENED, turn: int = 1, **fields: Any
    ) -> None:
        notify(turn_of(self.open(name, **fields), transition, turn), self.telling)

    def write(self, kind: LetterKind = LetterKind.DIGEST) -> tuple[str, ...]:
        return digest(self.telling, kind)

    @property
    def telling(self) -> Telling:
        return Telling(
            table=self.table,
            routes=self.routes,
            places=self.places,
            doors=self.doors.open(),
            maker=NoticeMaker(
                table=self.table,
                place=Place("123456789012", "us-east-1"),
                stack="shop",
                page=lambda incident: f"https://page.example/{incident.fingerprint}",
            ),
            report=lambda outlet, _error: self.failures.append(outlet),
            now=self.now,
        )

    def said(self, door: str = "slack") -> list[str]:
        return [json.dumps(message, ensure_ascii=False) for message in self.doors.through(door)]


def names(count: int, begin: str = "q") -> list[str]:
    return [f"{begin}{number:04d}" for number in range(count)]


@pytest.mark.parametrize(
    ("route", "places", "door"),
    [
        (SLACK, {}, "slack"),
        ({"teams_secret": "teams"}, {}, "teams"),
        ({"pagerduty_secret": "pager"}, {}, "pagerduty"),
        ({}, {"email": "email"}, "email"),
        ({}, {"chat": "chat"}, "chat"),
    ],
)
def test_beyond_the_rate_all_that_waited_is_told_in_one_digest(
    route: dict[str, Any], places: dict[str, str], door: str
) -> None:
    world = World(route, **places)
    every = names(ALONE[door] + 15)
    for name in every:
        world.tell(name)
    alone = len(world.said(door))
    told = world.write()
    said = world.said(door)

    assert (alone, len(told), len(said)) == (ALONE[door], 1, ALONE[door] + 1)
    assert [name for name in every if name not in "\n".join(said)] == []
    assert "https://page.example/q0034" in said[-1] or door != "slack"


@pytest.mark.parametrize("places", [{"machines": "machines"}, {"events": "bus"}])
def test_programs_are_told_each(places: dict[str, str]) -> None:
    world = World({}, **places)
    for name in names(70):
        world.tell(name)

    assert len(world.doors.went) == 70
    assert world.write() == ()


def test_a_loud_incident_is_told_at_once_in_a_flood_of_others() -> None:
    world = World(SLACK)
    for name in names(60):
        world.tell(name)
    world.tell("the-loud-one", severity=Severity.HIGH)

    assert "the-loud-one" in world.said()[-1]


def test_a_flood_of_updates_does_not_hold_up_what_is_new() -> None:
    world = World(SLACK)
    for name in names(ALONE["slack"]):
        world.tell(name)
    world.now += WINDOW
    for name in names(ALONE["slack"]):
        notify(turn_of(world.table.everything()[name], Transition.RESOLVED, 2), world.telling)
    world.tell("new-one")
    world.write()
    said = "\n".join(world.said())

    assert "new-one" in world.said()[-2]
    assert [name for name in names(ALONE["slack"]) if said.count(name) < 2] == []


def test_the_next_window_has_places_again() -> None:
    world = World(SLACK)
    for name in names(ALONE["slack"] + 1):
        world.tell(name)
    world.now += WINDOW
    world.tell("later")

    assert "later" in world.said()[-1]


def test_a_digest_that_fails_is_told_by_the_next_and_by_no_other() -> None:
    world = World(SLACK)
    for name in names(ALONE["slack"] + 3):
        world.tell(name)
    world.doors.failing = {"slack": [DeliveryRetryableError("503")]}
    with pytest.raises(DeliveryError):
        world.write()
    world.now += WINDOW

    assert (world.write(), world.write()) == (("slack:route-1",), ())
    assert world.failures == ["slack:route-1"]


def test_a_turn_that_comes_again_waits_once_and_is_not_told_alone_beside() -> None:
    world = World(SLACK)
    for _ in range(2):
        for name in names(ALONE["slack"] + 2):
            world.tell(name)

    assert len(world.said()) == ALONE["slack"]
    assert len(world.table.held("slack:route-1", 99)) == 2


def test_a_digest_tells_the_loudest_each_and_all_others_by_their_log_group() -> None:
    world = World({}, email="email")
    for number, name in enumerate(names(ROWS + 60)):
        world.tell(name, log_group=f"/ecs/{number % 2}")
    for name in names(12, "loud"):
        world.tell(name, severity=Severity.HIGH)
    world.write()
    subject, body, _ = world.doors.through("email")[-1]

    waited = ROWS + 60 - ALONE["email"] + 12 - ALONE["email"] // 2
    assert f"{waited} more incidents and updates" in subject
    assert body.index("loud0011") < body.index("q0010")
    assert f"and {waited - ROWS} more (/ecs/" in body
    assert "In a terminal: why403 incidents --stack shop --region us-east-1" in body


def test_a_backlog_is_told_in_parts() -> None:
    world = World({}, email="email")
    for name in names(AT_ONCE + 20):
        world.tell(name)
    world.write()
    world.now += WINDOW

    assert world.write() == ("email",)
    assert world.table.held("email", 9) == ()


def test_what_is_no_longer_kept_is_let_go_of() -> None:
    world = World(SLACK)
    for name in names(ALONE["slack"] + 1):
        world.tell(name)
    world.table.expire("q0020")

    assert world.write() == ()
    assert world.table.held("slack:route-1", 9) == ()


def silence(world: World) -> None:
    """One of each kind, and one that is none."""
    expected = Expectation(reason="a probe", owner="search", until="2026-12-31")
    settings = Expectation(reason="by design", owner="platform", by_settings=True)
    world.open("muted", state=State.MUTED, muted_until="2026-11-30", muted_by="alice (Slack U1)")
    world.open("until-fixed", muted_until="2026-12-24", muted_by="bob")
    world.open("expected", state=State.EXPECTED, expectation=expected)
    world.open("by-settings", state=State.EXPECTED, expectation=settings, log_group="/ecs/other")
    world.open("over", state=State.MUTED, muted_until="2020-01-01", muted_by="carol")
    world.open("open")
    count_lines(world.table, "muted", "b1", {"A": {NOW - HOUR: 41, NOW - 20 * DAY: 7}}, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_a_week_a_room_is_told_what_is_silenced_by_whom_until_when_and_how_much(
    language: Language,
) -> None:
    world = World({**SLACK, "language": language.value})
    silence(world)
    world.open(
        "muted-long", state=State.MUTED, muted_until="2026-12-01", muted_by="dan", first_seen=NOW - 60 * DAY
    )
    told = [world.write(LetterKind.SILENCED) for _ in range(2)]
    (said,) = world.said()

    assert told == [("slack:route-1",), ()]
    for each in (
        "alice (Slack U1)",
        "2026-11-30",
        "41",
        "bob",
        "2026-12-24",
        "search",
        "a probe",
        "2026-12-31",
        "platform",
    ):
        assert each in said
    assert [name for name in ("queue over", "queue open", "carol") if name in said] == []
    assert said.index("alice") < said.index("bob")


def test_the_next_week_is_told_again() -> None:
    world = World(SLACK)
    silence(world)
    world.write(LetterKind.SILENCED)
    world.now += 7 * DAY

    assert world.write(LetterKind.SILENCED) == ("slack:route-1",)


def test_nothing_is_told_where_nothing_is_silenced() -> None:
    world = World(SLACK, email="email")
    world.open("open")

    assert world.write(LetterKind.SILENCED) == ()
    assert world.doors.went == []


def test_a_route_is_told_of_its_own_log_groups_and_nobody_is_woken() -> None:
    others = {"name": "others", **SLACK, "log_groups": ["/ecs/other"]}
    world = World(others, {"name": "pager", "pagerduty_secret": "pager"}, machines="machines")
    silence(world)

    assert world.write(LetterKind.SILENCED) == ("slack:others",)
    assert "alice" not in "".join(world.said())


@pytest.mark.parametrize("channel", WRITING)
@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_of_any_length_keeps_to_the_receivers_limit(channel: Any, kind: LetterKind) -> None:
    rows = tuple(Entry("権" * 4_000, "https://page.example/" + "a" * 900) for _ in range(100))
    letter = Letter(kind=kind, language=Language.JAPANESE, rows=rows, groups=("/" + "g" * 511,) * 400)

    assert len(_sent(channel.write(letter, "why403-digest-1")).encode()) <= channel.limits.bytes


@pytest.mark.parametrize("channel", WRITING)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_line_says_calls_anybody_in_a_letter(channel: Any, text: str) -> None:
    letter = Letter(kind=LetterKind.DIGEST, language=Language.ENGLISH, rows=(Entry(text),), groups=(text,))
    sent = _sent(channel.write(letter, "why403-digest-1"))

    assert UNSEEN.search(sent) is None
    assert [
        call
        for call in ("<!here>", "<@U", "<!channel>")
        if call in sent and channel.name in {"slack", "chat"}
    ] == []
