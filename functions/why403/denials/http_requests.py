"""What the method and the address of a refused HTTP request say of the action: S3's, a registry's, Prometheus's.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html,
https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints (what ECR asks for each: its docker push and pull policies),
https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference-Prometheus-Compatible-Apis.html
"""

import re
from urllib.parse import unquote

from why403.denials.endpoints import PATH, Endpoint, read_url
from why403.iam.reference import spell_action

METHOD = re.compile(
    r"\b(?P<method>GET|PUT|POST|HEAD|PATCH|DELETE)\b(?: error on| request to)?[`'\": ]{1,4}(?:https?://|/\S{0,1100} HTTP/[12])"
    r"|(?P<client>403 Client Error)|\b(?P<go>Get|Put|Post|Head|Patch|Delete) \"?https?://"
)
"""An HTTP client names method and URL together; Go's writes `Put "https://..`; requests' `403 Client Error` names no method, and GET is the likeliest."""
METHOD_FIELD = re.compile(
    r"(?<![\w-])(?:[\w.]{1,20}\.)?[mM]ethod[\"']?\s?(?:=>|[:=])\s?[\"':]?(?P<method>(?i:GET|PUT|POST|HEAD|DELETE))\b"
)
"""The method in a field of a request's record; not of the application's own request, which has another path in it."""
SENT = re.compile(
    r"\b(?P<method>GET|PUT|POST|HEAD|DELETE) (?P<path>/\S{0,1100})(?: HTTP/[12][.\d]{0,2})?(?=\W)"
    r"(?:(?!\b(?:GET|PUT|POST|HEAD|DELETE) /).){0,400}?\b[Hh]ost: (?P<host>[a-z0-9.-]{1,255}\.amazonaws\.com(?:\.cn)?)(?![\w.-])"
)
"""A request as it goes over the wire or as its client tells it, the host among its headers: an object's key has 1,024 characters."""
METHODS = {
    ("GET", True): "s3:GetObject", ("HEAD", True): "s3:GetObject", ("PUT", True): "s3:PutObject", ("POST", True): "s3:PutObject",
    ("DELETE", True): "s3:DeleteObject", ("GET", False): "s3:ListBucket", ("HEAD", False): "s3:ListBucket",
    ("PUT", False): "s3:CreateBucket", ("DELETE", False): "s3:DeleteBucket",
}  # fmt: skip
OF_UPLOADS = {"GET": "s3:ListMultipartUploadParts", "DELETE": "s3:AbortMultipartUpload", "PUT": "s3:PutObject", "POST": "s3:PutObject"}  # fmt: skip
WITH_QUERY = {
    "uploadId": OF_UPLOADS,
    "uploads": {"GET": "s3:ListBucketMultipartUploads", "POST": "s3:PutObject"},
    "versions": {"GET": "s3:ListBucketVersions"},
    "versionId": {"GET": "s3:GetObjectVersion", "HEAD": "s3:GetObjectVersion", "DELETE": "s3:DeleteObjectVersion"},
    "delete": {"POST": "s3:DeleteObject"},
    "restore": {"POST": "s3:RestoreObject"},
    "select": {"POST": "s3:GetObject"},
    "attributes": {"GET": "s3:GetObjectAttributes"},
    "torrent": {"GET": "s3:GetObjectTorrent"},
}  # fmt: skip
"""A parameter that makes another operation of the method."""
CONFIGURATIONS = {
    "acl": "Acl", "tagging": "Tagging", "retention": "Retention", "legal-hold": "LegalHold", "policy": "Policy", "location": "Location",
    "versioning": "Versioning", "cors": "CORS", "website": "Website", "logging": "Logging", "notification": "Notification",
    "object-lock": "ObjectLockConfiguration", "publicAccessBlock": "PublicAccessBlock", "ownershipControls": "OwnershipControls",
    "lifecycle": "LifecycleConfiguration", "encryption": "EncryptionConfiguration", "replication": "ReplicationConfiguration",
    "inventory": "InventoryConfiguration", "metrics": "MetricsConfiguration", "analytics": "AnalyticsConfiguration",
    "accelerate": "AccelerateConfiguration", "intelligent-tiering": "IntelligentTieringConfiguration", "policyStatus": "PolicyStatus",
    "requestPayment": "RequestPayment",
}  # fmt: skip
"""A bucket's or an object's, as a parameter names it and as actions do: `?acl` is GetBucketAcl's or PutObjectAcl's."""
UPLOAD = {"POST": "ecr:InitiateLayerUpload", "PATCH": "ecr:UploadLayerPart", "PUT": "ecr:CompleteLayerUpload"}
REGISTRY = {
    "/blobs/uploads/": UPLOAD,
    "/manifests/": {"GET": "ecr:BatchGetImage", "HEAD": "ecr:BatchGetImage", "PUT": "ecr:PutImage", "DELETE": "ecr:BatchDeleteImage"},
    "/blobs/": {"GET": "ecr:GetDownloadUrlForLayer", "HEAD": "ecr:BatchCheckLayerAvailability"},
    "/tags/list": {"GET": "ecr:ListImages"},
}  # fmt: skip
"""A part of the registry's path, the narrower first; where no method is told, the first of each is what begins it."""
PROMETHEUS = {
    "remote_write": "aps:RemoteWrite", "query": "aps:QueryMetrics", "query_range": "aps:QueryMetrics", "labels": "aps:GetLabels",
    "series": "aps:GetSeries", "metadata": "aps:GetMetricMetadata",
}  # fmt: skip


