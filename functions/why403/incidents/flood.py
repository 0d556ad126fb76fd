"""More new causes than anybody could read: beyond a ceiling an hour and log group they fold into one incident.

Whoever can write a log line can write one with a new cause in each. Known causes go on as before.
"""

import hashlib
from dataclasses import replace

from why403.denials.denial import Denial, Kind, Verdict
from why403.incidents.fingerprint import LENGTH
from why403.incidents.hours import start_of_hour
from why403.incidents.sighting import Sighting
from why403.incidents.table import IncidentTable

MOST_NEW = 60
"""New causes of a log group in an hour that are each told: one a minute is more than a person reads."""


def is_flooded(sighting: Sighting, table: IncidentTable, now: int) -> bool:
    """Whether this new cause is one too many in the hour of `now`; counts it, once however often it is asked.

    What the settings expect is told to nobody, so it floods nobody.
    """
    if sighting.expectation is not None or sighting.denial.kind is Kind.FLOOD:
        return False
    hour = start_of_hour(now)
    owner = f"new causes of {sighting.event.account}:{sighting.event.log_group}"
    table.count_group_lines(owner, f"{hour}:{sighting.fingerprint}", {hour: 1}, now)
    return table.group_lines(owner).get(hour, 0) > MOST_NEW


def folded(sighting: Sighting, now: int) -> Sighting:
    """The sighting as one of the hour's flood: its line is kept, its cause has no incident of its own."""
    event = sighting.event
    parts = (Kind.FLOOD.value, event.account, event.log_group, str(start_of_hour(now)))
    denial = Denial(
        verdict=Verdict.AWS_403_NOT_IAM,
        kind=Kind.FLOOD,
        level=sighting.denial.level,
        handled=sighting.denial.handled,
        excerpt=sighting.denial.excerpt,
    )
    key = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:LENGTH]
    return replace(sighting, fingerprint=key, denial=denial)
