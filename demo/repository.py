"""The application's repository in the demo: a CDK app that makes its roles, deployed, fixed by `why403 fix`, and checked."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from demo.deploy import DeployError, wait_for
from demo.emulator import ROOT, Emulator

STACK = "scout-admin-dev"
SAMPLE = Path(__file__).parent / "shop"


class Repository:
    """A checkout of the sample, in a folder of its own; the CDK is being loaded while other things begin."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.folder = Path(shutil.copytree(SAMPLE, folder / "shop"))
        self._out = folder
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        self._log = stack.enter_context((folder / "synthesis.log").open("w+"))
        self._cdk = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "demo.synthesizer"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
            )
        )

    @property
    def source(self) -> Path:
        """The file in which the roles stand."""
        return self.folder / "app.py"

    def assembly(self, name: str) -> Path:
        """Where the cloud assembly of this name is."""
        return self._out / name

    def synthesized(self, name: str) -> Path:
        """The cloud assembly of the app as it stands; DeployError where it fails."""
        out = self.assembly(name)
        if self._cdk.stdin is None or self._cdk.stdout is None:
            raise DeployError("The synthesizer has no pipes.")
        self._cdk.stdin.write(f"{out}\n")
        self._cdk.stdin.flush()
        if self._cdk.stdout.readline() != "done\n":
            self._log.seek(0)
            raise DeployError(f"The sample's CDK app failed:\n{self._log.read()[-2000:]}")
        return out

    def deploy(self, account: Emulator, out: Path, *, again: bool = False) -> None:
        """Create or update the stack, and wait for it."""
        cloudformation: Any = account.session().client("cloudformation", endpoint_url=account.endpoint)
        given = {
            "StackName": STACK,
            "TemplateBody": (out / f"{STACK}.template.json").read_text(),
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        if again:
            cloudformation.update_stack(**given)
            waits = {"Delay": 1, "MaxAttempts": 60}
            cloudformation.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig=waits)
        else:
            cloudformation.create_stack(**given)
            wait_for(cloudformation, STACK)

    def why403(self, account: Emulator, *arguments: str, ends: int = 0) -> str:
        """What the command prints, run in the checkout against the embedded account. DeployError where it ends otherwise."""
        ran = subprocess.run(
            [sys.executable, "-m", "why403", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "functions"), **account.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != ends:
            raise DeployError(f"why403 {arguments[0]} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        return ran.stdout
