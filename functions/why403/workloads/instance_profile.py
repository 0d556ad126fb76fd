"""From an instance profile to its role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
"""

from why403.reads import Answer, DeclaredRead, Read, Reply

PROFILE = DeclaredRead(
    "iam",
    "GetInstanceProfile",
    ("iam:GetInstanceProfile",),
    "Find the role of the instance profile that a call was made with.",
    cache_seconds=300,
)
PROFILES = DeclaredRead(
    "iam",
    "ListInstanceProfiles",
    ("iam:ListInstanceProfiles",),
    "Find the role of the instances that tasks without a task role run on.",
    cache_seconds=300,
)


def read_profile(profile: str) -> Read:
    """The read of a profile by its ARN or name."""
    return PROFILE.of(InstanceProfileName=profile.rpartition("/")[2])


def role_in(reply: Reply) -> str:
    """The ARN of the role in GetInstanceProfile's reply, or empty."""
    if not isinstance(reply, Answer):
        return ""
    roles = reply.items("InstanceProfile", "Roles")
    return str(roles[0].get("Arn", "")) if roles else ""


def role_of_profile(profile: str, profiles: Answer) -> str:
    """The ARN of the role of a profile's ARN, from ListInstanceProfiles' answer, or empty."""
    for listed in profiles.items("InstanceProfiles"):
        if listed.get("Arn") == profile:
            roles = listed.get("Roles") or [{}]
            return str(roles[0].get("Arn", ""))
    return ""
