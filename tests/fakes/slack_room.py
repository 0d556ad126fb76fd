"""A Slack channel with our app in it: people see the first message's buttons, press them, and what they press is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from why403.delivery.slack_app import SlackRequest, parse_slack_request
from why403.iam.place import Place
from why403.incidents.incident import Incident
from why403.notices.dialects.slack import render_slack, with_buttons
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.slack_app import Reply, SlackApps, slack_app

from demo.slack_interactions import encoded, pressed, signed, submitted
from tests.fakes.doors import FakeDoors
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, opened_incident

SECOND = 1000


@dataclass(slots=True)
class Room:
    """`at` is the time, in milliseconds; each press is a second later, as no two requests are the same."""

    table: InMemoryIncidentTable = field(default_factory=InMemoryIncidentTable)
    doors: FakeDoors = field(default_factory=FakeDoors)
    language: Language = Language.ENGLISH
    secrets: tuple[str, ...] = ("webhook", "app")
    at: int = NOW

    def __post_init__(self) -> None:
        self.table.open(opened_incident())

    @property
    def incident(self) -> Incident:
        (found,) = self.table.everything().values()
        return found

    @property
    def apps(self) -> SlackApps:
        doors = self.doors.open()
        return SlackApps(
            table=self.table,
            secrets=self.secrets,
            secret=doors.secret,
            post=doors.post,
            hosts=(),
            redact_emails=False,
            now=self.at,
        )

    @property
    def maker(self) -> NoticeMaker:
        return NoticeMaker(
            table=self.table,
            place=Place("123456789012", "us-east-1"),
            language=self.language,
            has_buttons=True,
        )

    def message(self) -> Mapping[str, Any]:
        """The first message as it stands in the channel."""
        notice = replace(self.maker.notice_of(self.incident), in_full=True)
        return with_buttons(render_slack(notice), acts=True)

    def buttons(self) -> dict[str, Mapping[str, Any]]:
        """What can be pressed, by what it does."""
        elements = self.message()["blocks"][-1]["elements"]
        found = [option for one in elements for option in one.get("options", (one,)) if "value" in option]
        return {one["value"].partition("|")[0]: one for one in found}

    def press(self, deed: str, *, button: Mapping[str, Any] | None = None, **user: str) -> Reply:
        """Press the button that does that, or one that was seen before."""
        return self.send(pressed(button or self.buttons()[deed], self.message(), **user))

    def fill(self, values: Mapping[str, str], **user: str) -> Reply:
        """Fill in the window that was opened last, and send it."""
        return self.send(submitted(self.windows[-1], values, **user))

    def send(self, payload: Mapping[str, Any]) -> Reply:
        """As Slack sends it."""
        self.at += SECOND
        return slack_app(self.request(encoded(payload)), self.apps)

    def request(self, body: str, **headers: str) -> SlackRequest | None:
        """What the function makes of a request that Slack signs now; `headers` are set otherwise."""
        sent = {**signed(body, self.at // SECOND), **headers}
        return parse_slack_request({"headers": sent, "body": body}, self.at // SECOND)

    @property
    def windows(self) -> list[Any]:
        """The windows that were opened, in order."""
        return [told["view"] for told in self.doors.through("view")]
