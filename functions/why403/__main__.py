"""The `why403` command: picks the command's file and hands it the rest."""

import sys
from importlib import import_module

from why403 import __version__
from why403.cli import COMMANDS, USAGE

USAGE_STATUS = 2


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
        print(f"why403: there is no command {name!r}.\n{USAGE}", file=sys.stderr)  # noqa: T201
        return USAGE_STATUS
    run = import_module(f"why403.cli.{name}").run
    return int(run(arguments))


if __name__ == "__main__":
    sys.exit(main())
