"""The Glue Data Catalog: one policy for the whole catalog of an account and Region. Jobs and the like carry none."""

from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared

GET_POLICY = declared("glue:GetResourcePolicy", "The catalog's policy may allow or deny the call.")
SERVICE = Service(
    prefix="glue",
    name="Glue",
    title="AWS Glue Data Catalog",
    page="https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html",
    resources=(
        Resource(
            kind="catalog",
            arn="glue:catalog",
            within=(
                "database/{database}",
                "table/{database}",
                "tableVersion/{database}",
                "connection/{connection}",
                "userDefinedFunction/{database}",
            ),
            asked=ServiceRead(GET_POLICY, shows=False),
            policy="PolicyInJson",
            version="PolicyHash",
            draft=Draft(
                called="catalog policy",
                most=10_240,
                cli="glue put-resource-policy --policy-hash-condition {version} --policy-in-json {document}",
                read_back="glue get-resource-policy --query PolicyInJson",
                terraform=Block("aws_glue_resource_policy", {}, "policy"),
            ),
        ),
    ),
)
