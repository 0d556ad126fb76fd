"""`why403 open`: one incident of a deployed stack as it stands, with what was found. It only reads."""

import click

from why403.cli.options import credentials, of_stack
from why403.cli.printed import OutputFormat, printed, printing
from why403.cli.stored import open_stored
from why403.notices.load import NoticeMaker
from why403.notices.notice import Notice
from why403.notices.words import Language

EXAMPLES = """\
\b
examples:
  why403 open f3a1c0de
  why403 open f3a1c0de --format html > incident.html
\b
exit status: 0 shown, 2 usage or no such incident, 3 nothing could be read"""


@click.command("open", epilog=EXAMPLES)
@click.argument("incident")
@of_stack
@credentials
@printing
def command(
    incident: str, stack: str, region: str, form: str, language: str, *, whole: bool, as_json: bool
) -> int:
    """Show an incident: who was denied what, why, the fix, and how it stands.

    INCIDENT is its id, or how it begins, as `why403 incidents` lists it.
    """
    notice = stored_notice(incident, stack, region, Language(language))
    print(printed(notice, OutputFormat.JSON if as_json else OutputFormat(form), whole=whole))
    return 0


def stored_notice(incident: str, stack: str, region: str, language: Language) -> Notice:
    """What a deployed why403 tells of an incident. SettingsError where there is no such."""
    stored = open_stored(stack, region)
    maker = NoticeMaker(table=stored.table, place=stored.identity.place, language=language)
    return maker.notice_of(stored.find(incident))
