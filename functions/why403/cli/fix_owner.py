"""Which place in a checkout makes what a draft is for: every format is asked, and one answer is needed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from why403.cli.fix_draft import NoEditError
from why403.errors import SettingsError
from why403.sources import checkout
from why403.sources.assembly import construct_paths, read_assembly
from why403.sources.cdk import CdkSources
from why403.sources.cdk_edit import CdkOwner
from why403.sources.cloudformation import DeployPlace
from why403.sources.code import LANGUAGES, Code, camel
from why403.sources.code_tree import read_code
from why403.sources.serverless import serverless_owners
from why403.sources.source_edit import SourceDraft, SourceOwner
from why403.sources.template_edit import source_template
from why403.sources.terraform_edit import TerraformOwner
from why403.sources.terraform_find import owners, unread_modules
from why403.sources.terraform_source import TerraformSources

TERRAFORM = (".tf", ".tf.json")
SERVICE = "serverless"
"""What the framework calls its file, whatever its suffix."""
CODE = tuple(LANGUAGES)
LARGEST = 64 * 1024 * 1024
"""Letters of a checkout's sources that are read at once; a large one has some ten million."""
MOST_TOLD = 20
"""Places that are not read or not known, told one by one: a screen."""
GENERATED = re.compile(
    r"@generated\b|\bgenerated\b.{0,200}\bdo not (?:edit|modify)\b|\bdo not (?:edit|modify)\b.{0,200}\bgenerated\b",
    re.IGNORECASE | re.DOTALL,
)
"""What tools write at the head of their files, as projen and protoc do."""
HEAD = 1_000
"""Letters of a file in which that is looked for."""
NOT_PROVEN = (
    "These come near, but no logical id proves it (a construct's path that is known in part needs --cdk-out):"
)
MARKS = ("aws_cdk", "aws-cdk", "'constructs'", '"constructs"', "from constructs", "import constructs")
"""What a file of the CDK's imports."""
COMPILED = {".js", ".mjs", ".cjs"}
"""What TypeScript's compiler writes."""
SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template", *TERRAFORM, *CODE})


def owner_of_draft(directory: Path, draft: SourceDraft, cdk_out: Path | None) -> SourceOwner:
    """The one place that makes it; what could be meant is told where it is not one."""
    texts, not_read = _texts(directory)
    found: list[SourceOwner] = []
    if draft.tool in {"", "cloudformation"}:
        found += _in_templates(texts, not_read, draft)
    codes = _codes(texts, not_read) if draft.tool != "terraform" else []
    found += _in_code(codes, draft, cdk_out)
    if draft.tool in {"", "cloudformation"}:
        found += _in_services(codes, texts, not_read, draft)
    unread = [f"Passed over {path.relative_to(directory)}: {why}." for path, why in sorted(not_read.items())]
    unread += [
        f"{code.path.relative_to(directory)}:{said}." for code in codes for said in _said_of(code, draft)
    ]
    if draft.tool in {"", "terraform"}:
        modules = TerraformSources(
            {path: text for path, text in texts.items() if path.name.endswith(TERRAFORM)},
            draft,
            {path: why for path, why in not_read.items() if path.name.endswith(TERRAFORM)},
        )
        found += [TerraformOwner(modules, *one) for one in owners(modules)]
        unread += unread_modules(modules, directory)
    chosen = [one for one in found if one.sure] or found
    if draft.logical_id:
        ids = {draft.logical_id, draft.logical_id.removesuffix("Role")}
        chosen = [one for one in chosen if one.address.split(" ")[0] in ids]
    if len(chosen) == 1:
        return chosen[0]
    lines = [f"  {place_of(one, directory)}" for one in chosen or found]
    head = (
        f"{len(chosen)} places may make {draft.name}, so none was edited:"
        if chosen
        else f"No CloudFormation, SAM or Serverless template, no CDK code and no Terraform in {directory} makes {draft.name}."
    )
    tags = [f"Its tags tell that {draft.owner} makes it."] if draft.owner and not chosen else []
    near = [NOT_PROVEN] if lines and not chosen else []
    rest = [f"… and {len(unread) - MOST_TOLD} more."] if len(unread) > MOST_TOLD else []
    raise NoEditError("\n".join([head, *tags, *near, *lines, *unread[:MOST_TOLD], *rest]))


