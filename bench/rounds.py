"""AWS calls, and rounds of them one after another, that the first incident's diagnosis takes, cold and warm."""

from collections.abc import Iterable

from why403.aws.reader import Reader
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent

from bench.account import talking_to
from bench.figure import Figure
from demo.application import Application
from demo.emulator import ACCOUNT, emulator
from demo.incident import LOG_GROUP, LOG_STREAM, create_incident

NOW = 1_790_000_000_000
"""Milliseconds: a fixed moment, so that runs are alike."""
COLD_ROUNDS = 5
"""The bar for a diagnosis that knows nothing yet: rounds follow one another, and each costs a second."""
WARM_ROUNDS = 2
"""What a reply cache cannot hold: the line's stream, and AWS's record of the call."""


def run() -> Iterable[Figure]:
    """Stage the incident in an embedded account, and count what its diagnosis asks AWS for."""
    with emulator() as account, talking_to(account):
        line = Application(account, create_incident(account)).send_job() or ""
        event = LogEvent(line, LOG_GROUP, LOG_STREAM, NOW)
        place = Place(ACCOUNT, account.region)
        reader = Reader(place)
        for state, most in (("cold", COLD_ROUNDS), ("warm", WARM_ROUNDS)):
            reader.run(diagnose(classify(event)[0], event, place, now=NOW))
            yield Figure(f"AWS calls of a diagnosis, {state}", reader.calls, "calls")
            yield Figure(f"rounds of calls, {state}", reader.rounds, "rounds", at_most=most)
