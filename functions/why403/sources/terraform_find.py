"""What in a checkout's Terraform makes the role or resource that a draft is for."""

import re
from collections.abc import Iterator
from pathlib import Path

from why403.errors import SettingsError
from why403.sources.hcl import HclBlock, word
from why403.sources.planned import UNKNOWN
from why403.sources.source_edit import SourceDraft, may_be
from why403.sources.terraform import RESOURCE_POLICIES, arn_of
from why403.sources.terraform_source import Module, TerraformSources

MADE_BY_PROVIDER = r"[0-9]{18}[0-9a-f]{8}"
"""What the provider puts behind a name_prefix: a time and a counter, 26 letters in all."""


def owners(sources: TerraformSources) -> Iterator[tuple[Module, Path, HclBlock, bool]]:
    """What may make the draft's target; True where the source tells the name itself."""
    kind = kind_of(sources.draft)
    for module in sources.modules.values():
        for path, block in module.resources.values():
            if block.kind == "resource" and block.labels[0] == kind:
                sure = _named(sources, module, block)
                if sure is not None:
                    yield module, path, block, sure


def kind_of(draft: SourceDraft) -> str:
    """The kind of Terraform's resource that a draft is for; empty where none is edited."""
    if draft.layer != "resource":
        return "aws_iam_role"
    service = draft.target.split(":")[2]
    kinds = {
        kind
        for _, _, kind in RESOURCE_POLICIES.values()
        if arn_of(kind, "x").startswith(f"arn:aws:{service}:")
    }
    return kinds.pop() if len(kinds) == 1 else ""


def unread_modules(sources: TerraformSources, directory: Path) -> Iterator[str]:
    """What may make the target and is not read, in sentences."""
    for module in sources.modules.values():
        if module.broken:
            yield f"Passed over in {Path(module.directory).relative_to(directory)}: {module.broken}."
        for path, call in module.calls.values():
            if sources.called(module, call) not in sources.modules:
                where = f"{call.labels[0]} ({path.relative_to(directory)}:{call.line})"
                yield f"Not looked into: module {where}, which comes from {sources.source_of(call)}."
        for path, block in module.resources.values():
            if block.labels[0] != kind_of(sources.draft):
                continue
            where = f"{path.relative_to(directory)}:{block.line}"
            if block.kind == "data" and _named(sources, module, block):
                yield f"{where} only looks {sources.draft.name} up: it is made elsewhere."
            elif block.kind == "resource" and (written := _untold(sources, module, block)):
                yield f"{where} names it {written}, which is told elsewhere: if that is it, take the draft from `why403 explain`."


def _untold(sources: TerraformSources, module: Module, block: HclBlock) -> str:
    """The expression that names a resource of which nothing is known here; empty where something is."""
    node = block.attribute("bucket" if block.labels[0] == "aws_s3_bucket" else "name")
    is_told = node is None or module.broken or sources.value(module, block.source, node) != UNKNOWN
    return "" if is_told else word(block.source, node)


def _named(sources: TerraformSources, module: Module, block: HclBlock) -> bool | None:
    try:
        return _told(sources, module, block)
    except SettingsError as error:
        module.broken = str(error)
        return None


def _told(sources: TerraformSources, module: Module, block: HclBlock) -> bool | None:
    """True: the source tells this very name; False: it fits what the source tells; None: it is another."""
    key = "bucket" if block.labels[0] == "aws_s3_bucket" else "name"
    if block.attribute(key) is not None:
        return may_be(sources.draft.name, str(sources.value(module, block.source, block.attribute(key))))
    prefix = block.attribute(f"{key}_prefix")
    told = "terraform-" if prefix is None else str(sources.value(module, block.source, prefix))
    begun = ".*".join(map(re.escape, told.split(UNKNOWN)))
    return False if re.fullmatch(begun + MADE_BY_PROVIDER, sources.draft.name) else None
