"""Secrets whose name stands elsewhere: in a list of columns, a header, the command that reads them; and short ones."""

import pytest
from why403.log_events.redaction import redact

SECRET = "S0mmer-Haus7x"
DENIED = (
    " An error occurred (AccessDenied) when calling the PutItem operation: User: arn:aws:sts::123456789012:assumed-role/"
    "app/i-0abc is not authorized to perform: dynamodb:PutItem on resource: "
    "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
)
HELD = [
    "INSERT INTO users (name, email, password) VALUES ('anna', 'anna@example.com', '{}')",
    "INSERT INTO `api_keys` (`id`,`token`,`owner`) VALUES (17,'{}','anna')",
    'insert into accounts(login,pwd,active) values("ben","{}",true)',
    "INSERT INTO t (a, passwd) VALUES ('x','first9Pass1'), ('y','{}')",
    "INSERT INTO users\n  (id, login, password)\nVALUES\n  (1, 'anna', '{}');",
    "MERGE INTO u USING (VALUES ('anna','{}')) AS v(name, password) ON u.name=v.name",
    "COPY users (name, password) FROM stdin;\nanna\t{}\n\\.",
    "name,email,password\nanna,anna@example.com,{}\n",
    "user;pass\nben;x\nanna;{}",
    '"name","password","role"\n"anna","{}","admin"',
    "| user | password |\n|------|----------|\n| anna | {} |\n",
    " username | secret_token \n----------+--------------\n anna     | {}\n(1 row)",
    "cat <<'EOT' | gpg --passphrase-fd 0\n{}\nEOT",
    "echo '{}' | sudo -S apt-get update",
    "echo {} | docker login -u anna --password-stdin",
    "docker login --password-stdin registry.example.com <<< '{}'",
    "htpasswd -b .htpasswd anna {}",
    "chpasswd <<< 'anna:{}'",
    "redis-cli -a {} ping",
    "openssl enc -aes-256-cbc -k {} -in a",
    "sqlcmd -S db -U sa -P {}",
    'expect: send "{}\\r" after the prompt',
]
SHORT = [
    "pin={}", '{{"pin": "{}"}}', "userPin: {},", "<pin>{}</pin>", "Your PIN is {}", "cvc: {}", '"mfa_code":"{}"', "2fa={}",
    "one-time code: {}", "OTP for anna: {}", "暗証番号: {}", "인증번호: {}",
]  # fmt: skip
NEVER = [
    "INSERT INTO users (name, password_updated_at, token_id) VALUES ('anna', '2026-01-01', 'row-17-of-many')",
    "INSERT INTO users (name, password) VALUES ($1, $2)",
    "INSERT INTO users (name, password) VALUES (%(name)s, %(password)s)",
    "name,role\nanna,admin-of-everything\n",
    "user|token_type\nanna|bearer-of-news",
    "password, as he said,\nwas wrong again, and so was the second one,",
    "redis-cli -h cache.internal ping",
    "echo done | tee log.txt",
    "spin=1000 gpiopin 17, mapping: 4711, opinion: 2026",
    "status code: 403, error code: 4031, exit code 137",
    "port: 8080 pid: 1234 step 4 of 12",
]


@pytest.mark.parametrize("beside", ["", "\n" + DENIED])
@pytest.mark.parametrize("form", HELD)
def test_a_secret_is_taken_out_whose_name_stands_elsewhere(form: str, beside: str) -> None:
    told = redact(form.format(SECRET) + beside)

    assert SECRET not in told
    assert told.endswith(beside)


@pytest.mark.parametrize("form", SHORT)
@pytest.mark.parametrize("digits", ["4711", "47110815"])
def test_a_few_digits_are_taken_out_where_a_fields_name_says_what_they_are(form: str, digits: str) -> None:
    assert digits not in redact(form.format(digits))


@pytest.mark.parametrize("text", NEVER)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert text == redact(text)


@pytest.mark.parametrize("form", [*HELD, *SHORT])
def test_what_was_redacted_once_is_not_redacted_again(form: str) -> None:
    once = redact(form.format("47110815" if form in SHORT else SECRET))

    assert once == redact(once)
