"""Services of which we know a name or a habit, and no resource: one line each."""

from why403.services.declaration import Service

OTHERS = (
    Service(prefix="aoss", name="Aoss", endpoints=("aoss",)),
    Service(prefix="apigateway", name="ApiGateway", endpoints=("apigateway",)),
    Service(
        prefix="application-autoscaling",
        name="ApplicationAutoscaling",
        endpoints=("application-autoscaling",),
    ),
    Service(prefix="aps", name="Aps", endpoints=("aps", "aps-workspaces")),
    Service(prefix="athena", name="Athena"),
    Service(prefix="batch", name="Batch"),
    Service(prefix="bedrock", name="Bedrock", endpoints=("bedrock-runtime", "bedrock")),
    Service(prefix="cloudformation", name="CloudFormation"),
    Service(prefix="cloudfront", name="CloudFront"),
    Service(
        prefix="cloudwatch",
        name="CloudWatch",
        endpoints=("monitoring",),
        unrecorded="GetMetricData PutMetricData",
    ),
    Service(prefix="codebuild", name="CodeBuild"),
    Service(prefix="codecommit", name="Codecommit", endpoints=("codecommit", "git-codecommit")),
    Service(prefix="cognito-identity", name="CognitoIdentity", unrecorded="GetCredentialsForIdentity GetId"),
    Service(prefix="cognito-idp", name="CognitoIdp"),
    Service(prefix="ec2", name="EC2", tries={"DescribeInstances": "ec2 describe-instances --max-items 1"}),
    Service(
        prefix="ecs",
        name="ECS",
        endpoints=("ecs", "ecs-agent", "ecs-telemetry"),
        changes={
            "UpdateService": "service {service} was deployed",
            "RegisterTaskDefinition": "a revision of task definition {family} was registered",
        },
    ),
    Service(prefix="eks", name="EKS"),
    Service(prefix="elasticache", name="ElastiCache"),
    Service(prefix="elasticloadbalancing", name="Elasticloadbalancing", endpoints=("elasticloadbalancing",)),
    Service(
        prefix="geo",
        name="Geo",
        endpoints=("geo.maps", "geo.places", "geo.routes", "geo.geofencing", "geo.tracking"),
    ),
    Service(prefix="iot", name="Iot", endpoints=("iot.data", "iot.api")),
    Service(prefix="kafka-cluster", name="MSKCluster"),
    Service(prefix="organizations", name="Organizations"),
    Service(
        prefix="personalize",
        name="Personalize",
        endpoints=("personalize", "personalize-runtime", "personalize-events"),
    ),
    Service(prefix="rds", name="RDS"),
    Service(
        prefix="rds-data",
        name="RDSData",
        endpoints=("rds-data",),
        unrecorded="BatchExecuteStatement ExecuteStatement",
    ),
    Service(prefix="rds-db", name="RDSLogin", unrecorded="connect"),
    Service(prefix="redshift-data", name="RedshiftData", endpoints=("redshift-data",)),
    Service(prefix="s3express", name="S3Express", endpoints=("s3express",)),
    Service(
        prefix="sagemaker",
        name="SageMaker",
        endpoints=("sagemaker.runtime", "sagemaker.api", "sagemaker.featurestore-runtime"),
    ),
    Service(
        prefix="ssmmessages",
        name="SSMMessages",
        endpoints=("ssmmessages",),
        unrecorded="CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
    ),
    Service(
        prefix="timestream",
        name="Timestream",
        endpoints=("timestream.query-cell1", "timestream.ingest-cell1"),
    ),
    Service(
        prefix="xray",
        name="XRay",
        unrecorded="GetSamplingRules GetSamplingTargets PutTelemetryRecords PutTraceSegments",
    ),
)
