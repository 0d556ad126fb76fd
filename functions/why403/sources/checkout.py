"""A checkout that may be anybody's: its files are read and written, nothing outside it is, and no link in it is followed."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from why403.errors import SettingsError

PASSED = frozenset({"node_modules", "site-packages", "vendor", "cdk.out", "build", "dist"})
"""Directories of generated code or of others', as all that begin with a dot: an edit there would be undone."""
NO_FILE = "it is a link or no file, and is not followed"
LARGEST = 1_048_576
"""Bytes of a source: what CloudFormation takes of a template, quota `Template body size in an S3 object`."""


def files(directory: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    """The files that people write, in order of their names."""
    for place, below, names in os.walk(directory, followlinks=False):
        below[:] = sorted(name for name in below if name not in PASSED and not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(tuple(suffixes)))


def text_of(path: Path) -> str:
    """A regular file's text with its line ends. SettingsError tells why a file is not read: a link, a pipe, no text, too large."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise SettingsError(NO_FILE)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
            data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SettingsError(f"it has more than {LARGEST:,} bytes")
        return data.decode()
    except (UnicodeDecodeError, OSError):
        raise SettingsError("it cannot be read as UTF-8") from None


def write(path: Path, before: str, after: str) -> None:
    """Replace the file in one step. SettingsError where it is no longer what was read."""
    if text_of(path) != before:
        raise SettingsError("the file was changed meanwhile: try again")
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".why403-")
    with os.fdopen(handle, "wb") as written:
        written.write(after.encode())
    Path(made).chmod(stat.S_IMODE(path.stat().st_mode))
    Path(made).replace(path)
