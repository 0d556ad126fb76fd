"""Amazon MSK clusters: the cluster policy, which covers topics and groups too. No record is read.

The brokers use the cluster's key themselves: a client needs nothing of it.
"""

from why403.services.declaration import Block, Draft, Listing, Resource, Service, ServiceRead, declared
from why403.services.names import no_arn_of_a_name

LIST = declared(
    "kafka:ListClustersV2",
    "Where a line names no cluster, or its name alone: the clusters that it may have meant.",
)
GET_POLICY = declared("kafka:GetClusterPolicy", "The cluster's policy may allow or deny the call.")
DESCRIBE = declared("kafka:DescribeClusterV2", "Whether the cluster exists.")
GONE = ("NotFoundException",)


SERVICE = Service(
    prefix="kafka",
    name="MSK",
    title="Amazon MSK",
    page="https://docs.aws.amazon.com/msk/latest/developerguide/mvpc-cluster-owner-action-policy.html",
    also=("kafka-cluster",),
    resources=(
        Resource(
            kind="cluster",
            arn="kafka:cluster/{name}/{id}",
            within=("topic/{name}/{id}", "group/{name}/{id}", "transactional-id/{name}/{id}"),
            listed=Listing(LIST, within="ClusterInfoList", each="ClusterArn"),
            hints=("KAFKA", "MSK", "CLUSTER"),
            named=no_arn_of_a_name,
            also_called=lambda name: (name.partition("/")[0],),
            asked=ServiceRead(GET_POLICY, {"ClusterArn": "{arn}"}),
            described=ServiceRead(DESCRIBE, {"ClusterArn": "{arn}"}, gone=GONE),
            elsewhere=False,
            policy="Policy",
            version="CurrentVersion",
            draft=Draft(
                called="cluster policy",
                most=20_480,
                cli="kafka put-cluster-policy --cluster-arn {arn} --current-version {version} --policy {document}",
                read_back="kafka get-cluster-policy --cluster-arn {arn} --query Policy",
                terraform=Block("aws_msk_cluster_policy", {"cluster_arn": "{arn}"}, "policy"),
                cloudformation=Block("AWS::MSK::ClusterPolicy", {"ClusterArn": "{arn}"}, "Policy"),
                cdk="aws_msk.CfnClusterPolicy",
            ),
        ),
    ),
    neighbours="GetBootstrapBrokers DescribeCluster DescribeClusterV2 CreateVpcConnection DeleteCluster"
    " PutClusterPolicy",
    tries={
        "GetBootstrapBrokers": "kafka get-bootstrap-brokers --cluster-arn {arn}",
        "DescribeClusterV2": "kafka describe-cluster-v2 --cluster-arn {arn} --query ClusterInfo.State",
    },
    unrecorded="kafka-cluster:Connect kafka-cluster:ReadData kafka-cluster:WriteData kafka-cluster:DescribeTopic"
    " kafka-cluster:DescribeGroup kafka-cluster:AlterGroup",
    changes={
        "PutClusterPolicy": "the policy of cluster {clusterArn} was written",
        "DeleteClusterPolicy": "the policy of cluster {clusterArn} was deleted",
    },
)
