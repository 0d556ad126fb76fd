"""Whether a container writes to a log group: by its log driver, its router, or a logger inside the application.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.workloads.answer_values import environment_of
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import CERTAIN, CONFIGURED, GUESSED, LIKELY

STREAM_BONUS = 0.12
"""The stream's name speaks for this container too."""
STREAM_MALUS = 0.3
"""The stream's name speaks for another container."""
FIRELENS_GROUP_OPTIONS = ("log_group_name", "log-group-name", "awslogs-group", "log_group_template")
GROUP_OPTIONS = frozenset(FIRELENS_GROUP_OPTIONS) - {"log_group_template"}
_LOGGER_VARIABLE = re.compile(r"LOG|CLOUDWATCH", re.IGNORECASE)
"""Variables by which loggers inside applications are told their group: LOG_GROUP, CLOUDWATCH_LOG_NAME and the like."""
_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
"""What CloudWatch Logs takes for a group's name."""
_TEMPLATE = re.compile(r"\$\([^)]{0,200}\)|\$\{[^}]{0,200}\}|\$[A-Za-z_.]{1,100}")
"""fluent-bit's and FireLens's variables in a group's name: `$(ecs_cluster)`, `${TAG}`, `$kubernetes.namespace_name`."""


def writes_to(container: Mapping[str, Any], origin: LogOrigin) -> float:
    """How surely this container definition writes to the origin's group and stream: 0 (no sign) to 1."""
    configured = container.get("logConfiguration")
    options = _texts(configured.get("options")) if isinstance(configured, Mapping) else {}
    driver = configured.get("logDriver") if isinstance(configured, Mapping) else ""
    if driver == "awslogs":
        return _by_driver(container, options, origin)
    if driver == "awsfirelens":
        return max(_by_router(container, options, origin), _by_application(container, origin))
    return _by_application(container, origin)


def _by_driver(container: Mapping[str, Any], options: Mapping[str, str], origin: LogOrigin) -> float:
    group = options.get("awslogs-group", "")
    if group != origin.log_group:
        return _by_environment(container, origin)
    prefix = options.get("awslogs-stream-prefix", "")
    return _with_stream(
        CONFIGURED, container, origin, prefix_fits=not origin.prefix or origin.prefix == prefix
    )


def _by_router(container: Mapping[str, Any], options: Mapping[str, str], origin: LogOrigin) -> float:
    for name in FIRELENS_GROUP_OPTIONS:
        group = options.get(name, "")
        if group == origin.log_group:
            return _with_stream(CONFIGURED, container, origin)
        if group and _TEMPLATE.search(group) and fits_template(group, origin.log_group):
            return _with_stream(LIKELY, container, origin)
    return 0.0


def routes_anywhere(container: Mapping[str, Any]) -> bool:
    """Its router's settings lie in a file, where no AWS API reads to which groups it writes."""
    firelens = container.get("firelensConfiguration")
    options = _texts(firelens.get("options")) if isinstance(firelens, Mapping) else {}
    return bool(options.get("config-file-value"))


def _with_stream(
    score: float, container: Mapping[str, Any], origin: LogOrigin, *, prefix_fits: bool = True
) -> float:
    name = str(container.get("name", ""))
    if origin.container:
        fits = speaks_for(origin, name) and prefix_fits
        return min(CERTAIN, score + STREAM_BONUS) if fits else score - STREAM_MALUS
    return min(CERTAIN, score + STREAM_BONUS) if name and name == origin.log_stream else score


def speaks_for(origin: LogOrigin, container: str) -> bool:
    """Whether the stream's name is one that the logs of `container` get."""
    return origin.container == container or (
        origin.routed and bool(container) and origin.container.endswith(container)
    )


def _by_application(container: Mapping[str, Any], origin: LogOrigin) -> float:
    return max(_by_environment(container, origin), _by_name(container, origin))


def _by_environment(container: Mapping[str, Any], origin: LogOrigin) -> float:
    return LIKELY if origin.log_group and origin.log_group in environment_of(container).values() else 0.0


def _by_name(container: Mapping[str, Any], origin: LogOrigin) -> float:
    name = str(container.get("name", ""))
    return GUESSED if name and name == origin.log_stream and likeness(name, origin.log_group) > 0 else 0.0


def groups_of(container: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups that its settings name: its log driver's, its router's, and what its logger's variables hold."""
    named = [
        group
        for name, group in _options(container).items()
        if name in GROUP_OPTIONS and not _TEMPLATE.search(group)
    ]
    told = [value for name, value in environment_of(container).items() if _LOGGER_VARIABLE.search(name)]
    return tuple(dict.fromkeys(group for group in (*named, *told) if _GROUP.fullmatch(group)))


def templates_of(container: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups that its router makes of a template."""
    options = _options(container)
    return tuple(options[name] for name in FIRELENS_GROUP_OPTIONS if _TEMPLATE.search(options.get(name, "")))


def _options(container: Mapping[str, Any]) -> dict[str, str]:
    configured = container.get("logConfiguration")
    return _texts(configured.get("options")) if isinstance(configured, Mapping) else {}


def fits_template(template: str, group: str) -> bool:
    """Whether a router may make this group of the template."""
    literals = _TEMPLATE.split(template)
    pattern = ".+".join(re.escape(literal) for literal in literals)
    return len(literals) <= MOST_PARTS and any(literals) and re.fullmatch(pattern, group) is not None


MOST_PARTS = 6
"""A template of more placeholders could match anything, and slowly."""


def _texts(options: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in options.items()} if isinstance(options, Mapping) else {}
