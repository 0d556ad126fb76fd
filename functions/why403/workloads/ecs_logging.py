"""Whether a container writes to a log group: by its log driver, its router, or a logger inside the application.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from why403.workloads.clue import Clue
from why403.workloads.likeness import likeness
from why403.workloads.sighting import CERTAIN, CONFIGURED, GUESSED, LIKELY

STREAM_BONUS = 0.12
"""The stream's name speaks for this container too."""
STREAM_MALUS = 0.3
"""The stream's name speaks for another container."""
FIRELENS_GROUP_OPTIONS = ("log_group_name", "log-group-name", "awslogs-group", "log_group_template")
_TEMPLATE = re.compile(r"\$\([^)]{0,200}\)|\$\{[^}]{0,200}\}|\$[A-Za-z_.]{1,100}")


def writes_to(container: Mapping[str, Any], clue: Clue) -> float:
    """How surely this container definition writes to the clue's group and stream: 0 (no sign) to 1."""
    configured = container.get("logConfiguration")
    options = _texts(configured.get("options")) if isinstance(configured, Mapping) else {}
    driver = configured.get("logDriver") if isinstance(configured, Mapping) else ""
    if driver == "awslogs":
        return _by_driver(container, options, clue)
    if driver == "awsfirelens":
        return max(_by_router(container, options, clue), _by_application(container, clue))
    return _by_application(container, clue)


def _by_driver(container: Mapping[str, Any], options: Mapping[str, str], clue: Clue) -> float:
    group = options.get("awslogs-group", "")
    if group != clue.log_group:
        return _by_environment(container, clue)
    prefix = options.get("awslogs-stream-prefix", "")
    return _with_stream(CONFIGURED, container, clue, prefix_fits=not clue.prefix or clue.prefix == prefix)


def _by_router(container: Mapping[str, Any], options: Mapping[str, str], clue: Clue) -> float:
    for name in FIRELENS_GROUP_OPTIONS:
        group = options.get(name, "")
        if group == clue.log_group:
            return _with_stream(CONFIGURED, container, clue)
        if group and _TEMPLATE.search(group) and _fits_template(group, clue.log_group):
            return _with_stream(LIKELY, container, clue)
    return 0.0


def _with_stream(
    score: float, container: Mapping[str, Any], clue: Clue, *, prefix_fits: bool = True
) -> float:
    name = str(container.get("name", ""))
    if clue.container:
        fits = speaks_for(clue, name) and prefix_fits
        return min(CERTAIN, score + STREAM_BONUS) if fits else score - STREAM_MALUS
    return min(CERTAIN, score + STREAM_BONUS) if name and name == clue.log_stream else score


def speaks_for(clue: Clue, container: str) -> bool:
    """Whether the stream's name is one that the logs of `container` get."""
    return clue.container == container or (
        clue.routed and bool(container) and clue.container.endswith(container)
    )


def _by_application(container: Mapping[str, Any], clue: Clue) -> float:
    return max(_by_environment(container, clue), _by_name(container, clue))


def _by_environment(container: Mapping[str, Any], clue: Clue) -> float:
    return LIKELY if clue.log_group and clue.log_group in environment_of(container).values() else 0.0


def _by_name(container: Mapping[str, Any], clue: Clue) -> float:
    name = str(container.get("name", ""))
    return GUESSED if name and name == clue.log_stream and likeness(name, clue.log_group) > 0 else 0.0


def _fits_template(template: str, group: str) -> bool:
    literals = _TEMPLATE.split(template)
    pattern = ".+".join(re.escape(literal) for literal in literals)
    return len(literals) <= MOST_PARTS and any(literals) and re.fullmatch(pattern, group) is not None


MOST_PARTS = 6
"""A template of more placeholders could match anything, and slowly."""


def environment_of(container: Mapping[str, Any]) -> dict[str, str]:
    """The container's plain environment: names and values."""
    return {
        str(entry.get("name")): str(entry.get("value", ""))
        for entry in entries(container, "environment")
        if entry.get("name")
    }


def entries(container: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects in a container definition; what is no object is left out."""
    listed = container.get(name)
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return ()
    return tuple(entry for entry in listed if isinstance(entry, Mapping))


def _texts(options: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in options.items()} if isinstance(options, Mapping) else {}
