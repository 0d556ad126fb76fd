"""SNS topics: the topic's policy and its encryption key, in one call."""

from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared

LIST = declared("sns:ListTopics", "Where a line names no topic: those that it may have meant.")
GET_ATTRIBUTES = declared(
    "sns:GetTopicAttributes",
    "The topic's policy may allow or deny the call, and its key must be usable by the caller.",
)
SERVICE = Service(
    prefix="sns",
    name="SNS",
    title="Amazon SNS",
    page="https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
    resources=(
        Resource(
            kind="topic",
            arn="sns:{name}",
            listed=Listing(LIST, within="Topics", each="TopicArn", policies_tell=True),
            hints=("TOPIC", "SNS"),
            described=ServiceRead(
                GET_ATTRIBUTES, {"TopicArn": "{arn}"}, gone=("NotFound", "NotFoundException")
            ),
            policy="Attributes.Policy",
            key="Attributes.KmsMasterKeyId",
            draft=Draft(
                called="topic policy",
                most=30_720,
                cli="sns set-topic-attributes --topic-arn {arn} --attribute-name Policy --attribute-value {document}",
                read_back="sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy",
                terraform=Block("aws_sns_topic_policy", {"arn": "{arn}"}, "policy"),
                cloudformation=Block("AWS::SNS::TopicPolicy", {"Topics": ["{arn}"]}, "PolicyDocument"),
                cdk="aws_sns.CfnTopicPolicy",
            ),
        ),
    ),
    roles=(
        Role("publisher", asked="Publish GetTopicAttributes", grants={"same": "Publish GetTopicAttributes"}),
    ),
    neighbours="Publish Subscribe SetTopicAttributes DeleteTopic GetTopicAttributes",
    keys_page="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    needs_besides={"Publish": "GenerateDataKey Decrypt"},
    unrecorded="Publish",
    changes={
        "SetTopicAttributes": "attribute {attributeName} of topic {topicArn} was written",
        "AddPermission": "a permission was added to topic {topicArn}",
        "RemovePermission": "a permission of topic {topicArn} was removed",
    },
)
