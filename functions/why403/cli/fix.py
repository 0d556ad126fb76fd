"""`why403 fix`: the draft of a diagnosis as the smallest edit of the Terraform, CloudFormation or SAM that makes the role."""

import difflib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from why403.cli.app import ran
from why403.cli.evaluate import read_request
from why403.errors import SettingsError
from why403.iam.arn import parse_arn
from why403.notices.inert import inert, one_line
from why403.sources import checkout
from why403.sources.source_edit import RoleDraft, SourceRole, proved
from why403.sources.template_edit import source_template
from why403.sources.terraform_edit import TerraformRole
from why403.sources.terraform_source import TerraformSources

TERRAFORM = (".tf", ".tf.json")
SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template", *TERRAFORM})
EXAMPLES = """\
\b
examples:
  why403 explain --json --log-group web 'An error occurred (AccessDenied) ...' | why403 fix --in .
  why403 open f3a1c0de --json | why403 fix --in infra --write
\b
exit status: 0 the edit is shown or written, 1 there is none: says why, 2 usage"""


class _NoEditError(Exception):
    """There is no edit to offer: why, and who could be meant."""


@click.command("fix", epilog=EXAMPLES)
@click.argument("diagnosis", type=click.File("r", encoding="utf-8"), default="-")
@click.option(
    "--in",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The checkout to look in. Nothing outside it is read or written, and no link in it is followed.",
)
@click.option("--write", is_flag=True, help="Edit the file; without, the edit is shown as a unified diff.")
def command(diagnosis: Any, directory: Path, *, write: bool) -> int:  # noqa: ANN401  # Click's file
    """Edit the Terraform, CloudFormation or SAM that makes the denied role: one statement more, all else as it stands.

    DIAGNOSIS is what `why403 explain --json` or `open --json` writes, in a file or on standard input.
    """
    try:
        draft = _draft(_read(diagnosis))
        owner = _owner(directory.resolve(), draft)
        return _edited(owner, draft, directory.resolve(), write=write)
    except _NoEditError as error:
        print(inert(str(error)), file=sys.stderr)
        return 1


def run(arguments: list[str]) -> int:
    """Edit; the exit status."""
    return ran(command, "why403 fix", arguments)


def _read(diagnosis: Any) -> Mapping[str, Any]:  # noqa: ANN401
    try:
        told = [json.loads(line) for line in diagnosis.read().splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise SettingsError("A diagnosis is what `why403 explain --json` writes; this is no JSON.") from error
    if len(told) != 1 or not isinstance(told[0], dict):
        raise SettingsError(
            f"Give one diagnosis, as `why403 explain --json` writes it; here are {len(told)}."
        )
    return told[0]


def _draft(told: Mapping[str, Any]) -> RoleDraft:
    """The first draft, where it alone mends the denial, is proven, and is for a role."""
    remedies = [one for one in told.get("remedies") or [] if isinstance(one, dict)]
    if not remedies:
        raise _NoEditError("The diagnosis has no draft: there is nothing to write into a source.")
    first = remedies[0]
    if first.get("kind") == "playbook" or (told.get("decision") or {}).get("decision") == "explicit-deny":
        raise _NoEditError(
            "No edit mends this: the diagnosis has a playbook for people. See `why403 explain`."
        )
    together = [one for one in remedies if one.get("set") == first.get("set")]
    target, document = str(first.get("target") or ""), first.get("policy_document")
    if len(together) != 1:
        raise _NoEditError(
            "Several changes are needed together; this command makes only one. See `why403 explain`."
        )
    if first.get("proven") is not True or first.get("kind") != "grant" or not isinstance(document, dict):
        raise _NoEditError(
            "The draft is not proven, so it is not written: see `why403 explain` for what is missing."
        )
    if first.get("layer") != "identity" or ":role/" not in target:
        raise _NoEditError(
            f"Only a role's own policies are edited yet; this draft is for {one_line(target)}."
        )
    tool, _, place = str(first.get("owner") or "").partition(": ")
    if tool not in {"", "cloudformation", "terraform"}:
        raise _NoEditError(
            f"The role's tags tell that {one_line(str(first['owner']))} makes it; "
            "only Terraform, CloudFormation and SAM templates are edited yet."
        )
    arn = parse_arn(target)
    try:
        request = read_request(told["request"])
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"The diagnosis tells no call as `why403 explain --json` does: {error}") from None
    stack, _, logical_id = place.rpartition(" / ") if tool == "cloudformation" else (place, "", "")
    return RoleDraft(
        owner=one_line(str(first.get("owner") or "")),
        tool=tool,
        request=request,
        role=target.rpartition("/")[2],
        account=arn.account if arn else "",
        partition=arn.partition if arn else "aws",
        stack=stack,
        logical_id=logical_id,
        policy_name=str(first.get("policy_name") or "why403"),
        document=document,
        risk=str(first.get("risk")),
    )


