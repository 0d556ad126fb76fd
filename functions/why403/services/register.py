"""Every declared service: each file of this folder that holds a SERVICE. A new one is a file here, and its cases."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from why403.iam.arn import SEGMENTS, Arn
from why403.iam.glob import overlap
from why403.iam.reference import resource_patterns
from why403.reads import DeclaredRead
from why403.services.declaration import Draft, NoDraft, Resource, Service, ServiceRead, literal_length
from why403.services.names import holder_of, parts_of
from why403.services.others import OTHERS


def _found() -> Iterator[tuple[str, Service]]:
    here = Path(__file__)
    for stem in sorted(path.stem for path in here.parent.glob("[a-z]*.py") if path != here):
        service = getattr(import_module(f"{__package__}.{stem}"), "SERVICE", None)
        if isinstance(service, Service):
            yield stem, service


BRACES = re.compile(r"\[[^\]]*\]|\{[^}]*\}")
"""What a template leaves open: a name, or a part that may be missing."""
BY_STEM: dict[str, Service] = dict(_found())
"""By the name of the file."""
SERVICES: tuple[Service, ...] = tuple(BY_STEM.values())
NAMED: tuple[Service, ...] = (*SERVICES, *OTHERS)
"""Those, too, of which no resource is declared."""


def reads_of(resource: Resource) -> tuple[DeclaredRead, ...]:
    """Every read that the resource may need, each once."""
    calls = (*resource.calls, *([resource.elsewhere] if isinstance(resource.elsewhere, ServiceRead) else []))
    listed = (resource.listed.read,) if resource.listed is not None else ()
    return tuple(dict.fromkeys((*(call.read for call in calls), *resource.reads, *listed)))


def has_policy(service: Service) -> bool:
    """Whether any of its resources has a policy that is read."""
    return any(each.draft is not NoDraft.NO_POLICY for each in service.resources)


@cache
def _by_arn_service() -> dict[str, tuple[Resource, ...]]:
    """The resources under each service part of ARNs, the most special first."""
    found: dict[str, list[Resource]] = {}
    for service in SERVICES:
        for resource in service.resources:
            found.setdefault(resource.service, []).append(resource)
    return {name: tuple(sorted(several, key=_least_literal)) for name, several in found.items()}


def _least_literal(resource: Resource) -> int:
    return -max(literal_length(template) for template in resource.templates)


def resource_of(arn: Arn) -> Resource | None:
    """The declared kind of resource that an ARN names."""
    several = _by_arn_service().get(arn.service, ())
    return next((each for each in several if parts_of(each, arn) is not None), None)


def is_declared(service: str) -> bool:
    """Whether any resource of this service part of ARNs is declared: all others of it carry no policy."""
    return service in _by_arn_service()


def _form(resource: Resource) -> str:
    return f"{resource.service}:{resource.kind}"


DRAFTS: dict[str, Draft] = {
    _form(each): each.draft
    for service in SERVICES
    for each in service.resources
    if isinstance(each.draft, Draft)
}
"""How a policy is attached, by its form: service and kind."""


def form_of(arn: Arn) -> str:
    """The form of the policy of the resource with this ARN; empty where we have no draft for one."""
    resource = resource_of(arn)
    return _form(resource) if resource is not None and isinstance(resource.draft, Draft) else ""


def holder_of_policy(arn: Arn) -> str:
    """The ARN of what holds the policy of a resource: an object's is its bucket's; as it is where not declared."""
    resource = resource_of(arn)
    return holder_of(resource, arn) if resource is not None else str(arn)


def listed_for(prefix: str, action: str) -> Resource | None:
    """What the actions of an IAM prefix, or just `action` where it is known, are done to; None where we list no such thing."""
    mine = (service for service in SERVICES if prefix in (service.prefix, *service.also))
    listed = (each for service in mine for each in service.resources if each.listed is not None)
    return next((each for each in listed if not action or _can_be_done_to(each, action)), None)


def _can_be_done_to(resource: Resource, action: str) -> bool:
    """Whether the action has an effect on such a thing, or on what lies in it; where nobody knows, too."""
    patterns = resource_patterns(action) or ()
    names = [pattern.split(":", SEGMENTS - 1)[-1] for pattern in patterns if pattern != "*"]
    own = [BRACES.sub("*", template) for template in resource.templates]
    return not names or any(overlap(name, each) for name in names for each in own)


@cache
def _kinds_in_arns() -> tuple[str, ...]:
    """What stands before the name in ARNs: `table/`."""
    templates = (each.templates for service in SERVICES for each in service.resources)
    starts = {template.partition("{")[0] for several in templates for template in several}
    return tuple(sorted(filter(None, starts), key=len, reverse=True))


def resource_name(arn: str) -> str:
    """What people call the resource: its ARN's last part behind the kind, slashes of a path kept."""
    resource = arn.split(":", 5)[-1]
    start = next((each for each in _kinds_in_arns() if resource.startswith(each)), "")
    return resource.removeprefix(start).removesuffix(":*") if start else resource
