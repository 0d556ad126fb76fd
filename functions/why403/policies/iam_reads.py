"""The reads of IAM: who the caller is, and which policies are his."""

from why403.reads import DeclaredRead
from why403.services.sts import NO_SUCH

GET_USER = DeclaredRead(
    "iam",
    "GetUser",
    "The boundary and tags of a user who called, and whether the user still exists.",
    absent=NO_SUCH,
)
LIST_ROLE_POLICIES = DeclaredRead(
    "iam", "ListRolePolicies", "The names of the role's inline policies.", absent=NO_SUCH
)
LIST_ATTACHED_ROLE_POLICIES = DeclaredRead(
    "iam", "ListAttachedRolePolicies", "The managed policies attached to the role.", absent=NO_SUCH
)
GET_ROLE_POLICY = DeclaredRead("iam", "GetRolePolicy", "An inline policy of the role.", absent=NO_SUCH)
LIST_USER_POLICIES = DeclaredRead(
    "iam", "ListUserPolicies", "The names of the user's inline policies.", absent=NO_SUCH
)
LIST_ATTACHED_USER_POLICIES = DeclaredRead(
    "iam", "ListAttachedUserPolicies", "The managed policies attached to the user.", absent=NO_SUCH
)
GET_USER_POLICY = DeclaredRead("iam", "GetUserPolicy", "An inline policy of the user.", absent=NO_SUCH)
LIST_GROUPS = DeclaredRead(
    "iam", "ListGroupsForUser", "A user has the policies of his groups.", absent=NO_SUCH
)
LIST_GROUP_POLICIES = DeclaredRead(
    "iam", "ListGroupPolicies", "The names of a group's inline policies.", absent=NO_SUCH
)
LIST_ATTACHED_GROUP_POLICIES = DeclaredRead(
    "iam", "ListAttachedGroupPolicies", "The managed policies attached to a group.", absent=NO_SUCH
)
GET_GROUP_POLICY = DeclaredRead("iam", "GetGroupPolicy", "An inline policy of a group.", absent=NO_SUCH)
LIST_POLICIES = DeclaredRead(
    "iam",
    "ListPolicies",
    "The default versions of all attached policies in one call: it saves a call each, and a round.",
)
GET_POLICY = DeclaredRead(
    "iam", "GetPolicy", "Which version of a managed policy, or of a boundary, is in force.", absent=NO_SUCH
)
GET_POLICY_VERSION = DeclaredRead(
    "iam", "GetPolicyVersion", "The document of a managed policy or boundary.", absent=NO_SUCH
)