def _owner(directory: Path, draft: RoleDraft) -> SourceRole:
    """The one place that makes the role; what could be meant is told where it is not one."""
    texts, unread = _texts(directory)
    found: list[SourceRole] = []
    for path, text in texts.items():
        try:
            template = None if path.name.endswith(TERRAFORM) else source_template(text)
        except SettingsError as error:
            unread.append(f"Passed over {path.relative_to(directory)}: {error}.")
            continue
        found += template.roles(draft, path) if template and draft.tool != "terraform" else []
    if draft.tool != "cloudformation":
        modules = TerraformSources(
            {path: text for path, text in texts.items() if path.name.endswith(TERRAFORM)}, draft
        )
        found += [TerraformRole(modules, *one) for one in modules.roles()]
        unread += modules.unread(directory)
    chosen = [one for one in found if one.sure] or found
    if draft.logical_id:
        ids = {draft.logical_id, draft.logical_id.removesuffix("Role")}
        chosen = [one for one in chosen if one.address.split(" ")[0] in ids]
    if len(chosen) == 1:
        return chosen[0]
    lines = [f"  {_place(one, directory)}" for one in chosen or found]
    head = (
        f"{len(chosen)} places may make the role {draft.role}, so none was edited:"
        if chosen
        else f"No CloudFormation or SAM template and no Terraform in {directory} makes the role {draft.role}."
    )
    tags = [f"The role's tags tell that {draft.owner} makes it."] if draft.owner and not chosen else []
    raise _NoEditError("\n".join([head, *tags, *lines, *unread]))


def _texts(directory: Path) -> tuple[dict[Path, str], list[str]]:
    """(The sources' texts, what could not be read)."""
    texts, unread = {}, []
    for path in checkout.files(directory, SUFFIXES):
        try:
            texts[path] = checkout.text_of(path)
        except (UnicodeDecodeError, OSError):
            unread.append(f"Passed over {path.relative_to(directory)}: it cannot be read as UTF-8.")
    return texts, unread


def _edited(owner: SourceRole, draft: RoleDraft, directory: Path, *, write: bool) -> int:
    place = _place(owner, directory)
    try:
        edit = owner.edited(draft)
        before, after = (owner.planned(edit.path, text, draft) for text in (edit.before, edit.after))
        said = [*edit.notes, *proved(before, after, draft)]
        if write:
            checkout.write(edit.path, edit.before, edit.after)
    except SettingsError as error:
        raise _NoEditError(f"{place} makes the role, and was not edited: {error}.") from error
    name = edit.path.relative_to(directory).as_posix()
    print(f"Edited {name}: {place}.\n" if write else _diff(edit.before, edit.after, name), end="")
    if draft.risk == "high":
        said.append("The draft's risk is high: somebody who knows the role must look at it.")
    print("\n".join(map(one_line, said)), file=sys.stderr)
    return 0


def _place(owner: SourceRole, directory: Path) -> str:
    how = "by its name" if owner.sure else "by the form of its name"
    return f"{owner.path.relative_to(directory)}:{owner.line} {owner.address}, {how}"


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
