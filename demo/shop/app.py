"""The roles of the demo's application, as a team would write them in a repository of its own."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct


class ScoutAdmin(cdk.Stack):
    """Who may what. Queue and tasks are made elsewhere."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        tasks = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        iam.Role(self, "ExecutionRole", role_name="scout-admin-dev-execution", assumed_by=tasks)
        iam.Role(
            self,
            "TaskRole",
            role_name="scout-admin-dev-task",
            assumed_by=tasks,
            inline_policies={
                "DefaultPolicy": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                            resources=["*"],
                        ),
                        # uploads, and nothing else of the bucket
                        iam.PolicyStatement(
                            actions=["s3:GetObject", "s3:PutObject"],
                            resources=["arn:aws:s3:::scout-admin-dev-uploads/*"],
                        ),
                    ],
                ),
            },
        )


app = cdk.App()
ScoutAdmin(app, "scout-admin-dev")
app.synth()
