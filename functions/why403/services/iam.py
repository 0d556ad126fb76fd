"""IAM itself: how its writes are told. A role's trust policy is with sts, as it decides on sts:AssumeRole."""

from why403.services.declaration import Service

PASSED_TO = {
    "RunTask": "ecs-tasks",
    "StartTask": "ecs-tasks",
    "RegisterTaskDefinition": "ecs-tasks",
    "RegisterJobDefinition": "ecs-tasks",
    "UpdateFunctionConfiguration": "lambda",
    "RunInstances": "ec2",
    "AssociateIamInstanceProfile": "ec2",
    "CreateStateMachine": "states",
    "UpdateStateMachine": "states",
    "PutTargets": "events",
    "CreatePipe": "pipes",
    "CreateTrainingJob": "sagemaker",
    "CreateNotebookInstance": "sagemaker",
    "CreateDeliveryStream": "firehose",
    "CreateCrawler": "glue",
}
"""Operation of one service alone → to whom it passes the role, without `.amazonaws.com`: what iam:PassedToService holds.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService
"""

SERVICE = Service(
    prefix="iam",
    name="IAM",
    title="AWS IAM",
    page="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html",
    tries={"GetRole": "iam get-role --role-name {role}"},
    changes={
        "PutRolePolicy": "inline policy {policyName} of role {roleName} was written",
        "DeleteRolePolicy": "inline policy {policyName} of role {roleName} was deleted",
        "AttachRolePolicy": "policy {policyArn} was attached to role {roleName}",
        "DetachRolePolicy": "policy {policyArn} was detached from role {roleName}",
        "PutRolePermissionsBoundary": "the permissions boundary of role {roleName} was set to {permissionsBoundary}",
        "DeleteRolePermissionsBoundary": "the permissions boundary of role {roleName} was removed",
        "UpdateAssumeRolePolicy": "the trust policy of role {roleName} was written",
        "CreateRole": "role {roleName} was created",
        "DeleteRole": "role {roleName} was deleted",
        "UpdateRole": "role {roleName} was changed",
        "TagRole": "tags of role {roleName} were written",
        "UntagRole": "tags of role {roleName} were removed",
        "PutUserPolicy": "inline policy {policyName} of user {userName} was written",
        "DeleteUserPolicy": "inline policy {policyName} of user {userName} was deleted",
        "AttachUserPolicy": "policy {policyArn} was attached to user {userName}",
        "DetachUserPolicy": "policy {policyArn} was detached from user {userName}",
        "PutUserPermissionsBoundary": "the permissions boundary of user {userName} was set to {permissionsBoundary}",
        "DeleteUserPermissionsBoundary": "the permissions boundary of user {userName} was removed",
        "AddUserToGroup": "user {userName} was added to group {groupName}",
        "RemoveUserFromGroup": "user {userName} was removed from group {groupName}",
        "UpdateAccessKey": "an access key of user {userName} was set to {status}",
        "DeleteAccessKey": "an access key of user {userName} was deleted",
        "CreateAccessKey": "an access key of user {userName} was created",
        "CreatePolicyVersion": "a version of policy {policyArn} was created",
        "SetDefaultPolicyVersion": "version {versionId} of policy {policyArn} was made the default",
        "DeletePolicy": "policy {policyArn} was deleted",
    },
)
