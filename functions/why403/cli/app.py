"""The command line: its commands, each loaded when it is called.

Click parses, completes and suggests what was meant: docs/decisions/0010. It is no part of the functions.
"""

import os
import sys
from importlib import import_module
from typing import Any

import click
from click.shell_completion import shell_complete

from why403 import __version__
from why403.cli import COMMANDS, STREAMS

NAME = "why403"
COMPLETE = "_WHY403_COMPLETE"
"""The variable in which a shell asks what could come next."""
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
EXAMPLES = """\
\b
examples:
  why403 explain --log-group scout-admin-dev 'An error occurred (AccessDenied) when calling ...'
  why403 scan --log-group scout-admin-dev --since 24h
  eval "$(why403 completion bash)"        in ~/.bashrc; zsh and fish are known too"""


class _Commands(click.Group):
    """The commands of COMMANDS; help tells of them all without loading any."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # Click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"why403.cli.{cmd_name}")
        found: click.Command = _stream(cmd_name, module) if cmd_name in STREAMS else module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=COMMANDS, ctx=ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _stream(name: str, module: Any) -> click.Command:  # noqa: ANN401  # a module has no static type
    """A stream's command: its options are flags that its `run` knows by name."""

    def command(**flags: bool) -> int:
        status: int = module.run([f"--{flag}" for flag, given in flags.items() if given])
        return status

    flags: dict[str, str] = getattr(module, "FLAGS", {})
    options: list[click.Parameter] = [
        click.Option([f"--{flag}"], is_flag=True, help=told) for flag, told in flags.items()
    ]
    return click.Command(name, callback=command, params=options, help=module.TOLD, epilog=module.EXAMPLES)


def run(arguments: list[str]) -> int:
    """Run what the arguments name, or answer the shell that asks what could come next.

    The exit status; 2 and a sentence where it cannot be called so.
    """
    asked = os.environ.get(COMPLETE)
    if asked:
        return shell_complete(app, {}, NAME, COMPLETE, asked)
    try:
        with app.make_context(NAME, list(arguments)) as context:
            return int(app.invoke(context) or 0)
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except click.exceptions.NoArgsIsHelpError as shown:
        print(shown.format_message())
        return 0
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code


@click.group(cls=_Commands, name=NAME, epilog=EXAMPLES, context_settings=SETTINGS)
@click.version_option(__version__, "-V", "--version", message="why403 %(version)s")
def app() -> None:
    """Say which policy answered 403, and the smallest change that makes it yes. It only reads."""
