"""An edit as a commit on a branch of its own, made with git; no hook and no monitor of the repository is run."""

import re
import shlex
import subprocess
from pathlib import Path

from why403.cli.fix_draft import NoEditError
from why403.errors import SettingsError
from why403.sources import checkout
from why403.sources.source_edit import Edit

QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "commit.gpgSign=false")
"""A repository may be anybody's: what its configuration would start is not started."""
NO_BRANCH = re.compile(r"[^A-Za-z0-9/_-]+")
"""What is left out of a branch's name: https://git-scm.com/docs/git-check-ref-format"""
LONGEST = 72
"""Letters of a commit's first line that tools show."""


def clean_checkout(path: Path) -> None:
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


def commit(edit: Edit, name: str, title: str, body: str) -> str:
    """Commit the edit to a new branch; how to propose it. NoEditError, and all as it was, where git refuses."""
    branch = NO_BRANCH.sub("-", name).strip("-/")
    title = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
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
        command = ["git", *QUIET, *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)  # noqa: S603  # no shell, and our own words
    except OSError as error:
        raise SettingsError(f"git cannot be started: {error}") from None
