"""The story of the Slack app: a press of a button, signed by Slack → a change of our own record, or a window.

Nothing is read before the signature holds, and nothing but the incident table is ever written. Who did it is told in
the thread by notify, as every other change is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, assert_never

from why403.delivery.doors import Post
from why403.delivery.slack_app import (
    BLOCK_ACTIONS,
    PERSON,
    VIEW_SUBMISSION,
    Interaction,
    SlackApp,
    SlackRequest,
    app_in,
    open_view,
    parse_interaction,
)
from why403.errors import DeliveryRefusedError, SettingsError
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import Acknowledge, Mute, PersonsWord, Unexpect, Unmute
from why403.incidents.life_cycle_person import MOST_MUTED_DAYS, Deed, open_deeds
from why403.incidents.table import IncidentTable
from why403.notices.dialects.block_kit import LINES
from why403.notices.dialects.slack_views import EXPECT, UNTIL, WHY, expect_view, lines_view, said_view
from why403.notices.words import Language, word
from why403.page.forms import read_word, save_word
from why403.page.links import Purpose, life_of

VALUE = re.compile(
    r"(?P<deed>[a-z0-9-]{1,16})\|(?P<incident>[A-Za-z0-9_-]{1,128})\|(?P<life>[0-9]{1,9})\|(?P<language>en|ja|ko)"
)
"""What our buttons hold: notices/dialects/slack.py writes it."""
SHORT = timedelta(hours=1)
"""What the button to mute promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApps:
    """Everything that a press takes: `secrets` are names, `secret` reads one, `now` in milliseconds since the epoch."""

    table: IncidentTable
    secrets: tuple[str, ...]
    secret: Callable[[str], str]
    post: Post
    hosts: tuple[str, ...]
    redact_emails: bool
    now: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What Slack is answered; `body` None: nothing, which closes a window."""

    status: HTTPStatus
    body: Mapping[str, Any] | None = None


DONE = Reply(HTTPStatus.OK)


@dataclass(frozen=True, slots=True)
class _Press:
    """What a person did to an incident of ours, in the app that they did it in."""

    asked: Interaction
    app: SlackApp
    apps: SlackApps
    deed: str
    life: str
    language: Language

    def say(self, text: str) -> Reply:
        """Tell who did it, and nobody else: in the window that is open, or in one of its own."""
        return self.show(said_view(text, self.language))

    def show(self, view: dict[str, Any]) -> Reply:
        """Replace the window that is open, or open one."""
        if self.asked.kind == VIEW_SUBMISSION:
            return Reply(HTTPStatus.OK, {"response_action": "update", "view": view})
        too_late = word("notices.slack.too-late", self.language)
        open_view(view, self.asked, self.app, self.apps.post, too_late)
        return DONE


def slack_app(request: SlackRequest | None, apps: SlackApps) -> Reply:
    """Answer Slack, within three seconds. SettingsError where no secret holds an app; StoreError and DeliveryError."""
    app = next((one for one in _apps(apps) if one.sent(request)), None) if request else None
    if request is None or app is None:
        return Reply(HTTPStatus.UNAUTHORIZED)
    if not apps.table.use_link(request.name, apps.now):
        return DONE
    asked = parse_interaction(request.body)
    if asked is None:
        return Reply(HTTPStatus.BAD_REQUEST)
    if not asked.teams or not asked.teams <= app.teams or not PERSON.fullmatch(asked.user):
        return Reply(HTTPStatus.FORBIDDEN)
    return _pressed(asked, app, apps)


def _pressed(asked: Interaction, app: SlackApp, apps: SlackApps) -> Reply:
    found = VALUE.fullmatch(asked.value)
    if asked.kind not in {BLOCK_ACTIONS, VIEW_SUBMISSION} or found is None:
        return DONE  # a link that was opened, a window that was closed: Slack tells of them too
    press = _Press(asked, app, apps, found["deed"], found["life"], Language(found["language"]))
    incident = apps.table.get(found["incident"])
    if incident is None:
        return press.say(word("notices.page.not-found", press.language))
    if press.deed == LINES:
        return press.show(lines_view(incident, press.language, emails=apps.redact_emails))
    if life_of(incident) != press.life:
        return press.say(word("notices.page.moved-on", press.language))
    return _wanted(incident, press)


def _apps(apps: SlackApps) -> Iterator[SlackApp]:
    """Those that there are. One broken or unread secret hides no other; SettingsError where there is none at all."""
    found, wrong = [], "no secret of Slack's holds a signing_secret"
    for name in apps.secrets:
        try:
            app = app_in(apps.secret(name), name, apps.hosts)
        except (SettingsError, DeliveryRefusedError) as error:
            wrong = str(error)
            continue
        found += [app] if app else []
    if not found:
        raise SettingsError(f"The Slack app is not set up: {wrong}. docs/slack-app.md shows how.")
    return iter(found)


def _wanted(incident: Incident, press: _Press) -> Reply:
    is_form = press.asked.kind == VIEW_SUBMISSION and press.deed == EXPECT
    deed = Deed.EXPECT if is_form else next((one for one in Deed if one == press.deed), None)
    if deed is None:
        return DONE
    if deed not in open_deeds(incident):
        return press.say(_as_it_stands(incident, press.language))
    if deed is Deed.EXPECT and not is_form:
        return press.show(expect_view(incident, press.language))
    return _changed(incident, deed, press)


def _changed(incident: Incident, deed: Deed, press: _Press) -> Reply:
    try:
        event = _event(deed, press)
    except SettingsError as error:
        wrong = UNTIL if press.asked.fields.get(WHY, "").strip() else WHY
        return Reply(HTTPStatus.OK, {"response_action": "errors", "errors": {wrong: str(error)}})
    if save_word(incident, event, press.apps.table, press.apps.now):
        return DONE
    now = press.apps.table.get(incident.fingerprint) or incident
    if life_of(now) == press.life and deed not in open_deeds(now):
        return press.say(_as_it_stands(now, press.language))
    return press.say(word("notices.page.not-saved", press.language))


def _event(deed: Deed, press: _Press) -> PersonsWord:
    """What the person says, in their own name. SettingsError, in the reader's language, where the form is not right."""
    by, now = press.asked.person, press.apps.now
    match deed:
        case Deed.ACKNOWLEDGE:
            return Acknowledge(by=by)
        case Deed.MUTE:
            return Mute(until=_after(SHORT, now), by=by)
        case Deed.MUTE_UNTIL_FIXED:
            return Mute(until=_after(timedelta(days=MOST_MUTED_DAYS), now), by=by, until_fixed=True)
        case Deed.UNMUTE:
            return Unmute(by=by)
        case Deed.UNEXPECT:
            return Unexpect(by=by)
        case Deed.EXPECT:
            form = {**press.asked.fields, "owner": by}
            return read_word(Purpose.EXPECT, form, now, press.language)
    assert_never(deed)


def _after(span: timedelta, now: int) -> str:
    return (datetime.fromtimestamp(now // 1000, UTC) + span).isoformat()


def _as_it_stands(incident: Incident, language: Language) -> str:
    """Somebody was faster, or it went on by itself."""
    if incident.acknowledged_by and incident.state not in {State.MUTED, State.EXPECTED, State.RESOLVED}:
        return word("notices.slack.acknowledged", language, by=incident.acknowledged_by)
    owner = incident.expectation.owner if incident.expectation else incident.muted_by
    state = word(f"notices.state.{incident.state}", language)
    by = f" ({owner})" if owner else ""
    return word("notices.slack.stands", language, state=f"{state}{by}")
