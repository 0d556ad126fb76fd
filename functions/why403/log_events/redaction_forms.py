"""Where a secret stands without a name and a separator before it, and what of a line is never a secret."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

Span = tuple[int, int, str]
ARN = re.compile(r"arn:[a-z0-9-]{2,12}:[a-z0-9-]{2,40}:[a-z0-9-]{0,20}:[^:\s\"']{0,14}:[^\s\"'`,;)}\]<>?&=]+")
"""Five colons as the grammar has them; ends also where a URL's parameters would go on, which may hold a token."""
AUTHORIZATION = re.compile(
    r"authorization[\"']?\s{0,3}(?:header)?\s{0,3}[\"']?\s{0,3}[:=,]\s{0,3}[\[(]?\s{0,3}[\"']{0,2}"
    r"(?P<value>(?:basic|bearer|digest|token|negotiate|ntlm|apikey|aws4-[a-z0-9-]+|aws|key|hmac|jwt|oauth)\s{1,3}"
    r"[^\s\"'`,]{3,4000}(?:,\s{0,3}[a-z0-9_-]{1,40}=(?:\"[^\"\r\n]{0,1000}\"|[^\s,\"']{0,1000})){0,20})",
    re.IGNORECASE,
)
"""A scheme, its credential, and the parts that Digest and AWS's signature add; what follows stays."""
COOKIE = re.compile(
    r"cookie[\"']?\s{0,3}(?:header)?\s{0,3}[\"']?\s{0,3}[:=,]\s{0,3}[\[(]?\s{0,3}[\"']{0,2}"
    r"(?P<value>[^\s=;\"']{1,100}=[^\s;\"'`]{3,4000}(?:;\s{0,2}[^\s=;\"']{1,100}=[^\s;\"'`]{0,4000}){0,60})",
    re.IGNORECASE,
)
"""Any cookie may be a session: names are not looked at; at most 60 pairs keep it linear."""
SCHEME = re.compile(
    r"\b(?:bearer|basic|token|apikey|geniekey|ssws|ntlm|negotiate)\s{1,8}(?P<value>[A-Za-z0-9._~+/=-]{8,4000})",
    re.IGNORECASE,
)
"""A credential behind its scheme without the header's name, as clients print it; vendors have schemes of their own."""
OPTION = re.compile(
    r"(?:(?<=\s)|(?<=[\"'])|^)(?:-u|-U|--user|--proxy-user"
    r"|--?[a-z-]{0,30}(?:passw(?:or)?d|passphrase|passin|passout|token|secret|api-?key|access-?key|private-?key|oauth2-bearer)[a-z-]{0,10})"
    r"(?:[\s=]{1,3}|\\?[\"'],\s{0,3})(?!-)\\?[\"']{0,2}(?:pass:)?(?P<value>[^\s\"']{3,400})",
    re.IGNORECASE,
)
"""curl's `-u`, `--password X`, `["--token", "X"]` in a task's command: no `=` or `:` need stand between."""
REVERSED = re.compile(
    r"[\"'](?:value|val|data|content)[\"']\s{0,5}:\s{0,5}[\"'](?P<value>[^\"']{3,4000})[\"']\s{0,5},\s{0,40}"
    r"[\"'](?:name|key|header|field)[\"']\s{0,5}:\s{0,5}[\"'][^\"']{0,60}"
    r"(?:passw|pwd|secret|token|api_?key|access_?key|private_?key|credential|auth|cookie)",
    re.IGNORECASE,
)
"""The value before its name, as JSON with sorted keys has it the other way round: `"value": "..", "key": "DB_PASSWORD"`."""
SQL = re.compile(
    r"\b(?:identified\s{1,8}(?:with\s{1,8}\S{1,60}\s{1,8})?(?:by|as)"
    r"|(?:encrypted\s{1,8}|set\s{1,8}|with\s{1,8}|(?:role|user|login)\s{1,8}\S{1,60}\s{1,8})password(?:\s{1,8}for\s{1,8}\S{1,80})?)"
    r"\s{0,8}(?:=|to)?\s{0,8}(?:password\s{0,4}\(?\s{0,4})?N?(?P<quote>[\"'])(?P<value>[^\n]{2,200}?)(?P=quote)",
    re.IGNORECASE,
)
"""IDENTIFIED BY '…', PASSWORD '…': an SQL statement that a driver's error repeats."""
SECURE_STRING = re.compile(
    r"SecureString[\"'](?=([^{}]{0,400}))[^{}]{0,400}?[\"']Value[\"']\s{0,5}:\s{0,5}(?P<quote>[\"'])(?P<value>[^\"'\n]{1,4000})(?P=quote)"
)
"""The type before the value, in one object; the look-ahead lets a type without a value cost its length once."""
SECURE_STRING_BEFORE = re.compile(
    r"[\"']Value[\"']\s{0,5}:\s{0,5}(?P<quote>[\"'])(?P<value>[^\"'\n]{1,4000})(?P=quote)[^{}]{0,400}?SecureString"
)
"""A parameter of Systems Manager that is secret by its type, whatever its name."""
SECURE_INPUT = re.compile(
    r"(?:ConvertTo-SecureString(?:\s{1,8}-(?:String|AsPlainText|Force)){0,3}\s{1,8}"
    r"|CURLOPT_[A-Z0-9_]{0,20}(?:PASSWORD|USERPWD|BEARER)\s{0,4},\s{0,4}|KEYPASSWD\s{0,4},\s{0,4})"
    r"\\?[\"']{0,3}(?P<value>[^\s\"']{3,400})"
)
"""PowerShell's cmdlet and libcurl's options, which take the secret behind a blank or a comma."""
DIALOGUE = re.compile(
    r"(?:^|[\n\"'>]\s{0,3})(?:AUTH(?:\s{1,3}(?:PLAIN|LOGIN|default))?|PASS|net\s{1,3}use\s[^\n]{1,200}/user:\S{1,80})\s{1,3}(?P<value>\S{4,400})"
)
"""What Redis, SMTP, FTP and Windows are told: a word of theirs, then the secret."""
PROSE = re.compile(
    r"\b(?:(?:password|passphrase|secret|token|pin)(?:'s\s|\s{0,3}[\t|]\s{0,3}|\s{1,3}(?:is|was|are|for\s[^\s:]{1,60}:|set\sto|=))"
    r"|(?:with|using)\s(?:the\s)?(?:password|passphrase|token|api\skey))\s{0,3}[\"']?"
    r"(?P<value>(?=[^\s\"']{0,60}[0-9])[A-Za-z0-9!-~]{5,400})",
    re.IGNORECASE,
)
"""A sentence that gives it away: a value with a digit, for `the password is wrong` is none."""
SPOKEN = re.compile(
    r"\b(?:(?:passwd|pw|(?:totp|otp|mfa|wallet|recovery)\sseed)\s|(?:login|logon|credentials)\s{1,3}[\w.@-]{1,40}:"
    r"|(?:passphrase|password)\s(?:for|of)\s(?:\w{1,20}\s){1,3}(?:is|was)\s)\s{0,3}[\"']?(?P<value>[^\s\"':]{6,400})",
    re.IGNORECASE,
)
"""Said in passing: `passwd X rejected`, `login admin:X`, `passphrase for key is X`."""
SETTING = re.compile(
    r"\bname:\s{0,3}[\"']?[A-Z0-9_]{0,40}(?:PASS|SECRET|TOKEN|PWD|CREDENTIAL|API_KEY|PRIVATE_KEY)[A-Z0-9_]{0,20}[\"']?\s{1,60}"
    r"value:\s{0,3}[\"']?(?P<value>[^\s\"']{3,4000})"
)
"""An environment variable of a manifest: its name on one line, its value on the next."""
THIN = re.compile(r"\bjdbc:oracle:thin:[^/\s:@]{1,60}/(?P<value>[^@\s]{3,200})(?=@)")
"""Oracle's own form of a user and a password."""
CONSTRUCTED = re.compile(
    r"\b[A-Za-z]{0,20}(?:password|secret|token|api_?key)\((?P<value>[^\s()\"',=]{6,200})\)", re.IGNORECASE
)
"""A value class as Scala and Kotlin print it: Password(…)."""
FORM_PART = re.compile(
    r"name=\"[^\"]{0,40}(?:passw|secret|token|api_?key)[^\"]{0,40}\"(?:\r?\n[^\n]{0,100}){0,2}\r?\n\r?\n(?P<value>[^\r\n]{3,4000})",
    re.IGNORECASE,
)
"""multipart/form-data: the field's name in a header, the value after an empty line."""
LINK = re.compile(
    r"(?:https?://(?![^/\s]{0,200}amazonaws)[^\s\"'<>/]{1,200}|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s)(?:/[^\s\"'<>/?#]{1,80}){0,4}?"
    r"/[a-z_-]{0,20}(?:reset|verif|confirm|invit|activat|magic|recover|unsubscribe|token|sso|login|signin|signup|share|password)[a-z_-]{0,20}"
    r"[/=?](?:[a-z_]{1,20}=)?(?P<value>(?=[A-Za-z_-]{0,400}[0-9])[A-Za-z0-9_-]{16,400})",
    re.IGNORECASE,
)
"""A link that lets in whoever holds it: what stands after such a word in its path."""
TOKEN_AS_USER = re.compile(r"(?<=://)(?P<value>[A-Za-z0-9_.~%+-]{12,400})@(?=[A-Za-z0-9\[])")
"""`https://TOKEN@github.com`: a user without a password that is long enough is one; the value must look like a token."""
_WITHIN = r"\b[^\n|]{0,100}?\s"
"""The rest of one command, up to an option of it."""
_COMMAND = re.compile(
    "(?:"
    + "|".join(
        (
            r"\blogin\s{1,3}\S{1,100}\s{1,3}password",
            r"\bsshpass\s{1,3}-p",
            rf"\b(?:mysql|mysqldump|mysqladmin|mariadb){_WITHIN}-p",
            r"\bhtpasswd\s{1,3}-\w{0,5}b\w{0,5}(?:\s{1,3}[^\s-]\S{0,100}){2}",
            rf"\bredis-cli{_WITHIN}(?:-a|--pass)",
            rf"\bmongo\w{{0,10}}{_WITHIN}-p",
            rf"\b(?:sqlcmd|bcp|osql|isql){_WITHIN}-P",
            rf"\bopenssl\s{{1,3}}enc{_WITHIN}-k",
            r"\bnet\s{1,3}user\s{1,3}[^\s/]\S{0,80}",
            rf"\bldap\w{{3,10}}{_WITHIN}-w",
            rf"\baz\s{{1,3}}login{_WITHIN}-p",
            rf"\b(?:7z\w?|zip|unzip|unrar|rar){_WITHIN}-[pP]",
            rf"\bkeytool{_WITHIN}-(?:store|key)pass",
            r"\bchpasswd\s{0,3}<<<\s{0,3}[\"']?[^\s:\"'\[]{1,80}:",
        )
    )
    + r")\s{0,3}(?P<value>[^\s-][^\s]{3,400})"
)
"""What files and programs take without a separator: .netrc, sshpass, mysql."""
_READS_IT = r"(?:password-stdin|passphrase-fd|passin\s{1,3}stdin|passwd\s{1,3}--stdin|chpasswd)"
_PIPED = re.compile(
    r"\b(?:echo|printf)\s{1,3}(?:-[ne]{1,2}\s{1,3}|[\"']%s(?:\\n)?[\"']\s{1,3}){0,2}"
    r"[\"']?(?P<value>[^\s\"'|]{4,400})[\"']?\s{0,3}\|\s{0,3}"
    rf"(?:sudo\s(?:-\w{{1,20}}\s{{1,3}}){{0,3}}-S|[^\n|]{{0,80}}{_READS_IT}|[^\n]{{0,120}}create\s{{1,3}}secret)"
)
"""`echo X | docker login --password-stdin`: an echo into anything else shows no secret."""
_HERESTRING = re.compile(
    r"^(?=[^\n]{0,300}(?:passw|passphrase|secret|key-file|login|token))[^\n]{0,300}?<<<\s{0,3}[\"']?"
    r"(?P<value>[^\s\"']{4,400})",
    re.MULTILINE,
)
"""`<<< X` into a command that speaks of a secret before it in the same line."""
_HEREDOC = re.compile(
    r"^(?=[^\n]{0,200}(?:passphrase-fd|passin|--password|password-stdin|sudo\s-S))"
    r"[^\n]{0,200}?<<-?\s?[\"']?[A-Za-z_]{2,20}[\"']?[^\n]{0,100}\n(?P<value>\S{4,400})",
    re.MULTILINE,
)
"""A command that reads its secret from what is given to it."""
_TYPED = re.compile(r"\bsend(?:line)?\s{1,3}\\?[\"'](?P<value>[^\s\"'\\]{4,200})\\[rn]")
"""What an expect script types."""
_CODES = "mfa|otp|pin|2fa|totp|security|one[_ -]?time|verification|auth|sms|login|confirmation|activation"
_PIN = re.compile(
    rf"(?:(?<![A-Za-z])(?:[A-Za-z]{{1,12}}[_ -])?(?i:pin|cvc2?|cvv2?|otp|totp|2fa|mfa|(?:{_CODES})[_ -]?code)"
    r"|(?<![A-Za-z])[a-z]{2,12}(?:Pin|Otp|Cvc|Cvv|(?<=sms)Code|(?<=login)Code)|暗証番号|認証コード|인증번호|비밀번호)"
    r"(?:\sfor\s[^\s:]{1,60}(?=:))?[\"'`\])}]{0,2}\s{0,5}(?:=>|:=|->|=|:|>|\s(?:is|was)\s|\s)\s{0,5}[\"']?"
    r"(?P<value>[0-9]{3,8})(?![\w.-])"
)
"""A few digits that a field's name calls a secret."""
_GIVEN = (_COMMAND, _PIPED, _HEREDOC, _HERESTRING, _TYPED, _PIN)
FORMS = (
    AUTHORIZATION, COOKIE, SCHEME, OPTION, *_GIVEN, REVERSED, SQL, SECURE_STRING, SECURE_STRING_BEFORE, SECURE_INPUT, DIALOGUE,
    PROSE, SPOKEN, SETTING, THIN, CONSTRUCTED, FORM_PART, LINK,
    TOKEN_AS_USER,
)  # fmt: skip
WORDLIKE = frozenset(
    {SCHEME, _HEREDOC, _TYPED, TOKEN_AS_USER, DIALOGUE, PROSE, SPOKEN, SETTING, CONSTRUCTED, LINK}
)
"""Forms that ordinary words have as well: there the value itself must look like a token."""
PROTECTED = re.compile(
    r"An error occurred \([A-Za-z.]{1,80}\)(?: when calling the [A-Za-z0-9]{1,80} operation)?"
    r"|is not authorized to perform:? \S{1,100}(?: on (?:the )?resource:? \S{1,300})?"
    r"|(?:because no|with an explicit deny in)[\w ,:'`-]{1,160}"
    r"|\b[A-Za-z0-9]{0,60}(?:AccessDenied|Unauthorized|Forbidden|NotAuthorized|ExpiredToken|InvalidClientTokenId)[A-Za-z]{0,30}:?"
    r"|operation error [A-Za-z0-9 ]{1,60}: [A-Za-z0-9]{1,80}|api error [A-Za-z]{1,80}|\(Service: [^()\n]{1,300}\)"
    rf"|{ARN.pattern}"
)
"""AWS's own words for a denial: whatever stands beside them, they stay."""


def without_protected(seen: str, spans: Iterable[Span], names: tuple[str, ...] = ()) -> Iterator[Span]:
    """The spans with what AWS said, and the names that it told, cut out of them."""
    kept = list(_protected(seen, names))
    ends = [end for _, end in kept]
    for first, last, kind in spans:
        start = first
        for begin, end in kept[bisect_right(ends, first) :]:
            if begin >= last:
                if start < last:
                    yield start, last, kind
                break
            if begin <= first and end >= last:
                break  # the name of a thing, taken whole: its parts are no secrets
            if begin > start:
                yield start, begin, kind
            start = end
        else:
            if start < last:
                yield start, last, kind


def _protected(seen: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """In their order and apart."""
    found = [match.span() for match in PROTECTED.finditer(seen)]
    if names:
        longest_first = sorted(names, key=len, reverse=True)
        found += [match.span() for match in re.finditer("|".join(map(re.escape, longest_first)), seen)]
    last = 0
    for start, end in sorted(found):
        if end > last:
            yield max(start, last), end
            last = end
