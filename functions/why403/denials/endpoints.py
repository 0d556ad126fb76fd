"""AWS's endpoints: what a URL says of service, Region, account and resource.

https://docs.aws.amazon.com/general/latest/gr/rande.html
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from why403.denials.s3_paths import bucket_arn, object_arn
from why403.iam.place import REGION
from why403.iam.reference import prefix_of

URL = re.compile(
    r"https?://([A-Za-z0-9.<>{}$_…*-]{1,255})(?::\d{1,5})?(/[^\s\"'`>),;\\]*|/[^\s\"'`]*<[^\s\"'`]*)?"
)
"""A host may be masked or a template's (`<bucket>.s3`), and a path end in a masked piece that has spaces; 255 letters are a DNS name's most."""
FIELD = re.compile(
    r"(?<![\w-])(?:[\w.]{1,20}\.)?(?:"
    r"[Ee]ndpoint(?:_?[Uu]rl)?[\"']?\s?(?:=>|[:=])\s?[\"']?(?P<endpoint>[a-z0-9.-]{1,200}\.amazonaws\.com)"
    r"|(?:[Hh]ost(?:[Nn]ame)?|server\.address)[\"']?\s?(?:=>|[:=])\s?[\"']?(?P<host>(?:(?:[a-z0-9.-]{1,63}\.)?s3(?:[.-][a-z0-9.-]{1,60})?"
    r"|(?:(?:api|data|runtime|ingest)\.)?[a-z][a-z0-9-]{1,40}(?:\.[a-z]{2}(?:-[a-z]{2,10}){1,2}-\d)?)\.amazonaws\.com(?:\.cn)?))(?![\w.-])"
)
"""A host in a field of its own, as clients are given it and requests are logged. Of a request it is S3's or a service's own: a database's, a cluster's
or a load balancer's has more before it."""
PATH = re.compile(
    r"(?<![\w-])(?:[\w.]{1,20}\.)?(?:[Pp]ath|target|ur[il]|route)[\"']?\s?(?:=>|[:=])\s?[\"']?(?P<path>/[^\s\"'`,;})]{0,1100})"
)
"""The path in another field of the same request."""
HOST = re.compile(r"^(?P<labels>.+?)\.(?P<domain>amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)$")
"""AWS's domains for endpoints: amazonaws.com, China's .com.cn, dual-stack api.aws, and on.aws of function URLs."""
S3_HOST = re.compile(
    r"^(?:(?P<bucket>.+)\.)?s3(?:-fips|-website|-accelerate|-external-1)?(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+){1,2}-\d))?(?:\.dualstack)?$"
)
"""`bucket.s3.eu-west-1`, `s3-eu-west-1`, `b.s3.dualstack.eu-west-1`, `s3-accelerate`; a bucket's name may hold dots itself."""
ECR_HOST = re.compile(r"^(?P<account>\d{12}|\w{1,20})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)$")
"""The account stands first in a registry's host; twenty word letters where somebody masked it: `ACCOUNT.dkr.ecr.eu-west-1`."""
UNCALLED = re.compile(
    r"^https?://(?:cognito-idp\.[a-z0-9-]{5,30}\.amazonaws\.com/[a-z0-9-]{5,30}_|oidc\.eks\."
    r"|[^/\s:]{1,200}\.(?:elb(?:\.[a-z0-9-]{5,30})?|[a-z0-9-]{5,30}\.(?:elb|eks|airflow))\.amazonaws\.com)"
)
"""No call to AWS is made there: tokens' issuers, and what answers behind a load balancer, a cluster's endpoint or Airflow's web server is a customer's."""
NAMESPACE = re.compile(r"^/doc/\d{4}-\d\d-\d\d/?$")
"""The path of an answer's XML namespace, `http://queue.amazonaws.com/doc/2012-11-05/`: it names a service, and nothing of it."""
ACCOUNT = re.compile(r"^[0-9X*x#<>\w-]{1,40}$")
"""Twelve digits, or what somebody wrote over them: twelve X, `<account>`; a queue's URL has it first."""
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
ECR_IMAGE = re.compile(
    r"^/?(?!v2/?$)(?:v2/)?(?P<name>[a-z0-9][a-z0-9._/-]*?)(?:/(?:manifests|blobs|tags)/.*|[:@].*)?$"
)
"""A name with slashes, without the registry's API around it (`/v2/name/manifests/tag`) or the tag behind it; a login asks `/v2/`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a URL tells; empty text where it does not."""

    service: str
    region: str = ""
    account: str = ""
    resource: str = ""
    """An ARN."""
    name: str = ""
    """The bucket, queue or repository."""
    key: str = ""
    """The object's key."""
    asked: str = ""
    """Path and query, as they stand."""


