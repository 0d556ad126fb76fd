"""CloudFormation quick-create: one reviewed click in the reader's own session and with the reader's own rights.

The console takes a template's URL of at most 1,024 characters and opens it with the reader's rights: a plain object
URL, never one signed with a role's session token. The bucket is the one that `cdk bootstrap` made.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
"""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

from why403.iam.place import Place

LONGEST_TEMPLATE_URL = 1024
"""Characters, an S3 key's most: CloudFormation takes 5,120, but a button in a chat takes 3,000 for the whole link."""
LONGEST_STACK_NAME = 128
"""CloudFormation's: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""
CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True, slots=True)
class QuickCreate:
    """`upload` puts the template, saved as `file`, where `link` finds it."""

    file: str
    upload: str
    link: str

    def told(self) -> str:
        """The lines that begin the template: how to apply it in one reviewed click."""
        return f"# Save as {self.file}, run:\n#   {self.upload}\n# and open:\n#   {self.link}\n"


def quick_create(template: str, name: str, place: Place) -> QuickCreate | None:
    """The link and the command that must run before it; None where there is no template."""
    if not template:
        return None
    bucket = f"cdk-hnb659fds-assets-{place.account}-{place.region}"
    stack = _stack_name(name)
    key = f"why403/{stack}-{hashlib.sha256(template.encode()).hexdigest()[:12]}.yaml"
    url = f"https://{bucket}.s3.{place.region}.{SUFFIXES.get(place.partition, 'amazonaws.com')}/{key}"
    if len(url) > LONGEST_TEMPLATE_URL:
        return None
    file = f"{stack}.yaml"
    upload = f"aws s3 cp {file} s3://{bucket}/{key} --region {place.region}"
    console = CONSOLES.get(place.partition, "console.aws.amazon.com")
    link = (
        f"https://{place.region}.{console}/cloudformation/home?region={place.region}"
        f"#/stacks/create/review?templateURL={quote(url, safe='')}&stackName={quote(stack, safe='')}"
    )
    return QuickCreate(file, upload, link)


def _stack_name(name: str) -> str:
    words = re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-")
    return f"why403-{words}"[:LONGEST_STACK_NAME].rstrip("-")
