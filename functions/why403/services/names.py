"""Names and ARNs of declared resources: taken apart, made, and found in what AWS lists."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.arn import Arn
from why403.iam.place import Place
from why403.reads import Answer, Read
from why403.services.declaration import Listing, Parts, Resource, filled, pattern


def parts_of(resource: Resource, arn: Arn) -> Parts | None:
    """What fills the resource's templates; None where the ARN is not of this kind."""
    for template in resource.templates:
        found = pattern(template, resource.letters).match(arn.resource)
        if found is not None:
            named = {name: text or "" for name, text in found.groupdict().items()}
            place = {"partition": arn.partition, "region": arn.region, "account": arn.account}
            own, itself = (
                str(replace(arn, resource=_bare(each, named))) for each in (resource.templates[0], template)
            )
            more = resource.fills(arn) if resource.fills is not None else {}
            return {**named, **place, "called": str(arn), "arn": own, "itself": itself, **more}
    return None


def _bare(template: str, named: Parts) -> str:
    """The resource part without what may be missing: a function without its qualifier."""
    return filled(template.partition("[")[0], named)


def holder_of(resource: Resource, arn: Arn) -> str:
    """The ARN of what holds the policy of the resource that `arn` names."""
    return filled(resource.holder, parts_of(resource, arn) or {}) or str(arn)


def arn_of_name(resource: Resource, text: str, place: Place) -> str | None:
    """The ARN that a name, id, URL or ARN in a text means; None where it cannot be one of this kind."""
    if text.startswith("arn:"):
        return text if text.split(":")[2:3] == [resource.service] else None
    if resource.named is not None:
        return resource.named(text, place)
    return plain_arn(resource.arn, text, place, resource.letters)


def plain_arn(template: str, name: str, place: Place, letters: str) -> str | None:
    """The name put into the template, in our account and Region; None where it holds what no name may."""
    if not name or not all(char.isascii() and (char.isalnum() or char in letters) for char in name):
        return None
    service, _, kept = template.partition("[")[0].partition(":")
    return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{filled(kept, {'name': name})}"


def no_arn_of_a_name(text: str, place: Place) -> None:
    """For ARNs that hold something random or an id beside the name, or in its place."""
    del text, place


def arns_listed(resource: Resource, answer: Answer, place: Place) -> tuple[str, ...]:
    """The ARNs of what an answer of the resource's listing lists."""
    listed = resource.listed
    if listed is None:
        return ()
    entries: tuple[Mapping[str, Any], ...] = answer.items(*listed.within.split("."))
    if listed.names is not None:
        found = [listed.names(entry, place) for entry in entries]
        return tuple(arn for arn in found if arn)
    texts = _texts(listed, answer, entries)
    return tuple(arn for text in texts if text and (arn := arn_of_name(resource, text, place)))


def _texts(listed: Listing, answer: Answer, entries: tuple[Mapping[str, Any], ...]) -> tuple[str, ...]:
    if not listed.each:
        return answer.texts(*listed.within.split("."))
    return tuple(str(entry.get(listed.each) or "") for entry in entries)


def list_reads(resource: Resource, region: str) -> tuple[Read, ...]:
    """The reads of a Region's resources of this kind; none where they are not listed."""
    listed = resource.listed
    if listed is None:
        return ()
    there = "" if listed.global_ else region
    return (Read(listed.read, listed.parameters, there, pages=listed.pages),)