def partition_of(region: str) -> str:
    """The partition that a Region belongs to."""
    return next((partition for start, partition in PARTITIONS.items() if region.startswith(start)), "aws")


def read_url(url: str) -> Endpoint | None:
    """The AWS endpoint that `url` names, or None where it is not AWS's."""
    match = URL.match(url)
    host = HOST.match(match[1]) if match else None
    if match is None or host is None or UNCALLED.match(url):
        return None
    labels, path = host["labels"], (match[2] or "/").partition("?")[0].rstrip(":")
    path = path if "{" in path else path.rstrip("}")  # of the object that holds it
    path = "/" if NAMESPACE.match(path) else path
    s3, ecr = S3_HOST.match(labels), ECR_HOST.match(labels)
    if s3:
        found: Endpoint | None = _s3(s3["bucket"] or "", s3["region"] or "", path)
    else:
        found = _ecr(ecr["account"], ecr["region"], path) if ecr else _other(labels.split("."), path)
    return replace(found, asked=match[2] or "") if found else None


def read_host(text: str) -> Endpoint | None:
    """The endpoint whose host stands in a field of its own."""
    found = FIELD.search(text) if "amazonaws" in text else None
    host = (found["host"] or found["endpoint"]) if found else ""
    return None if not host or host.startswith("execute-api.") else read_url(f"https://{host}")


def read_fields(text: str) -> Endpoint | None:
    """The endpoint of a request that is told in fields, host and path apart: `"host":"b.s3.amazonaws.com","path":"/k"`."""
    path = PATH.search(text) if read_host(text) else None
    host = FIELD.search(text) if path else None
    return read_url(f"https://{host['host']}{path['path']}") if path and host and host["host"] else None


def read_image(image: str) -> Endpoint | None:
    """The ECR repository of an image reference without scheme: `<account>.dkr.ecr.<region>.amazonaws.com/name:tag`."""
    return read_url(f"https://{image}")


def _s3(bucket: str, region: str, path: str) -> Endpoint:
    key = path[1:]
    if not bucket:
        bucket, _, key = key.partition("/")
        if "%" in bucket:
            return Endpoint(service="s3", region=region)
    key = unquote(key)
    if not bucket:
        return Endpoint(service="s3", region=region)
    resource = (
        object_arn(bucket, key, partition_of(region)) if key else bucket_arn(bucket, partition_of(region))
    )
    return Endpoint(service="s3", region=region, resource=resource, name=bucket, key=key)


def _ecr(account: str, region: str, path: str) -> Endpoint:
    image = ECR_IMAGE.match(path)
    if image is None or not image["name"]:
        return Endpoint(service="ecr", region=region, account=account)
    name = image["name"]
    arn = f"arn:{partition_of(region)}:ecr:{region}:{account}:repository/{name}"
    return Endpoint(service="ecr", region=region, account=account, resource=arn, name=name)


def _other(labels: list[str], path: str) -> Endpoint | None:
    region = next((label for label in labels if re.fullmatch(REGION, label)), "")
    names = [label for label in labels if label != region and label not in {"dualstack", "vpce"}]
    service = (
        "execute-api"
        if "execute-api" in names
        else next((p for n in reversed(names) if (p := prefix_of(_clean(n)))), None)
    )
    if service is None:
        return None
    if service == "sqs":
        return (
            _sqs(region or "us-east-1", path) if path.strip("/") else Endpoint(service="sqs", region=region)
        )
    return Endpoint(service=service, region=region)


def _clean(label: str) -> str:
    for before in ("fips-", "runtime-", "git-", "data-", "sync-"):
        label = label.removeprefix(before)
    return label.removesuffix("-fips").removesuffix("-workspaces")


def _sqs(region: str, path: str) -> Endpoint:
    parts = path.strip("/").split("/")
    if len(parts) != 2 or not ACCOUNT.match(parts[0]):  # noqa: PLR2004  # account and queue
        return Endpoint(service="sqs", region=region)
    account, name = parts
    arn = f"arn:{partition_of(region)}:sqs:{region}:{account}:{name}"
    return Endpoint(service="sqs", region=region, account=account, resource=arn, name=name)
