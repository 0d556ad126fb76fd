"""Secrets that programs are given without a name before them, and codes so short that only a field's name tells."""

import re

WITHIN = r"\b[^\n|]{0,100}?\s"
"""The rest of one command, up to an option of it."""
COMMAND = re.compile(
    "(?:"
    + "|".join(
        (
            r"\blogin\s{1,3}\S{1,100}\s{1,3}password",
            r"\bsshpass\s{1,3}-p",
            rf"\b(?:mysql|mysqldump|mysqladmin|mariadb){WITHIN}-p",
            r"\bhtpasswd\s{1,3}-\w{0,5}b\w{0,5}(?:\s{1,3}[^\s-]\S{0,100}){2}",
            rf"\bredis-cli{WITHIN}(?:-a|--pass)",
            rf"\bmongo\w{{0,10}}{WITHIN}-p",
            rf"\b(?:sqlcmd|bcp|osql|isql){WITHIN}-P",
            rf"\bopenssl\s{{1,3}}enc{WITHIN}-k",
            r"\bnet\s{1,3}user\s{1,3}[^\s/]\S{0,80}",
            rf"\bldap\w{{3,10}}{WITHIN}-w",
            rf"\baz\s{{1,3}}login{WITHIN}-p",
            rf"\b(?:7z\w?|zip|unzip|unrar|rar){WITHIN}-[pP]",
            rf"\bkeytool{WITHIN}-(?:store|key)pass",
            r"\bchpasswd\s{0,3}<<<\s{0,3}[\"']?[^\s:\"'\[]{1,80}:",
        )
    )
    + r")\s{0,3}(?P<value>[^\s-][^\s]{3,400})"
)
"""What files and programs take without a separator: .netrc, sshpass, mysql."""
READS_IT = r"(?:password-stdin|passphrase-fd|passin\s{1,3}stdin|passwd\s{1,3}--stdin|chpasswd)"
PIPED = re.compile(
    r"\b(?:echo|printf)\s{1,3}(?:-[ne]{1,2}\s{1,3}|[\"']%s(?:\\n)?[\"']\s{1,3}){0,2}"
    r"[\"']?(?P<value>[^\s\"'|]{4,400})[\"']?\s{0,3}\|\s{0,3}"
    rf"(?:sudo\s(?:-\w{{1,20}}\s{{1,3}}){{0,3}}-S|[^\n|]{{0,80}}{READS_IT}|[^\n]{{0,120}}create\s{{1,3}}secret)"
)
"""`echo X | docker login --password-stdin`: an echo into anything else shows no secret."""
HERESTRING = re.compile(
    r"^(?=[^\n]{0,300}(?:passw|passphrase|secret|key-file|login|token))[^\n]{0,300}?<<<\s{0,3}[\"']?"
    r"(?P<value>[^\s\"']{4,400})",
    re.MULTILINE,
)
"""`<<< X` into a command that speaks of a secret before it in the same line."""
HEREDOC = re.compile(
    r"^(?=[^\n]{0,200}(?:passphrase-fd|passin|--password|password-stdin|sudo\s-S))"
    r"[^\n]{0,200}?<<-?\s?[\"']?[A-Za-z_]{2,20}[\"']?[^\n]{0,100}\n(?P<value>\S{4,400})",
    re.MULTILINE,
)
"""A command that reads its secret from what is given to it."""
TYPED = re.compile(r"\bsend(?:line)?\s{1,3}\\?[\"'](?P<value>[^\s\"'\\]{4,200})\\[rn]")
"""What an expect script types."""
CODES = "mfa|otp|pin|2fa|totp|security|one[_ -]?time|verification|auth|sms|login|confirmation|activation"
PIN = re.compile(
    rf"(?:(?<![A-Za-z])(?:[A-Za-z]{{1,12}}[_ -])?(?i:pin|cvc2?|cvv2?|otp|totp|2fa|mfa|(?:{CODES})[_ -]?code)"
    r"|(?<![A-Za-z])[a-z]{2,12}(?:Pin|Otp|Cvc|Cvv|(?<=sms)Code|(?<=login)Code)|暗証番号|認証コード|인증번호|비밀번호)"
    r"(?:\sfor\s[^\s:]{1,60}(?=:))?[\"'`\])}]{0,2}\s{0,5}(?:=>|:=|->|=|:|>|\s(?:is|was)\s|\s)\s{0,5}[\"']?"
    r"(?P<value>[0-9]{3,8})(?![\w.-])"
)
"""A few digits that a field's name calls a secret."""
GIVEN = (COMMAND, PIPED, HEREDOC, HERESTRING, TYPED, PIN)
