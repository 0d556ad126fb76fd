# Sourced by what fetches and builds: nothing that comes from a registry finds AWS credentials in its environment.
for name in $(compgen -v AWS_ || true); do unset "$name"; done
export AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_CONFIG_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
