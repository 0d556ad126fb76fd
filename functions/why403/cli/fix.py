"""`why403 fix`: the draft of a diagnosis as the smallest edit of the source that makes the role."""

import difflib
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from why403.cli.fix_draft import DiagnosisSource, NoEditError, draft_of, told_by
from why403.cli.fix_owner import owner_of_draft, place_of
from why403.cli.options import credentials, of_stack
from why403.errors import SettingsError
from why403.notices.inert import inert, one_line
from why403.sources import checkout
from why403.sources.source_edit import Edit, SourceDraft, SourceOwner, proved

EXAMPLES = """\
\b
examples:
  why403 fix f3a1c0de --in infra
  why403 fix --log-group web --line 'An error occurred (AccessDenied) ...' --in . --write
  why403 explain --json --log-group web 'An error ...' | why403 fix - --in . --branch
\b
exit status: 0 the edit is shown or made, 1 there is none: says why, 2 usage, 3 nothing could be read"""
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "commit.gpgSign=false")
"""A repository may be anybody's: what its configuration would start is not started."""
_NO_BRANCH = re.compile(r"[^A-Za-z0-9/_-]+")
"""What is left out of a branch's name: https://git-scm.com/docs/git-check-ref-format"""
_LONGEST = 72
"""Letters of a commit's first line that tools show."""


@click.command("fix", epilog=EXAMPLES)
@click.argument("incident", default="-")
@click.option(
    "--line", default="", help="A log event, instead of an incident: diagnosed first, as `explain` does."
)
@click.option("--log-group", default="", help="Where the line stands.")
@click.option("--log-stream", default="", help="Its stream.")
@click.option(
    "--in",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The checkout to look in. Nothing outside it is read or written, and no link in it is followed.",
)
@click.option(
    "--cdk-out",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="What cdk synth wrote: tells which construct makes the role, and what else it may. The app itself is never run.",
)
@click.option("--write", is_flag=True, help="Edit the file; without, the edit is shown as a unified diff.")
@click.option(
    "--branch", is_flag=True, help="Commit the edit to a new branch; refused where anything is uncommitted."
)
@of_stack
@credentials
def command(
    incident: str,
    line: str,
    log_group: str,
    log_stream: str,
    directory: Path,
    cdk_out: Path | None,
    stack: str,
    region: str,
    *,
    write: bool,
    branch: bool,
) -> int:
    """Edit the Terraform, CloudFormation, SAM, CDK or Serverless that makes the denied role, all else as it stands.

    INCIDENT is an id, or how it begins, of a deployed why403; or a file that holds what `why403 explain --json`
    writes; or -, for standard input.
    """
    asked = DiagnosisSource(
        diagnosis=incident, line=line, log_group=log_group, log_stream=log_stream, stack=stack, region=region
    )
    try:
        told = told_by(asked)
        draft = draft_of(told)
        inside = directory.resolve()
        owner = owner_of_draft(inside, draft, cdk_out)
        edit, said = _edited(owner, draft, inside)
        print("\n".join(map(one_line, said)), file=sys.stderr)
        if branch:
            print(_committed(told, draft, edit, said))
        elif write:
            checkout.write(edit.path, edit.before, edit.after)
            print(f"Edited {edit.path.relative_to(inside).as_posix()}: {place_of(owner, inside)}.")
        else:
            print(_diff(edit.before, edit.after, edit.path.relative_to(inside).as_posix()), end="")
    except NoEditError as error:
        print(inert(str(error)), file=sys.stderr)
        return 1
    return 0


def _edited(owner: SourceOwner, draft: SourceDraft, directory: Path) -> tuple[Edit, list[str]]:
    """(The edit, what a reviewer must know)."""
    try:
        edit = owner.edited(draft)
        before, after = (owner.planned(edit.path, text, draft) for text in (edit.before, edit.after))
        said = [*edit.notes, *proved(before, after, draft)]
    except SettingsError as error:
        place = place_of(owner, directory)
        raise NoEditError(f"{place} was not edited: {error}.") from error
    if draft.risk == "high":
        said.append("The draft's risk is high: somebody who knows the role must look at it.")
    return edit, said


def _committed(told: Mapping[str, Any], draft: SourceDraft, edit: Edit, said: Sequence[str]) -> str:
    """The edit on a branch of its own; how to propose it."""
    _clean_checkout(edit.path)
    call = f"{draft.request.action} on {one_line(draft.request.resource)}"
    title = one_line(f"Let {draft.name} call {call}")
    incident = [f"why403 incident {told['incident']}"] if told.get("incident") else []
    facts = [
        f"{draft.name} was denied {call}, and its policies let it in with this statement.",
        *map(one_line, said),
        *incident,
    ]
    name = f"why403/{draft.name}-{draft.policy_name}"
    return _commit(edit, name, title, "\n".join(facts))


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _clean_checkout(path: Path) -> None:
    """NoEditError where the file is in no git checkout, is not in its history, or anything is uncommitted."""
    if _git(path, "rev-parse", "--is-inside-work-tree").stdout.strip() != "true":
        raise NoEditError(f"{path.parent} is in no git checkout: --write edits the file alone.")
    if _git(path, "ls-files", "--error-unmatch", "--", path.name).returncode:
        raise NoEditError(f"{path.name} is not in git's history: add and commit it first.")
    changed = _git(path, "status", "--porcelain", "--untracked-files=no").stdout.splitlines()
    if changed:
        raise NoEditError(
            f"{len(changed)} files are not committed: commit or stash them first ({changed[0].strip()})."
        )


def _commit(edit: Edit, name: str, title: str, body: str) -> str:
    """Commit the edit to a new branch; how to propose it. NoEditError, and all as it was, where git refuses."""
    branch = _NO_BRANCH.sub("-", name).strip("-/")
    title = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
    made = _git(edit.path, "checkout", "--quiet", "-b", branch)
    if made.returncode:
        raise NoEditError(f"The branch {branch} was not made: {_last(made)}")
    try:
        checkout.write(edit.path, edit.before, edit.after)
    except SettingsError as error:
        raise NoEditError(_back(edit.path, branch, str(error))) from error
    saved = _git(edit.path, "commit", "--quiet", "-m", title, "-m", body, "--", edit.path.name)
    if saved.returncode:
        checkout.write(edit.path, edit.after, edit.before)
        raise NoEditError(_back(edit.path, branch, _last(saved)))
    propose = shlex.join(["gh", "pr", "create", "--head", branch, "--title", title, "--body", body])
    return f"Committed to {branch}. To propose it:\n  git push -u origin {branch}\n  {propose}"


def _back(path: Path, branch: str, why: str) -> str:
    _git(path, "checkout", "--quiet", "-")
    _git(path, "branch", "--quiet", "-D", branch)
    return f"Nothing was committed: {why}"


def _last(done: "subprocess.CompletedProcess[str]") -> str:
    return (done.stderr.strip().splitlines() or ["git said nothing"])[-1]


def _git(path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run git where the file is. SettingsError where there is no git."""
    try:
        command = ["git", *_QUIET, *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)  # noqa: S603  # no shell, and our own words
    except OSError as error:
        raise SettingsError(f"git cannot be started: {error}") from None
