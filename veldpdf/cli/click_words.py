"""What click itself says, for our catalogues.

click looks its words up in gettext's default domain, which `veldpdf.cli.main` makes ours, but brings no
translations. Babel finds them here; nothing is done with them. Only what a user of our commands can meet is
here: we never ask for input, and files are judged elsewhere. click 8.4 says a few things in other words than
8.1 to 8.3, so these stand here twice.
"""

from __future__ import annotations

from veldpdf.cli.translated import N_


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """Mark a text that depends on a number, under the name that gettext tools know."""
    return singular, plural


WORDS = (
    # Help.
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("default: {default}"),
    N_("required"),
    # Mistakes in a command line.
    N_("Missing command."),
    N_("No such command {name!r}."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("No such option: {name}"),  # until 8.3
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} is not readable."),
)

COUNTED = (
    # The plural is "(Possible options: {possibilities})" until 8.3; gettext looks at the singular only.
    ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