def _in_templates(
    texts: Mapping[Path, str], not_read: dict[Path, str], draft: SourceDraft
) -> Iterator[SourceOwner]:
    for path in [path for path in texts if not path.name.endswith((*TERRAFORM, *CODE))]:
        try:
            template = source_template(texts[path])
            serverless = list(serverless_owners(path, texts[path], draft)) if template is None else []
        except SettingsError as error:
            not_read[path] = str(error)
            continue
        for each in template.values["Resources"] if template else ():
            if str(each).startswith("Fn::ForEach"):
                not_read[path] = f"what its {each} makes is not read"
        yield from template.owners(draft, path) if template else serverless


def _codes(texts: Mapping[Path, str], not_read: dict[Path, str]) -> list[Code]:
    found = []
    for path in [path for path in texts if path.name.endswith(CODE)]:
        try:
            found.append(read_code(path, texts[path]))
        except SettingsError as error:
            not_read[path] = str(error)
    return found


def _in_services(
    codes: Sequence[Code], texts: Mapping[Path, str], not_read: dict[Path, str], draft: SourceDraft
) -> Iterator[SourceOwner]:
    """Services that are written as code."""
    for path in [code.path for code in codes if code.path.stem == SERVICE]:
        try:
            yield from serverless_owners(path, texts[path], draft)
        except SettingsError as error:
            not_read[path] = str(error)


def _in_code(codes: Sequence[Code], draft: SourceDraft, cdk_out: Path | None) -> Iterator[SourceOwner]:
    if codes:
        place = DeployPlace(
            account=draft.account,
            partition=draft.partition,
            physical={draft.logical_id: draft.name} if draft.logical_id else {},
            seen=frozenset({draft.name}),
        )
        paths = construct_paths(cdk_out, draft.stack) if cdk_out else {}
        assembly = read_assembly(cdk_out, place, draft.stack) if cdk_out else None
        sources = CdkSources(codes, paths, draft.stack)
        yield from (CdkOwner(sources, each, assembly) for each in sources.found(draft))


def _texts(directory: Path) -> tuple[dict[Path, str], dict[Path, str]]:
    """(The sources' texts, why others are not read)."""
    texts, unread, letters = {}, {}, 0
    for path in checkout.files(directory, SUFFIXES):
        try:
            text = checkout.text_of(path)
            if GENERATED.search(text[:HEAD]):
                unread[path] = "it says that it is generated: an edit there would be undone"
            elif not path.name.endswith(CODE) or _is_cdk(path, text) or path.stem == SERVICE:
                texts[path] = text
                letters += len(text)
        except SettingsError as error:
            unread[path] = str(error)
        if letters > LARGEST:
            raise NoEditError(
                f"{directory} has more than {LARGEST:,} letters of sources: give the part that makes the role."
            )
    return texts, unread


def place_of(owner: SourceOwner, directory: Path) -> str:
    """Where it stands, and how that is known."""
    how = "by its name" if owner.sure else "by the form of its name"
    return f"{owner.path.relative_to(directory)}:{owner.line} {owner.address}, {how}"


def _is_cdk(path: Path, text: str) -> bool:
    """Whether a file may hold the CDK's constructs: declarations and what a compiler wrote are no code of people."""
    if path.suffix in COMPILED and ("__esModule" in text or path.with_suffix(".ts").exists()):
        return False
    return not path.name.endswith(".d.ts") and any(each in text for each in MARKS)


def _said_of(code: Code, draft: SourceDraft) -> Iterator[str]:
    """What a file tells of the draft's role though nothing there is edited, in words that follow `shop.py:7`."""
    for call in code.calls:
        method = call.name.rpartition(".")[2]
        given = [call.named.get("roleName"), call.named.get("roleArn"), *call.positional[1:]]
        told = {str(code.value(each)).rpartition("/")[2] for each in given if each is not None}
        line = int(call.node.start_point[0]) + 1
        if draft.name in told and camel(method) in {"fromRoleName", "fromRoleArn"}:
            yield f"{line} only looks {draft.name} up: it is made elsewhere"
