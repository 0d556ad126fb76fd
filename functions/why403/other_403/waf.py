"""AWS WAF: the web ACL that blocked, and its rule, by the requests that WAF sampled.

Samples are kept for three hours, and are samples: that none matches proves nothing.
https://docs.aws.amazon.com/waf/latest/APIReference/API_GetSampledRequests.html
https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing-view-sample.html
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.other_403.found import Other403, hosts_in
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.services.reply_collector import ReplyCollector
from why403.workloads.workload import Workload

GLOBAL_REGION = "us-east-1"
BEFORE, AFTER = timedelta(minutes=10), timedelta(minutes=5)
MOST_ACLS = 4
"""A call each; an account seldom has more that stand before one application."""
MOST_RULES = 25
"""A call each, and GetSampledRequests takes few a second; an ACL of managed groups has some ten."""
MOST_SAMPLES = 100
"""Requests a rule: WAF keeps a sample only, and the one that was blocked is looked for by time."""
SCOPES = ("REGIONAL", "CLOUDFRONT")
LIST = DeclaredRead(
    "wafv2", "ListWebACLs", "The web ACLs that may have blocked a request.", cache_seconds=300
)
GET = DeclaredRead("wafv2", "GetWebACL", "The rules of a web ACL.", cache_seconds=300)
SAMPLES = DeclaredRead(
    "wafv2", "GetSampledRequests", "Which rule blocked requests around the time of the 403."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule of a web ACL whose samples are asked for."""

    acl: str
    rule: str
    read: Read


def read(denial: Denial, event: LogEvent, workload: Workload, place: Place) -> Plan[Other403]:
    """Three rounds: the web ACLs, their rules, the requests that each rule blocked."""
    del workload
    collector = ReplyCollector("AWS WAF")
    lists = yield tuple(LIST.of(region=_region(scope, place), Scope=scope, Limit=100) for scope in SCOPES)
    acls = [
        (scope, item)
        for scope, reply in zip(SCOPES, lists, strict=True)
        for item in collector.take(reply).items("WebACLs")
    ][:MOST_ACLS]
    if not acls:
        return Other403(unreadable=tuple(collector.spots))
    got = yield tuple(
        GET.of(
            region=_region(scope, place),
            Scope=scope,
            Name=str(item.get("Name", "")),
            Id=str(item.get("Id", "")),
        )
        for scope, item in acls
    )
    asked = [
        each
        for (scope, _), reply in zip(acls, got, strict=True)
        for each in _asked(scope, collector.take(reply), event, place)
    ]
    replies = yield tuple(each.read for each in asked)
    hosts = frozenset(hosts_in(denial, event))
    blocked: Counter[tuple[str, str]] = Counter()
    for each, reply in zip(asked, replies, strict=True):
        count = sum(_is_ours(sample, hosts) for sample in collector.take(reply).items("SampledRequests"))
        if count:
            blocked[each.acl, each.rule] = count
    return _told(blocked, [str(item.get("Name", "")) for _, item in acls], collector)


def _region(scope: str, place: Place) -> str:
    return GLOBAL_REGION if scope == "CLOUDFRONT" and place.region != GLOBAL_REGION else ""


def _asked(scope: str, acl: Answer, event: LogEvent, place: Place) -> list[_Asked]:
    name, arn = acl.text("WebACL", "Name"), acl.text("WebACL", "ARN")
    metrics = [
        (str(rule.get("Name", "")), Answer(acl.read, rule).text("VisibilityConfig", "MetricName"))
        for rule in acl.items("WebACL", "Rules")
    ]
    if acl.at("WebACL", "DefaultAction", "Block") is not None:
        metrics.append(("Default_Action", acl.text("WebACL", "VisibilityConfig", "MetricName")))
    moment = datetime.fromtimestamp(event.timestamp / 1000, tz=UTC).replace(microsecond=0)
    window = {"StartTime": moment - BEFORE, "EndTime": moment + AFTER}
    if not event.timestamp:
        return []
    return [
        _Asked(
            name,
            rule,
            SAMPLES.of(
                region=_region(scope, place),
                WebAclArn=arn,
                RuleMetricName=metric,
                Scope=scope,
                TimeWindow=window,
                MaxItems=MOST_SAMPLES,
            ),
        )
        for rule, metric in metrics[:MOST_RULES]
        if metric and arn
    ]


def _is_ours(sample: Mapping[str, Any], hosts: frozenset[str]) -> bool:
    """A blocked request, to a host that the line names where it names one."""
    if str(sample.get("Action", "")).upper() != "BLOCK":
        return False
    request = sample.get("Request")
    headers = request.get("Headers") or () if isinstance(request, Mapping) else ()
    asked = {
        str(header.get("Value", "")).lower().partition(":")[0]
        for header in headers
        if isinstance(header, Mapping) and str(header.get("Name", "")).lower() == "host"
    }
    return not hosts or not asked or bool(asked & hosts)


def _told(blocked: Counter[tuple[str, str]], acls: list[str], collector: ReplyCollector) -> Other403:
    if not blocked:
        names = {"web_acl": acls[0]} if len(acls) == 1 else {}
        finding = Message("policies.waf-no-sample", {"acls": ", ".join(acls)})
        return Other403(names=names, findings=(finding,), unreadable=tuple(collector.spots))
    (acl, rule), _ = blocked.most_common(1)[0]
    findings = tuple(
        Message("policies.waf-blocked", {"acl": acl_name, "rule": rule_name, "count": str(count)})
        for (acl_name, rule_name), count in blocked.most_common(3)
    )
    return Other403(
        names={"web_acl": acl, "rule": rule}, findings=findings, unreadable=tuple(collector.spots)
    )
