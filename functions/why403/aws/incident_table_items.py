"""The incident table's items, to and from what they mean. Their layout: incidents/table_keys.py."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from why403.aws.incident_table_calls import Item
from why403.incidents.hours import DAY
from why403.incidents.incident import HeldBack, Incident, Sample
from why403.incidents.incident_json import (
    denial_from_json,
    denial_to_json,
    life_from_json,
    life_to_json,
    sample_from_json,
    sample_to_json,
)
from why403.incidents.life_cycle import listed_as
from why403.incidents.outbox import turn_message
from why403.incidents.stored import check_layout, known_fields
from why403.incidents.table_keys import (
    EXPIRES,
    HELD_BACK,
    INCIDENT,
    ITEM_KIND,
    LAYOUT,
    LAYOUT_KEY,
    LIFE,
    PARTITION_KEY,
    RECHECKED_KEY,
    SAMPLE,
    SORT_KEY,
    TURN,
    UNRESOLVED_KEY,
    VERSION,
    Partition,
)
from why403.incidents.transition import Turn


def text(value: str) -> Item:
    """A string attribute."""
    return {"S": value}


def number(value: int) -> Item:
    """A number attribute."""
    return {"N": str(value)}


def key(partition: str, sort: str) -> Item:
    """An item's key."""
    return {PARTITION_KEY: text(partition), SORT_KEY: text(sort)}


def item(kind: str, key: Item, expires: int) -> Item:
    """What every item has. `expires` in seconds since the epoch."""
    return {**key, ITEM_KIND: text(kind), LAYOUT_KEY: number(LAYOUT), EXPIRES: number(expires)}


def incident_key(fingerprint: str) -> Item:
    """The key of an incident's head."""
    return key(Partition.INCIDENT.of(fingerprint), INCIDENT)


def head_item(incident: Incident, expires: int) -> Item:
    """An incident's first writing. `expires` in seconds since the epoch."""
    head = {
        **item(INCIDENT, incident_key(incident.fingerprint), expires),
        "denial": text(denial_to_json(incident.denial)),
        "log_group": text(incident.log_group),
        "account": text(incident.account),
        "first_seen": number(incident.first_seen),
        "last_seen": number(incident.last_seen),
        LIFE: text(life_to_json(incident)),
        VERSION: number(incident.version),
        RECHECKED_KEY: number(incident.rechecked_at),
    }
    if incident.streams:
        head["streams"] = {"SS": list(incident.streams)}
    if incident.samples:
        head["sample_ids"] = {"SS": [sample_name(sample) for sample in incident.samples]}
    if listed := listed_as(incident):
        head[UNRESOLVED_KEY] = text(listed)
    return head


def incident_of(
    item: Item, samples: tuple[Sample, ...] = (), held_back: tuple[HeldBack, ...] = ()
) -> Incident:
    """The incident that a head describes. Without `samples` it has them by id only. StoreError for a later layout."""
    check_layout(item.get(LAYOUT_KEY, {}).get("N"))
    ids = item.get("sample_ids", {}).get("SS", ())
    return Incident(
        fingerprint=item[PARTITION_KEY]["S"].removeprefix(Partition.INCIDENT),
        denial=denial_from_json(item["denial"]["S"]),
        log_group=item["log_group"]["S"],
        account=item["account"]["S"],
        first_seen=int(item["first_seen"]["N"]),
        last_seen=int(item["last_seen"]["N"]),
        streams=tuple(sorted(item.get("streams", {}).get("SS", ()))),
        samples=samples
        or tuple(Sample(message="", log_group="", log_stream="", timestamp=0, event_id=i) for i in ids),
        held_back=held_back,
        version=int(item[VERSION]["N"]),
        **life_from_json(item[LIFE]["S"]),
    )


def sample_item(fingerprint: str, sample: Sample, expires: int) -> Item:
    """A redacted line."""
    return {
        **item(SAMPLE, key(Partition.INCIDENT.of(fingerprint), f"{SAMPLE}#{sample_name(sample)}"), expires),
        "sample": text(sample_to_json(sample)),
    }


def sample_name(sample: Sample) -> str:
    """CloudWatch's event id; where there is none, the line's time and stream."""
    return sample.event_id or f"{sample.timestamp}:{sample.log_stream}"


def held_back_of(items: Iterable[Item]) -> tuple[HeldBack, ...]:
    """What a flood folded, known roles first."""
    listed = (one["S"] for item in items if item[ITEM_KIND]["S"] == HELD_BACK for one in item["causes"]["L"])
    return tuple(
        sorted(
            (HeldBack(**known_fields(HeldBack, json.loads(one))) for one in listed),
            key=lambda cause: not cause.is_known,
        )
    )


def samples_of(items: Iterable[Item]) -> tuple[Sample, ...]:
    """The samples among the items, oldest first."""
    samples = (sample_from_json(item["sample"]["S"]) for item in items if item[ITEM_KIND]["S"] == SAMPLE)
    return tuple(sorted(samples, key=lambda sample: (sample.timestamp, sample.event_id)))


def turn_item(incident: Incident, expires: int) -> Item | None:
    """The outbox's item of the incident's last turn; None where it has none."""
    if incident.transition is None:
        return None
    turn = Turn(
        fingerprint=incident.fingerprint,
        generation=incident.generation,
        transition=incident.transition,
        turn=incident.turn,
        at=incident.transition_at,
    )
    return {
        **item(TURN, key(Partition.TURN.of(incident.fingerprint), f"{TURN}#{incident.turn:08d}"), expires),
        "message": text(turn_message(turn)),
    }


def day_of(hour: int) -> int:
    """The start of the day of an hour, in milliseconds since the epoch."""
    return hour - hour % DAY


def day_name(day: int) -> str:
    """As the sort key spells a day: it sorts by time."""
    return datetime.fromtimestamp(day / 1000, UTC).date().isoformat()
