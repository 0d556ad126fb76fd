"""`why403 completion`: the script that lets a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

from why403.cli.app import COMPLETE, NAME, app

EXAMPLES = """\
\b
bash   eval "$(why403 completion bash)"       in ~/.bashrc
zsh    eval "$(why403 completion zsh)"        in ~/.zshrc
fish   why403 completion fish | source        in ~/.config/fish/config.fish"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that lets SHELL complete commands and options."""
    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(app, {}, NAME, COMPLETE).source())