def sent_to(text: str) -> Endpoint | None:
    """The endpoint of a request whose host stands among its headers."""
    sent = SENT.search(text) if "ost: " in text else None
    return read_url(f"https://{sent['host']}{sent['path']}") if sent else None


def action_of_request(text: str, endpoint: Endpoint) -> str:
    """The action that the request to `endpoint` needed; empty where method and path tell none."""
    if endpoint.service == "aps":
        return PROMETHEUS.get(endpoint.asked.partition("?")[0].rpartition("/api/v1/")[2], "")
    if endpoint.service == "ecr":
        return _of_registry(_method(text), endpoint.asked, text)
    method = (_method(text) or _told(text, endpoint)) if endpoint.service == "s3" and endpoint.name else ""
    return _of_s3(method, endpoint) if method else ""


def _method(text: str) -> str:
    match = METHOD.search(text)
    if match:
        return match["method"] or (match["go"] or "GET").upper()
    sent = SENT.search(text) if "ost: " in text else None
    return sent["method"] if sent else ""


def _told(text: str, endpoint: Endpoint) -> str:
    """The method in a field of the record, where its path, if it has one, is the endpoint's."""
    path = PATH.search(text)
    if path and not unquote(path["path"].partition("?")[0]).endswith(endpoint.key or endpoint.name):
        return ""
    told = METHOD_FIELD.search(text)
    return told["method"].upper() if told else ""


def _of_registry(method: str, asked: str, text: str) -> str:
    """Nothing where an image was to be pushed and no address tells at which step that failed."""
    for part, by_method in REGISTRY.items():
        if asked.startswith("/v2/") and part in asked:
            return by_method.get(method, "") if method else next(iter(by_method.values()))
    return "" if "push" in text and "pull" not in text else "ecr:BatchGetImage"


def _of_s3(method: str, endpoint: Endpoint) -> str:
    names = [piece.partition("=")[0] for piece in endpoint.asked.partition("?")[2].split("&")]
    thing = ("ObjectVersion" if "versionId" in names else "Object") if endpoint.key else "Bucket"
    for name in names:
        if name in CONFIGURATIONS:
            return _of_configuration(method, name, thing)
    other = next((WITH_QUERY[name] for name in names if name in WITH_QUERY), None)
    return METHODS.get((method, bool(endpoint.key)), "") if other is None else other.get(method, "")


def _of_configuration(method: str, name: str, thing: str) -> str:
    """A few leave the bucket out of their name, `s3:GetLifecycleConfiguration`, and most are deleted by the right to put them."""
    noun, verbs = CONFIGURATIONS[name], (method.capitalize(), *(("Put",) if method == "DELETE" else ()))
    spelled = (spell_action(f"s3:{verb}{of}{noun}") for verb in verbs for of in (thing, ""))
    return next(filter(None, spelled), "")
