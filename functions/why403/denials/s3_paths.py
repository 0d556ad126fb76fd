"""Buckets and objects as ARNs, and the paths that tools write for them: s3://, s3a://, s3n://."""

import re

PATH = re.compile(r"\bs3[an]?://([^\s/\"'`,;)]{1,255})(/[^\s\"'`]*)?")


def bucket_arn(bucket: str, partition: str = "aws") -> str:
    """A bucket's ARN."""
    return f"arn:{partition}:s3:::{bucket}"


def object_arn(bucket: str, key: str, partition: str = "aws") -> str:
    """An object's ARN."""
    return f"arn:{partition}:s3:::{bucket}/{key}"


def path_arn(match: re.Match[str]) -> tuple[str, str]:
    """The bucket's ARN and the object's of a match of PATH; the object's is empty where there is no key."""
    bucket = match[1].rstrip(":.")
    key = (match[2] or "").lstrip("/").rstrip(",;)]}")
    key = key.rstrip(":") if key.endswith(":") else key
    return bucket_arn(bucket), object_arn(bucket, key) if key else ""


def find_paths(text: str) -> list[tuple[str, str]]:
    """Every S3 path of the text, as bucket's and object's ARN, in order, without repetitions."""
    if "://" not in text:
        return []
    named = (match for match in PATH.finditer(text) if match[1].strip(":."))  # `s3://.../a` names no bucket
    return list(dict.fromkeys(path_arn(match) for match in named))
