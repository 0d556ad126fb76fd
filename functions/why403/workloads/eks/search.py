"""Amazon EKS: the pod's role, by Pod Identity or by a trust policy that names its service account, else the node's.

The annotation of a service account lives in the cluster, where no AWS API reads it: the roles that could be meant
are found from their side. https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.eks.pod import Pod, pod_of
from why403.workloads.eks.roles import ROLES, PodRole, by_trust, likeliest
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import same_role
from why403.workloads.search_result import CONFIGURED, LIKELY, LikelyWorkload, SearchResult, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

CLUSTER = DeclaredRead(
    "eks", "DescribeCluster", ("eks:DescribeCluster",), "Read a cluster's OIDC issuer and VPC."
)
ASSOCIATIONS = DeclaredRead(
    "eks",
    "ListPodIdentityAssociations",
    ("eks:ListPodIdentityAssociations",),
    "Find the roles that service accounts are given by Pod Identity.",
)
ASSOCIATION = DeclaredRead(
    "eks",
    "DescribePodIdentityAssociation",
    ("eks:DescribePodIdentityAssociation",),
    "Read the role that a service account is given by Pod Identity.",
)
NODE_GROUPS = DeclaredRead(
    "eks", "ListNodegroups", ("eks:ListNodegroups",), "Find the nodes that a pod may run on."
)
NODE_GROUP = DeclaredRead(
    "eks",
    "DescribeNodegroup",
    ("eks:DescribeNodegroup",),
    "Read the node's role, which a pod without one calls with.",
)
READS = (CLUSTER, ASSOCIATIONS, ASSOCIATION, NODE_GROUPS, NODE_GROUP, ROLES)
PREFIXES = ("/aws/containerinsights/", "/aws/eks/")
MOST_READ = 10


def claims(origin: LogOrigin) -> bool:
    """Container Insights' groups, and the cluster's own."""
    return origin.log_group.startswith(PREFIXES)


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: cluster, associations, roles and node groups; then the associations' and the nodes' roles."""
    pod = pod_of(origin)
    first = yield (
        CLUSTER.of(name=pod.cluster),
        ASSOCIATIONS.of(
            pages=3, clusterName=pod.cluster, **({"namespace": pod.namespace} if pod.namespace else {})
        ),
        NODE_GROUPS.of(clusterName=pod.cluster),
        ROLES.of(pages=10),
    )
    reads = (*_association_reads(first[1], pod), *_node_reads(first[2], pod))
    second: tuple[Reply, ...] = (yield reads) if reads else ()
    cluster = first[0]
    issuer = cluster.text("cluster", "identity", "oidc", "issuer") if isinstance(cluster, Answer) else ""
    roles = (*_associated(second), *by_trust(first[3], issuer))
    workload = _workload(cluster, pod, place)
    one = _likely(workload, roles, _node_roles(second), pod, origin)
    unread = blind_spots((*first, *second), pod.cluster)
    return SearchResult(found=(one,) if isinstance(cluster, Answer) else (), unreadable=unread)


def _association_reads(reply: Reply, pod: Pod) -> tuple[Read, ...]:
    listed = reply.items("associations") if isinstance(reply, Answer) else ()
    return tuple(
        ASSOCIATION.of(clusterName=pod.cluster, associationId=str(one.get("associationId", "")))
        for one in listed[:MOST_READ]
    )


def _node_reads(reply: Reply, pod: Pod) -> tuple[Read, ...]:
    names = reply.texts("nodegroups") if isinstance(reply, Answer) else ()
    return tuple(NODE_GROUP.of(clusterName=pod.cluster, nodegroupName=name) for name in names[:MOST_READ])


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
    if origin.principal:
        known = [role for role in (*(one.arn for one in roles), *nodes) if same_role(role, origin.principal)]
        if known:
            return LikelyWorkload(replace(workload, role_arn=known[0]), CONFIGURED)
    meant = likeliest(roles, pod)
    if len(meant) == 1:
        return LikelyWorkload(replace(workload, role_arn=meant[0].arn), CONFIGURED)
    if meant:
        values = {"pod": pod.name, "roles": ", ".join(sorted(role.arn for role in meant))}
        return LikelyWorkload(_with(workload, Message("workloads.several-pod-roles", values)), LIKELY)
    if len(nodes) == 1:
        node = replace(workload, role_arn=nodes[0], instance_role_arn=nodes[0])
        return LikelyWorkload(_with(node, Message("workloads.node-role", {"role": nodes[0]})), LIKELY)
    return LikelyWorkload(workload, LIKELY)


def _with(workload: Workload, finding: Message) -> Workload:
    return replace(workload, findings=(*workload.findings, finding))


def _workload(reply: Reply, pod: Pod, place: Place) -> Workload:
    cluster: Any = reply.at("cluster") if isinstance(reply, Answer) else {}
    network = (cluster or {}).get("resourcesVpcConfig") or {}
    return Workload(
        kind=WorkloadKind.EKS,
        arn=str((cluster or {}).get("arn", "")),
        name=pod.name or pod.cluster,
        cluster=pod.cluster,
        service=pod.namespace,
        container=pod.container,
        account=place.account,
        region=place.region,
        partition=place.partition,
        subnets=tuple(network.get("subnetIds") or ()),
        vpc=str(network.get("vpcId") or ""),
    )
