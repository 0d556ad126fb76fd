"""The story of our own alarms: what ails why403 itself is told in the rooms where its messages are read.

An alarm of CloudWatch's, or what a function of ours publishes beside them, reaches notify through the alarms topic.
What is not delivered is parked as any notice is; whoever subscribed to the topic by e-mail is told without us.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from why403.delivery.outlets import Outlet, outlets
from why403.digest import language_of, send_once, write_each
from why403.notices.letter import Entry, Letter, LetterKind
from why403.notices.words import Language
from why403.notify import Telling

KINDS: Mapping[str, LetterKind] = {"ALARM": LetterKind.ALARM, "OK": LetterKind.ALARM_OVER}
"""By CloudWatch's name of the state; that too little is known to say (INSUFFICIENT_DATA) is nothing to tell."""
URL = re.compile(r"https://[^\s<>\"]{1,2000}")
"""The dashboard's, in the description that infra/ gives an alarm."""


def tell_alarm(message: str, subject: str, identity: str, telling: Telling) -> tuple[str, ...]:
    """The outlets that took it now. DeliveryError of the first that did not, after all were asked.

    `message` and `subject` as SNS hands them over, `identity` is the message's own.
    """

    def write(outlet: Outlet) -> bool:
        letter = alarm_letter(message, subject, language_of(outlet, telling))
        return letter is not None and send_once(outlet, letter, identity, telling)

    return write_each(_rooms(telling), write, telling)


def alarm_letter(message: str, subject: str, language: Language) -> Letter | None:
    """An alarm's change as CloudWatch writes it, or a text of our own with its subject; None where nothing is to tell."""
    alarm = _alarm(message)
    if alarm is None:
        lines = tuple(Entry(line) for line in message.splitlines() if line.strip())
        return Letter(
            kind=LetterKind.ALARM, language=language, rows=lines, about=subject.removeprefix("why403: ")
        )
    kind = KINDS.get(str(alarm.get("NewStateValue")))
    if kind is None or (kind is LetterKind.ALARM_OVER and alarm.get("OldStateValue") != "ALARM"):
        return None
    texts = [alarm.get("AlarmDescription")] + (
        [alarm.get("NewStateReason")] if kind is LetterKind.ALARM else []
    )
    rows = tuple(_entry(str(text)) for text in texts if text)
    return Letter(kind=kind, language=language, rows=rows, about=str(alarm["AlarmName"]))


def _alarm(message: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(message)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "AlarmName" in told else None


def _entry(text: str) -> Entry:
    found = URL.search(text)
    return Entry(text, found[0]) if found else Entry(text)


def _rooms(telling: Telling) -> Iterator[Outlet]:
    """The rooms of the routes that everything fits; where there are none, of the first route."""
    open_to_all = tuple(route for route in telling.routes if not route.log_groups and not route.roles)
    places = replace(telling.places, addresses={})
    for outlet in outlets(open_to_all or telling.routes[:1], places, telling.doors):
        if outlet.channel.secret is not None and outlet.channel.secret.is_room:
            yield outlet
