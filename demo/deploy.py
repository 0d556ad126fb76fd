"""Deploy the real, synthesized template to the embedded account: what `cdk deploy` does, without its command.

https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from demo.emulator import ACCOUNT, ROOT, Emulator

QUALIFIER = "hnb659fds"
BOOTSTRAP_VERSION = "30"
POLLS_FOR = 120
"""Seconds, a poll each: the embedded account takes some ten, a machine that is busy several times that."""


class DeployError(Exception):
    """Synthesis or deployment failed: says what AWS, or the CDK, said."""


def synthesize(settings: Mapping[str, Any], out: Path) -> Path:
    """Run the CDK app with these settings; the folder that holds template and assets."""
    environment = os.environ | {
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps({"why403": dict(settings)}),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    ran = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise DeployError(f"The CDK app failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}")
    return out


def deploy(account: Emulator, out: Path, stack: str = "why403") -> dict[str, str]:
    """Upload the assets, create the stack, wait for it; its outputs by key. DeployError where it fails."""
    session = account.session()
    s3: Any = session.client("s3", endpoint_url=account.endpoint)
    bucket = f"cdk-{QUALIFIER}-assets-{ACCOUNT}-{account.region}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    session.client("ssm", endpoint_url=account.endpoint).put_parameter(
        Name=f"/cdk-bootstrap/{QUALIFIER}/version", Value=BOOTSTRAP_VERSION, Type="String"
    )
    _upload(s3, bucket, out, stack)
    cloudformation = session.client("cloudformation", endpoint_url=account.endpoint)
    cloudformation.create_stack(
        StackName=stack,
        TemplateURL=f"{account.endpoint}/{bucket}/{stack}.template.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    return wait_for(cloudformation, stack)


def _upload(s3: Any, bucket: str, out: Path, stack: str) -> None:  # noqa: ANN401  # a boto3 client
    s3.upload_file(str(out / f"{stack}.template.json"), bucket, f"{stack}.template.json")
    manifest = json.loads((out / f"{stack}.assets.json").read_text())
    for asset in manifest["files"].values():
        path = out / asset["source"]["path"]
        for destination in asset["destinations"].values():
            if asset["source"]["packaging"] == "zip":
                s3.upload_file(str(_zipped(path)), bucket, destination["objectKey"])
            else:
                s3.upload_file(str(path), bucket, destination["objectKey"])


def _zipped(folder: Path) -> Path:
    archive = folder.with_suffix(".zip")
    if not archive.exists():
        beside = folder.with_suffix(".making")
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                packed.write(file, file.relative_to(folder))
        shutil.move(beside, archive)
    return archive


def wait_for(cloudformation: Any, stack: str) -> dict[str, str]:  # noqa: ANN401  # a boto3 client
    """The outputs of a stack that is being made, once it is; DeployError where it fails."""
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": POLLS_FOR})
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if event.get("ResourceStatusReason") and "FAILED" in event["ResourceStatus"]
        ]
        raise DeployError("The stack could not be created:\n" + "\n".join(reasons[:10])) from error
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
