"""CodeArtifact domains and repositories: their permissions policies. Packages are covered by their repository's."""

from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared

GET_REPOSITORY_POLICY = declared(
    "codeartifact:GetRepositoryPermissionsPolicy", "The repository's policy may allow or deny the call."
)
GET_DOMAIN_POLICY = declared(
    "codeartifact:GetDomainPermissionsPolicy", "The domain's policy may allow or deny the call."
)
DOMAIN = {"domain": "{domain}", "domainOwner": "{account}"}
IN_DOMAIN = "--domain {domain} --domain-owner {account}"
SERVICE = Service(
    prefix="codeartifact",
    name="CodeArtifact",
    title="AWS CodeArtifact",
    page="https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html",
    resources=(
        Resource(
            kind="repository",
            arn="codeartifact:repository/{domain}/{repository}",
            within=("package/{domain}/{repository}",),
            asked=ServiceRead(GET_REPOSITORY_POLICY, {**DOMAIN, "repository": "{repository}"}),
            policy="policy.document",
            version="policy.revision",
            draft=Draft(
                called="repository policy",
                most=7_168,
                cli=f"codeartifact put-repository-permissions-policy {IN_DOMAIN} --repository {{repository}}"
                " --policy-revision {version} --policy-document {document}",
                read_back=f"codeartifact get-repository-permissions-policy {IN_DOMAIN} --repository {{repository}}",
                terraform=Block(
                    "aws_codeartifact_repository_permissions_policy",
                    {"domain": "{domain}", "domain_owner": "{account}", "repository": "{repository}"},
                    "policy_document",
                ),
                cloudformation=Block(
                    "AWS::CodeArtifact::Repository",
                    {"DomainName": "{domain}", "RepositoryName": "{repository}"},
                    "PermissionsPolicyDocument",
                    owned=True,
                ),
                cdk="aws_codeartifact.CfnRepository",
            ),
        ),
        Resource(
            kind="domain",
            arn="codeartifact:domain/{domain}",
            within=("package-group/{domain}",),
            asked=ServiceRead(GET_DOMAIN_POLICY, DOMAIN),
            policy="policy.document",
            version="policy.revision",
            draft=Draft(
                called="domain policy",
                most=7_168,
                cli=f"codeartifact put-domain-permissions-policy {IN_DOMAIN}"
                " --policy-revision {version} --policy-document {document}",
                read_back=f"codeartifact get-domain-permissions-policy {IN_DOMAIN}",
                terraform=Block(
                    "aws_codeartifact_domain_permissions_policy",
                    {"domain": "{domain}", "domain_owner": "{account}"},
                    "policy_document",
                ),
                cloudformation=Block(
                    "AWS::CodeArtifact::Domain",
                    {"DomainName": "{domain}"},
                    "PermissionsPolicyDocument",
                    owned=True,
                ),
                cdk="aws_codeartifact.CfnDomain",
            ),
        ),
    ),
    endpoints=("codeartifact.api", "codeartifact.repositories"),
)
