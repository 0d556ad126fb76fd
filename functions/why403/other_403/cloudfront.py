"""CloudFront: the distribution behind a host, and what may make it answer 403.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.other_403.found import Other403, hosts_in
from why403.reads import Answer, DeclaredRead, Plan, Reply
from why403.services.documents import parsed
from why403.services.reply_collector import ReplyCollector
from why403.services.s3 import GET_POLICY
from why403.workloads.workload import Workload

PAGES = 5
"""Of 100 distributions each: twice the default quota of 200 and more."""
SERVICE_PRINCIPAL = "cloudfront.amazonaws.com"
S3_HOST = ".s3"
LIST = DeclaredRead(
    "cloudfront",
    "ListDistributions",
    "The distribution behind a host that answered 403: its origins, names, certificate and restrictions.",
    cache_seconds=300,
)


@dataclass(slots=True)
class _Told:
    names: dict[str, str] = field(default_factory=dict)
    findings: list[Message] = field(default_factory=list)

    def find(self, what: str, **values: str) -> None:
        self.findings.append(Message(f"policies.cloudfront-{what}", values))


def read(denial: Denial, event: LogEvent, workload: Workload, place: Place) -> Plan[Other403]:
    """Two rounds: the distributions, then the policies of the buckets behind the one that it is."""
    del workload
    hosts = hosts_in(denial, event)
    collector, told = ReplyCollector("CloudFront"), _Told()
    (reply,) = yield (LIST.of(pages=PAGES),)
    listed = collector.take(reply).items("DistributionList", "Items")
    distribution = distribution_of(hosts, listed)
    if distribution is None:
        if isinstance(reply, Answer) and hosts:
            told.find("no-distribution", host=hosts[0])
        return Other403(names=told.names, findings=tuple(told.findings), unreadable=tuple(collector.spots))
    _describe(distribution, hosts, told)
    buckets = [_bucket(origin) for origin in _origins(distribution)]
    held = yield tuple(GET_POLICY.of(Bucket=bucket) for bucket in buckets if bucket)
    for bucket, answer in zip([bucket for bucket in buckets if bucket], held, strict=True):
        _grant(bucket, answer, distribution, collector, told, place)
    return Other403(names=told.names, findings=tuple(told.findings), unreadable=tuple(collector.spots))


def distribution_of(hosts: Iterable[str], listed: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The distribution that answers one of these hosts: by its own name, else by an alternate one."""
    wanted = frozenset(hosts)
    listed = tuple(listed)
    for item in listed:
        if str(item.get("DomainName", "")).lower() in wanted:
            return item
    for item in listed:
        if any(_covers(alias, host) for alias in _aliases(item) for host in wanted):
            return item
    return None


def _describe(distribution: Mapping[str, Any], hosts: tuple[str, ...], told: _Told) -> None:
    number = str(distribution.get("Id", ""))
    told.names |= {
        "distribution": number,
        "distribution_arn": str(distribution.get("ARN", "")),
        "host": str(distribution.get("DomainName", "")),
    }
    if distribution.get("WebACLId"):
        told.names["web_acl"] = str(distribution["WebACLId"])
    geo = Answer(LIST.of(), distribution)
    if geo.text("Restrictions", "GeoRestriction", "RestrictionType") not in {"", "none"}:
        told.find(
            "geo",
            distribution=number,
            kind=geo.text("Restrictions", "GeoRestriction", "RestrictionType"),
            countries=", ".join(geo.texts("Restrictions", "GeoRestriction", "Items")),
        )
    for behaviour in (geo.at("DefaultCacheBehavior"), *geo.items("CacheBehaviors", "Items")):
        if isinstance(behaviour, Mapping) and _signed(behaviour):
            told.find("signed", distribution=number, path=str(behaviour.get("PathPattern", "*")))
            break
    aliases = _aliases(distribution)
    foreign = [host for host in hosts if not host.endswith(".cloudfront.net") and "." in host]
    if aliases and geo.at("ViewerCertificate", "CloudFrontDefaultCertificate") is True:
        told.find("no-certificate", distribution=number, host=aliases[0])
    if foreign and not any(_covers(alias, host) for alias in aliases for host in foreign):
        told.names["asked_host"] = foreign[0]


def _grant(  # noqa: PLR0913, PLR0917  # one bucket of one distribution, and where to tell it
    bucket: str,
    reply: Reply,
    distribution: Mapping[str, Any],
    collector: ReplyCollector,
    told: _Told,
    place: Place,
) -> None:
    """Whether the bucket's policy lets this distribution in: by origin access control, or the old identity."""
    del place
    number, arn = str(distribution.get("Id", "")), str(distribution.get("ARN", ""))
    told.names["bucket"] = bucket
    origin = next((item for item in _origins(distribution) if _bucket(item) == bucket), {})
    control = str(origin.get("OriginAccessControlId") or "")
    config = origin.get("S3OriginConfig")
    identity = str(config.get("OriginAccessIdentity") or "") if isinstance(config, Mapping) else ""
    if control:
        told.names["origin_access_control"] = control
    if not control and not identity:
        told.find("no-origin-access", distribution=number, bucket=bucket)
        return
    collector.subject = bucket
    policy = parsed("bucket policy", collector.take(reply).at("Policy"))
    if not isinstance(reply, Answer) and collector.spots and collector.spots[-1].subject == bucket:
        return
    text = json.dumps(policy.document) if policy is not None else ""
    named = (SERVICE_PRINCIPAL in text and arn in text) if control else identity.rpartition("/")[2] in text
    if not named:
        told.find("grant-missing", distribution=number, bucket=bucket)
    else:
        told.find("grant-there", distribution=number, bucket=bucket)


def _origins(distribution: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return Answer(LIST.of(), distribution).items("Origins", "Items")


def _bucket(origin: Mapping[str, Any]) -> str:
    """The bucket of an S3 origin (not of a website endpoint, which is public or nothing)."""
    host = str(origin.get("DomainName", ""))
    bucket, separator, rest = host.partition(S3_HOST)
    is_s3 = separator and rest[:1] in {".", "-"} and "amazonaws.com" in rest and "website" not in rest
    return bucket if is_s3 else ""


def _aliases(distribution: Mapping[str, Any]) -> tuple[str, ...]:
    return Answer(LIST.of(), distribution).texts("Aliases", "Items")


def _covers(alias: str, host: str) -> bool:
    """`*.example.com` covers one label more."""
    alias = alias.lower()
    if alias.startswith("*."):
        return host.partition(".")[2] == alias[2:]
    return alias == host


def _signed(behaviour: Mapping[str, Any]) -> bool:
    signers = Answer(LIST.of(), behaviour)
    return (
        signers.at("TrustedKeyGroups", "Enabled") is True or signers.at("TrustedSigners", "Enabled") is True
    )
