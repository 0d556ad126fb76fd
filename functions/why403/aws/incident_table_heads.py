"""Incidents without their counts: created once, saved under a version, widened by what is seen."""

from collections.abc import Iterable, Mapping, Sequence

from why403.aws.incident_table_calls import Item, TableCalls
from why403.aws.incident_table_items import (
    head_item,
    incident_key,
    incident_of,
    number,
    sample_item,
    sample_name,
    text,
    turn_item,
)
from why403.incidents.hours import DAY
from why403.incidents.incident import Incident, Sample, State
from why403.incidents.incident_json import life_to_json
from why403.incidents.life_cycle import listed_as
from why403.incidents.table import MAX_SAMPLES, MAX_STREAMS
from why403.incidents.table_keys import (
    EXPIRES,
    INCIDENT,
    ITEM_KIND,
    LIFE,
    PARTITION_KEY,
    RECHECKED_KEY,
    SORT_KEY,
    UNRESOLVED_INDEX,
    UNRESOLVED_KEY,
    VERSION,
    Partition,
)


class Heads:
    """The items `incident` and `sample#…`, and the outbox's `turn#…`."""

    def __init__(self, calls: TableCalls, retention_days: int) -> None:
        self._calls = calls
        self._retention_ms = retention_days * DAY

    def many(self, fingerprints: Sequence[str]) -> Mapping[str, Incident]:
        """Those that exist."""
        items = self._calls.get_many([incident_key(fingerprint) for fingerprint in fingerprints])
        return {incident.fingerprint: incident for incident in map(incident_of, items)}

    def listed(self, listed_as: str, limit: int) -> Iterable[str]:
        """Fingerprints under that value of the index, least recently rechecked first."""
        pages = self._calls.pages(
            IndexName=UNRESOLVED_INDEX,
            KeyConditionExpression=f"{UNRESOLVED_KEY} = :watched",
            ExpressionAttributeValues={":watched": text(listed_as)},
            Limit=limit,
        )
        for number_, item in enumerate(pages, 1):
            yield item[PARTITION_KEY]["S"].removeprefix(Partition.INCIDENT)
            if number_ >= limit:
                return

    def every(self, begins: str) -> Iterable[str]:
        """Fingerprints of all incidents whose partition begins so. It reads the whole table: for a person, seldom."""
        pages = self._calls.pages(
            "scan",
            FilterExpression=f"#item = :incident AND begins_with({PARTITION_KEY}, :begins)",
            ExpressionAttributeNames={"#item": ITEM_KIND},
            ExpressionAttributeValues={
                ":incident": text(INCIDENT),
                ":begins": text(Partition.INCIDENT.of(begins)),
            },
            ProjectionExpression=PARTITION_KEY,
        )
        return (item[PARTITION_KEY]["S"].removeprefix(Partition.INCIDENT) for item in pages)

    def create(self, incident: Incident) -> bool:
        """Head, samples and first turn in one transaction; False where it exists."""
        expires = self._expires(incident.last_seen)
        head = {
            "Item": head_item(incident, expires),
            "ConditionExpression": f"attribute_not_exists({SORT_KEY})",
        }
        rest = [sample_item(incident.fingerprint, sample, expires) for sample in incident.samples]
        if (turn := turn_item(incident, expires)) is not None:
            rest.append(turn)
        return self._calls.transact(("Put", head), *(("Put", {"Item": item}) for item in rest))

    def save(self, incident: Incident, expected: Incident) -> bool:
        """The life cycle's part, and the turn where it rose; False where another saved in between."""
        change = _life_change(incident, expected)
        turn = (
            turn_item(incident, self._expires(incident.last_seen)) if incident.turn > expected.turn else None
        )
        if turn is None:
            key = change.pop("Key")
            return self._calls.update(key, **change)
        return self._calls.transact(("Update", change), ("Put", {"Item": turn}))

    def widen(self, incident: Incident, sample: Sample | None) -> None:
        """What does not widen the stored times, or finds no room, changes nothing: the conditions see to it."""
        key = incident_key(incident.fingerprint)
        expires = self._expires(incident.last_seen)
        self._calls.update(
            key,
            UpdateExpression=f"SET last_seen = :last, {EXPIRES} = :expires",
            ConditionExpression="last_seen < :last",
            ExpressionAttributeValues={":last": number(incident.last_seen), ":expires": number(expires)},
        )
        self._calls.update(
            key,
            UpdateExpression="SET first_seen = :first",
            ConditionExpression="first_seen > :first",
            ExpressionAttributeValues={":first": number(incident.first_seen)},
        )
        for stream in incident.streams:
            self._calls.update(key, **_member("streams", stream, MAX_STREAMS))
        if sample is not None:
            self._keep(incident.fingerprint, sample, expires)

    def _keep(self, fingerprint: str, sample: Sample, expires: int) -> None:
        member = {"Key": incident_key(fingerprint), **_member("sample_ids", sample_name(sample), MAX_SAMPLES)}
        self._calls.transact(("Update", member), ("Put", {"Item": sample_item(fingerprint, sample, expires)}))

    def _expires(self, last_seen: int) -> int:
        return (last_seen + self._retention_ms) // 1000


def _life_change(incident: Incident, expected: Incident) -> Item:
    values = {
        ":life": text(life_to_json(incident)),
        ":version": number(expected.version + 1),
        ":expected": number(expected.version),
        ":rechecked": number(incident.rechecked_at),
    }
    # A state that is not known here stays watched, or not, as the version that knows it has left it.
    watch = "" if incident.state is State.UNKNOWN else f" REMOVE {UNRESOLVED_KEY}"
    if listed := listed_as(incident):
        watch = f", {UNRESOLVED_KEY} = :watched"
        values[":watched"] = text(listed)
    return {
        "Key": incident_key(incident.fingerprint),
        "UpdateExpression": f"SET {LIFE} = :life, {VERSION} = :version, {RECHECKED_KEY} = :rechecked{watch}",
        "ConditionExpression": f"{VERSION} = :expected",
        "ExpressionAttributeValues": values,
    }


def _member(name: str, value: str, room: int) -> Item:
    """Add one text to a set that has room for it and does not hold it."""
    return {
        "UpdateExpression": "ADD #set :one",
        "ConditionExpression": "attribute_not_exists(#set) OR (NOT contains(#set, :value) AND size(#set) < :room)",
        "ExpressionAttributeNames": {"#set": name},
        "ExpressionAttributeValues": {":one": {"SS": [value]}, ":value": text(value), ":room": number(room)},
    }
