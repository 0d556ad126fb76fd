"""AWS Private CA: the resource policy of a certificate authority. No certificate or key is read."""

from why403.services.declaration import Block, Draft, Listing, Resource, Service, ServiceRead, declared
from why403.services.names import no_arn_of_a_name

LIST = declared(
    "acm-pca:ListCertificateAuthorities",
    "Where a line names no certificate authority: those that it may have meant.",
)
GET_POLICY = declared("acm-pca:GetPolicy", "The authority's policy may allow or deny the call.")
DESCRIBE = declared("acm-pca:DescribeCertificateAuthority", "Whether the certificate authority exists.")


SERVICE = Service(
    prefix="acm-pca",
    name="PrivateCA",
    title="AWS Private CA",
    page="https://docs.aws.amazon.com/privateca/latest/userguide/pca-rbp.html",
    resources=(
        Resource(
            kind="certificate authority",
            arn="acm-pca:certificate-authority/{id}",
            listed=Listing(LIST, within="CertificateAuthorities", each="Arn"),
            hints=("PCA", "CERTIFICATE_AUTHORITY"),
            named=no_arn_of_a_name,
            asked=ServiceRead(GET_POLICY, {"ResourceArn": "{arn}"}),
            described=ServiceRead(
                DESCRIBE, {"CertificateAuthorityArn": "{arn}"}, gone=("ResourceNotFoundException",)
            ),
            elsewhere=False,
            policy="Policy",
            draft=Draft(
                called="certificate authority policy",
                most=81_920,
                cli="acm-pca put-policy --resource-arn {arn} --policy {document}",
                read_back="acm-pca get-policy --resource-arn {arn}",
                terraform=Block("aws_acmpca_policy", {"resource_arn": "{arn}"}, "policy"),
            ),
        ),
    ),
    neighbours="IssueCertificate GetCertificate RevokeCertificate DescribeCertificateAuthority"
    " DeleteCertificateAuthority PutPolicy",
    tries={
        "DescribeCertificateAuthority": "acm-pca describe-certificate-authority --certificate-authority-arn {arn}"
        " --query CertificateAuthority.Status",
    },
    changes={
        "PutPolicy": "the policy of {resourceArn} was written",
        "DeletePolicy": "the policy of {resourceArn} was deleted",
    },
)
