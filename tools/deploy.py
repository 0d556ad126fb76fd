"""`make deploy`: look before, then let the CDK deploy. Arguments go to `cdk deploy`.

Concurrency is reserved where the account has it to spare: new accounts have ten executions in all.
"""

import os
import subprocess
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from why403.errors import Why403Error

from infra.function import RESERVE
from infra.settings import Settings
from tools.preflight import BLOCKED, examine, settings_to_deploy
from tools.preflight_checks import can_reserve

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CDK = (str(BIN / "node"), str(ROOT / "tools" / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"))
"""As tools/cdk.sh puts it there, by its lockfile."""
OTHERS = frozenset({"bootstrap", "destroy"})
"""What else is asked of the CDK, without a look before."""


def command(settings: Settings, arguments: list[str]) -> list[str]:
    """The CDK's own command, with the stack's parameter."""
    return cdk("deploy", "--parameters", f"{RESERVE}={'yes' if _reserves(settings) else 'no'}", *arguments)


def cdk(*arguments: str) -> list[str]:
    """A command of the CDK's, with the app run by this Python."""
    return [*CDK, "--app", f"{sys.executable} app.py", *arguments]


def _reserves(settings: Settings) -> bool:
    """The preflight said already where this could not be asked."""
    try:
        return can_reserve(settings)
    except (BotoCoreError, ClientError):
        return True


def main(arguments: list[str]) -> int:
    """The CDK's exit status, or 1 where the preflight found that it would fail."""
    if OTHERS & {*arguments[:1]}:
        return _run(cdk(*arguments))
    try:
        settings = settings_to_deploy(arguments)
        if not examine(settings):
            return BLOCKED
    except Why403Error as error:
        print(error, file=sys.stderr)
        return BLOCKED
    return _run(command(settings, arguments))


def _run(command: list[str]) -> int:
    """With this Python's Node before the machine's own."""
    environment = {**os.environ, "PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", "")))}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603  # the CDK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
