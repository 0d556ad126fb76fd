"""`why403 fix`: the draft of a diagnosis as the smallest edit of the source that makes the role."""

import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from why403.cli.app import ran
from why403.cli.fix_branch import clean_checkout, commit
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


def run(arguments: list[str]) -> int:
    """Edit; the exit status."""
    return ran(command, "why403 fix", arguments)


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
    clean_checkout(edit.path)
    call = f"{draft.request.action} on {one_line(draft.request.resource)}"
    title = one_line(f"Let {draft.name} call {call}")
    incident = [f"why403 incident {told['incident']}"] if told.get("incident") else []
    facts = [
        f"{draft.name} was denied {call}, and its policies let it in with this statement.",
        *map(one_line, said),
        *incident,
    ]
    name = f"why403/{draft.name}-{draft.policy_name}"
    return commit(edit, name, title, "\n".join(facts))


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
