"""The policies that a role or user holds: inline, attached, a user's groups' too, and the boundary.

Three rounds: names, documents of the inline ones with the managed ones' default versions, and their documents.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.iam.layer import Layer, Policy
from why403.policies import iam_reads as iam
from why403.reads import DeclaredRead, Read, Reply
from why403.services.documents import parsed
from why403.services.reply_collector import ReplyCollector

PAGES = 3
"""Of 100 policies each, where a role or user has some twenty at most by IAM's quotas."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds policies: the reads of its kind, and the parameter that names it."""

    parameter: str
    list_inline: DeclaredRead
    list_attached: DeclaredRead
    get_inline: DeclaredRead


ROLE = Holder("RoleName", iam.LIST_ROLE_POLICIES, iam.LIST_ATTACHED_ROLE_POLICIES, iam.GET_ROLE_POLICY)
USER = Holder("UserName", iam.LIST_USER_POLICIES, iam.LIST_ATTACHED_USER_POLICIES, iam.GET_USER_POLICY)
GROUP = Holder("GroupName", iam.LIST_GROUP_POLICIES, iam.LIST_ATTACHED_GROUP_POLICIES, iam.GET_GROUP_POLICY)


@dataclass(slots=True)
class Shelf:
    """What one holder is found to hold, as the rounds go by."""

    holder: Holder
    name: str
    account: str
    collector: ReplyCollector
    inline: tuple[str, ...] = ()
    attached: tuple[tuple[str, str], ...] = ()
    """(name, ARN)"""
    policies: list[Policy] = field(default_factory=list)

    def list(self) -> tuple[Read, Read]:
        """The two reads that name its policies."""
        named: dict[str, Any] = {self.holder.parameter: self.name}
        return (
            self.holder.list_inline.of(account=self.account, pages=PAGES, **named),
            self.holder.list_attached.of(account=self.account, pages=PAGES, **named),
        )

    def listed(self, inline: Reply, attached: Reply) -> None:
        """Take in the names."""
        self.inline = self.collector.take(inline, Layer.IDENTITY).texts("PolicyNames")
        found = self.collector.take(attached, Layer.IDENTITY).items("AttachedPolicies")
        self.attached = tuple(
            (str(item.get("PolicyName", "")), str(item.get("PolicyArn", ""))) for item in found
        )

    def fetch(self) -> tuple[Read, ...]:
        """The reads of its inline policies."""
        named: dict[str, Any] = {self.holder.parameter: self.name}
        return tuple(
            self.holder.get_inline.of(account=self.account, PolicyName=policy, **named)
            for policy in self.inline
        )

    def fetched(self, replies: Iterable[Reply]) -> None:
        """Take in the inline policies."""
        for name, reply in zip(self.inline, replies, strict=True):
            said = self.collector.take(reply, Layer.IDENTITY)
            policy = parsed(name, said.at("PolicyDocument"))
            if policy is not None:
                self.policies.append(policy)


@dataclass(slots=True)
class Managed:
    """Managed policies on their way from ARN to document."""

    account: str
    collector: ReplyCollector
    layers: dict[str, set[Layer]] = field(default_factory=dict)
    """What each policy's ARN is for."""
    names: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def want(self, arn: str, name: str, layer: Layer) -> None:
        """A policy that is attached, or is the boundary."""
        self.layers.setdefault(arn, set()).add(layer)
        self.names.setdefault(arn, name or arn.rpartition("/")[2])

    def ask_versions(self) -> tuple[Read, ...]:
        """The reads of the default versions that are not known yet."""
        return tuple(
            iam.GET_POLICY.of(account=self.account, PolicyArn=arn)
            for arn in self.layers
            if arn not in self.versions
        )

    def heard_versions(self, replies: Iterable[Reply]) -> None:
        """Take in GetPolicy's answers."""
        for reply in replies:
            arn = str(reply.read.parameters.get("PolicyArn", ""))
            version = self.collector.take(reply, *self.layers.get(arn, ())).text("Policy", "DefaultVersionId")
            if version:
                self.versions[arn] = version

    def know_versions(self, policies: Iterable[Mapping[str, Any]]) -> None:
        """Take in ListPolicies' answer, which tells the versions of everything attached."""
        for item in policies:
            if item.get("Arn") and item.get("DefaultVersionId"):
                self.versions[str(item["Arn"])] = str(item["DefaultVersionId"])

    def ask_documents(self) -> tuple[Read, ...]:
        """The reads of the documents whose version is known."""
        return tuple(
            iam.GET_POLICY_VERSION.of(account=self.account, PolicyArn=arn, VersionId=self.versions[arn])
            for arn in self.layers
            if arn in self.versions
        )

    def leave_unread(self) -> None:
        """A policy without a known version leaves its layers unread."""
        for arn, layers in self.layers.items():
            if arn not in self.versions:
                self.collector.unread.update(layers)

    def heard_documents(self, replies: Iterable[Reply]) -> dict[str, Policy]:
        """The policies by ARN. One without a document leaves its layers unread."""
        found: dict[str, Policy] = {}
        for reply in replies:
            arn = str(reply.read.parameters.get("PolicyArn", ""))
            layers = self.layers.get(arn, set())
            said = self.collector.take(reply, *layers)
            policy = parsed(self.names.get(arn, arn), said.at("PolicyVersion", "Document"), arn)
            if policy is None:
                self.collector.unread.update(layers)
            else:
                found[arn] = policy
        return found
