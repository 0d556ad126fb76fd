"""`why403 fix`: the draft of a diagnosis as the smallest edit of the CloudFormation or SAM template that makes the role."""

import difflib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from why403.cli.app import ran
from why403.cli.evaluate import evaluate_line
from why403.cli.fix_template import Made, SourceTemplate, add_policy, policies_of, read_template
from why403.errors import SettingsError
from why403.notices.inert import inert, one_line

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template"})
PASSED = frozenset({"node_modules", "cdk.out", ".aws-sam", ".serverless", "build", "dist"})
"""Directories of generated code or of others', as all that begin with a dot: an edit there would be undone."""
LARGEST = 1_048_576
"""Bytes of a template that CloudFormation takes: quota `Template body size in an S3 object`."""
EXAMPLES = """\
\b
examples:
  why403 explain --json --log-group web 'An error occurred (AccessDenied) ...' | why403 fix --in .
  why403 open f3a1c0de --json | why403 fix --in infra --write
\b
exit status: 0 the edit is shown or written, 1 there is none: says why, 2 usage"""


class _NoEditError(Exception):
    """There is no edit to offer: why, and who could be meant."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a diagnosis offers for a role."""

    request: Mapping[str, Any]
    role: str
    logical_id: str
    policy_name: str
    document: Mapping[str, Any]
    risk: str


@dataclass(frozen=True, slots=True)
class _Owner:
    path: Path
    template: SourceTemplate
    made: Made


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
    """Edit the CloudFormation or SAM template that makes the denied role: one inline policy more, all else as it stands.

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


def _draft(told: Mapping[str, Any]) -> _Draft:
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
    if tool not in {"", "cloudformation"}:
        raise _NoEditError(
            f"The role's tags tell that {one_line(str(first['owner']))} makes it; "
            "only CloudFormation and SAM templates are edited yet."
        )
    logical_id = place.rpartition(" / ")[2]
    name = str(first.get("policy_name") or "why403")
    return _Draft(
        told.get("request") or {},
        target.rpartition("/")[2],
        logical_id,
        name,
        document,
        str(first.get("risk")),
    )


def _owner(directory: Path, draft: _Draft) -> _Owner:
    """The one resource that makes the role; what could be meant is told where it is not one."""
    found, unread = [], []
    for path in _files(directory):
        try:
            text = _text_of(path)
            template = read_template(text) if text else None
        except (SettingsError, UnicodeDecodeError, OSError) as error:
            why = str(error) if isinstance(error, SettingsError) else "it cannot be read as UTF-8"
            unread.append(f"Passed over {path.relative_to(directory)}: {why}.")
            continue
        found += [_Owner(path, template, made) for made in template.roles(draft.role)] if template else []
    chosen = [one for one in found if one.made.sure] or found
    if draft.logical_id:
        chosen = [
            one for one in chosen if draft.logical_id in {one.made.logical_id, f"{one.made.logical_id}Role"}
        ]
    if len(chosen) == 1:
        return chosen[0]
    lines = [f"  {_place(one, directory)}" for one in chosen or found]
    head = (
        f"{len(chosen)} places may make the role {draft.role}, so none was edited:"
        if chosen
        else f"No CloudFormation or SAM template in {directory} makes the role {draft.role}."
    )
    raise _NoEditError("\n".join([head, *lines, *unread]))


def _files(directory: Path) -> Iterator[Path]:
    for place, below, names in os.walk(directory, followlinks=False):
        below[:] = sorted(name for name in below if name not in PASSED and not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if Path(name).suffix.lower() in SUFFIXES)


def _text_of(path: Path) -> str:
    """A regular file's text with its line ends; empty for a link, a pipe or what is too large for a template."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return ""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
        data = opened.read(LARGEST + 1)
    return data.decode() if len(data) <= LARGEST else ""


def _edited(owner: _Owner, draft: _Draft, directory: Path, *, write: bool) -> int:
    before = owner.template.text
    try:
        after = add_policy(owner.template, owner.made, draft.policy_name, draft.document)
    except SettingsError as error:
        raise _NoEditError(
            f"{_place(owner, directory)} makes the role, and was not edited: {error}."
        ) from error
    if write:
        _write(owner.path, before, after)
        print(f"Edited {_place(owner, directory)}.")
    else:
        print(_diff(before, after, owner.path.relative_to(directory).as_posix()), end="")
    print(_proof(owner, draft, before, after), file=sys.stderr)
    if draft.risk == "high":
        print("The draft's risk is high: somebody who knows the role must look at it.", file=sys.stderr)
    return 0


def _place(owner: _Owner, directory: Path) -> str:
    made = owner.made
    how = "by its name" if made.sure else "by the form of its name"
    return f"{owner.path.relative_to(directory)}:{made.line} {made.logical_id} ({made.kind}, {how})"


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _proof(owner: _Owner, draft: _Draft, before: str, after: str) -> str:
    """What the template's own policies decide about the denied call, before and after."""
    said = []
    for text in (before, after):
        documents, whole = policies_of(text, owner.made.logical_id)
        if not whole:
            return "Not evaluated: the role has policies, or values in them, that only a deployment knows. The draft itself is proven."
        listed = [{"name": str(n), "document": one} for n, one in enumerate(documents)]
        line = json.dumps({"id": "", "request": draft.request, "policies": {"identity": listed}})
        said.append(str(evaluate_line(line).get("decision", "unknown")))
    return f"The role's policies in the template on the denied call: {said[0]} before, {said[1]} after."


def _write(path: Path, before: str, after: str) -> None:
    """Replace the file in one step, where it is still what was read."""
    if _text_of(path) != before:
        raise _NoEditError("The file was changed meanwhile: try again.")
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".why403-")
    with os.fdopen(handle, "wb") as written:
        written.write(after.encode())
    Path(made).chmod(stat.S_IMODE(path.stat().st_mode))
    Path(made).replace(path)
