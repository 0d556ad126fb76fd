"""Amazon EKS: the pod's role, by Pod Identity or by a trust policy that names its service account, else the node's.

The annotation of a service account lives in the cluster, where no AWS API reads it: the roles that could be meant
are found from their side. https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.eks.pod import ROLES, Pod, PodRole, by_trust, is_named_alike, likeliest, pod_of
from why403.workloads.foreign_caller import is_instance
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import iam_arn, same_role
from why403.workloads.workload import (
    CONFIGURED,
    LIKELY,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    blind_spots,
    not_all,
)

CLUSTER = DeclaredRead("eks", "DescribeCluster", "Read a cluster's OIDC issuer and VPC.")
ASSOCIATIONS = DeclaredRead(
    "eks", "ListPodIdentityAssociations", "Find the roles that service accounts are given by Pod Identity."
)
ASSOCIATION = DeclaredRead(
    "eks", "DescribePodIdentityAssociation", "Read the role that a service account is given by Pod Identity."
)
NODE_GROUPS = DeclaredRead("eks", "ListNodegroups", "Find the nodes that a pod may run on.")
NODE_GROUP = DeclaredRead(
    "eks", "DescribeNodegroup", "Read the node's role, which a pod without one calls with."
)
CLUSTERS = DeclaredRead(
    "eks", "ListClusters", "Find the cluster behind a log group that is not named after it."
)
PREFIXES = ("/aws/containerinsights/", "/aws/eks/")
MOST_READ = 20
"""Associations of one namespace, and node groups: each is a call."""


def claims(origin: LogOrigin) -> bool:
    """Container Insights' groups and the cluster's own, or another group whose lines say which pod wrote them."""
    if origin.log_group.startswith("/aws/"):
        return origin.log_group.startswith(PREFIXES)
    return bool(origin.line.pod and origin.line.namespace)


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: cluster, associations, roles and node groups; then the associations' and the nodes' roles.

    One before where only the group's words tell the cluster: a group that names none of them is not a cluster's.
    """
    if origin.log_group.startswith("/aws/"):
        parts = origin.log_group.split("/")
        cluster = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004  # /aws/containerinsights/CLUSTER/…
        return (yield from _in_cluster(cluster, origin, place))
    (listed,) = yield (CLUSTERS.of(pages=2),)
    names = listed.texts("clusters") if isinstance(listed, Answer) else ()
    alike = max(names, key=lambda name: likeness(name, origin.log_group), default="")
    if not alike or not likeness(alike, origin.log_group):
        return SearchResult(unreadable=blind_spots((listed,)))
    return (yield from _in_cluster(alike, origin, place))


