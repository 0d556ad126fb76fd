"""The `why403` command: picks the command's file and hands it the rest."""

import os
import sys
from difflib import get_close_matches
from importlib import import_module

from why403 import __version__
from why403.cli import COMMANDS, USAGE
from why403.errors import SettingsError

USAGE_STATUS = 2
INTERRUPTED, NOBODY_READS = 130, 141
"""As shells count Ctrl-C and a closed pipe: 128 and the signal's number."""


def main() -> int:
    """Run the command that argv names; its exit status."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in {"-h", "--help"}:
        print(USAGE)  # noqa: T201  # a command prints
        return 0
    if name in {"-V", "--version"}:
        print(f"why403 {__version__}")  # noqa: T201  # a command prints
        return 0
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        print(f"why403: there is no command {name!r}.{meant}\n{USAGE}", file=sys.stderr)  # noqa: T201
        return USAGE_STATUS
    return _run(name, arguments)


def _run(name: str, arguments: list[str]) -> int:
    """The command's exit status; what ends it early becomes one as well, never a traceback."""
    try:
        run = import_module(f"why403.cli.{name}").run
        status = int(run(arguments))
        sys.stdout.flush()
    except SettingsError as error:
        print(f"why403 {name}: {error}", file=sys.stderr)  # noqa: T201
        return USAGE_STATUS
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # or Python's own flush at exit fails as well
        return NOBODY_READS
    return status


if __name__ == "__main__":
    sys.exit(main())