def _in_cluster(name: str, origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    pod = pod_of(origin)
    within = {"namespace": pod.namespace} if pod.namespace else {}
    first = yield (
        CLUSTER.of(name=name),
        ASSOCIATIONS.of(pages=3, maxResults=100, clusterName=name, **within),
        NODE_GROUPS.of(clusterName=name),
        ROLES.of(pages=5, MaxItems=1000),
    )
    cluster, listed, groups, roles = first
    associations = listed.items("associations") if isinstance(listed, Answer) else ()
    reads = (*_association_reads(associations, name), *_node_reads(groups, name))
    second: tuple[Reply, ...] = (yield reads) if reads else ()
    issuer = cluster.text("cluster", "identity", "oidc", "issuer") if isinstance(cluster, Answer) else ""
    pod_roles = (*_associated(second), *by_trust(roles, issuer))
    workload = _workload(cluster, name, pod, place)
    likely = _likely(workload, pod_roles, _node_roles(second), pod, origin)
    more = isinstance(roles, Answer) and roles.truncated
    return SearchResult(
        found=(likely,) if isinstance(cluster, Answer) else (),
        unreadable=blind_spots((*first, *second), name),
        findings=(
            *not_all("workloads.not-all-associations", min(len(associations), MOST_READ), len(associations)),
            *not_all("workloads.not-all-roles", len(pod_roles), len(pod_roles), more=more),
        ),
    )


def _association_reads(listed: tuple[Mapping[str, Any], ...], cluster: str) -> tuple[Read, ...]:
    return tuple(
        ASSOCIATION.of(clusterName=cluster, associationId=str(one.get("associationId", "")))
        for one in listed[:MOST_READ]
    )


def _node_reads(reply: Reply, cluster: str) -> tuple[Read, ...]:
    names = reply.texts("nodegroups") if isinstance(reply, Answer) else ()
    return tuple(NODE_GROUP.of(clusterName=cluster, nodegroupName=name) for name in names[:MOST_READ])


def _associated(replies: tuple[Reply, ...]) -> tuple[PodRole, ...]:
    found = (reply.at("association") for reply in replies if isinstance(reply, Answer))
    return tuple(
        PodRole(
            str(one.get("roleArn", "")), str(one.get("namespace", "")), str(one.get("serviceAccount", ""))
        )
        for one in found
        if isinstance(one, Mapping) and one.get("roleArn")
    )


def _node_roles(replies: tuple[Reply, ...]) -> tuple[str, ...]:
    found = (reply.text("nodegroup", "nodeRole") for reply in replies if isinstance(reply, Answer))
    return tuple(dict.fromkeys(role for role in found if role))


def _likely(
    workload: Workload, roles: tuple[PodRole, ...], nodes: tuple[str, ...], pod: Pod, origin: LogOrigin
) -> LikelyWorkload:
    """The pod with its role. A line that names the node's role leaves the role that it should have beside it."""
    meant = likeliest(roles, pod)
    if origin.principal:
        named = [one.arn for one in roles if same_role(one.arn, origin.principal)]
        if named:
            return LikelyWorkload(replace(workload, role_arn=named[0]), CONFIGURED)
        node = _node_named(origin.principal, nodes, workload.account)
        if node and len(meant) != 1:
            return LikelyWorkload(_on_node(workload, node, meant, pod), CONFIGURED)
        workload = replace(workload, instance_role_arn=node)
    if len(meant) == 1 and (pod.service_account or is_named_alike(meant[0], pod)):
        return LikelyWorkload(replace(workload, role_arn=meant[0].arn), CONFIGURED)
    if meant:  # its service account may be another one, which has no role but the node's
        node_roles = tuple(PodRole(arn, "", "") for arn in nodes)
        return LikelyWorkload(_with(workload, _several((*meant, *node_roles), pod)), LIKELY)
    if len(nodes) == 1:
        guessed = replace(workload, role_arn=nodes[0], instance_role_arn=nodes[0])
        return LikelyWorkload(_with(guessed, Message("workloads.node-role", {"role": nodes[0]})), LIKELY)
    return LikelyWorkload(workload, LIKELY)


def _node_named(principal: str, nodes: tuple[str, ...], account: str) -> str:
    """The node's role, where the line names it: a node group's, or Karpenter's, which no group of EKS holds.

    Whoever made an instance, its role's sessions are named after it. https://karpenter.sh/docs/concepts/nodeclasses/
    """
    of_group = next((role for role in nodes if same_role(role, principal)), "")
    caller = parse_principal(principal)
    return of_group or (iam_arn(caller) if is_instance(caller) and caller.account == account else "")


def _on_node(workload: Workload, node: str, meant: tuple[PodRole, ...], pod: Pod) -> Workload:
    """Who is named as the caller: the pod with the role of its node, or, where no pod is known, the node itself."""
    called = replace(workload, role_arn=node, instance_role_arn=node)
    if not pod.namespace:
        return called
    return _with(called, _several(meant, pod) if meant else Message("workloads.node-role", {"role": node}))


def _several(meant: tuple[PodRole, ...], pod: Pod) -> Message:
    values = {"pod": pod.name, "roles": ", ".join(sorted(role.arn for role in meant))}
    return Message("workloads.several-pod-roles", values)


def _with(workload: Workload, finding: Message) -> Workload:
    return replace(workload, findings=(*workload.findings, finding))


def _workload(reply: Reply, name: str, pod: Pod, place: Place) -> Workload:
    cluster: Any = reply.at("cluster") if isinstance(reply, Answer) else {}
    network = (cluster or {}).get("resourcesVpcConfig") or {}
    return Workload(
        kind=WorkloadKind.EKS,
        arn=str((cluster or {}).get("arn", "")),
        name=pod.name or name,
        cluster=name,
        service=pod.namespace,
        container=pod.container,
        account=place.account,
        region=place.region,
        partition=place.partition,
        subnets=tuple(network.get("subnetIds") or ()),
        vpc=str(network.get("vpcId") or ""),
    )
