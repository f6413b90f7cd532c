"""What ``veldpdf prefill`` does once it knows what to: one worksheet, or one for each partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from veldpdf.cli.codes import ATTENTION, DONE
from veldpdf.cli.settings import printable
from veldpdf.errors import VeldpdfError
from veldpdf.files import check_writable, make_folder, write_files
from veldpdf.fits import about_fits
from veldpdf.language import Catalogue
from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Template
from veldpdf.prefilling_many import How, Tried, common_fits, namesakes, try_rows, worksheets
from veldpdf.recipients import Recipient, RecipientTable, file_names, try_recipients

__all__ = ["How", "Job"]

_NAMES_STAY = Message(
    "The PDF is signed or has usage rights that allow no field to be added, so it does not carry the partner's name;"
    " name the files that come back with --partners."
)
_NAMES_GO = Message(
    "A flattened worksheet does not carry the partner's name; name the files that come back with --partners."
)
_WILL_NOT_HOLD = Message(
    "The PDF is signed or has usage rights that allow no pages to be added; a viewer will object. --drop-rights takes"
    " them out."
)
_FLATTENED = Message("The PDF is signed or has usage rights; flattening takes them out.")


@dataclass(frozen=True, slots=True)
class Job:
    """What all worksheets of one run have in common."""

    template: Template
    form: FormDefinition
    say: Catalogue
    values: Mapping[str, str]
    how: How
    force: bool

    def tell_of_template(self) -> int:
        """Tell what it lacks, and what its owner does not allow; return the exit status."""
        self._tell(self._lacking())  # of a worksheet of another year that may be meant so
        warnings = [*self.template.warnings]
        protection = self.template.protection
        if protection.is_signed and self.how.flatten:
            warnings.append(_FLATTENED)
        elif self.how.continuation and protection.lets_fill and not protection.lets_add:
            warnings.append(_WILL_NOT_HOLD)
        return self._tell(warnings)

    def tell_of_owner(self, problem: Message | None) -> int:
        """Tell that the template is somebody's own, where it is; return the exit status."""
        if problem is None:
            return DONE
        return self._tell([problem, Message("What stands in it goes to all who get a copy.")])

    def _lacking(self) -> Iterable[Message]:
        """Yield what tells of a template that lacks fields: what comes back will not have them either."""
        lacking = [spec.label for spec in self.form.fields if spec.name not in self.template.fields]
        if lacking:
            yield counted(
                "{source} lacks {n} field of {form}, so nobody can answer it: {names}.",
                "{source} lacks {n} fields of {form}, so nobody can answer them: {names}.",
                len(lacking),
                source=self.template.source,
                form=self.form.id,
                names=" · ".join(lacking),
            )

    def make_one(self, output: Path) -> int:
        """Write one worksheet, and return the exit status."""
        fits = self.template.measure(self.values)
        write_files({output: self.template.fill(self.values, **asdict(self.how))}, overwrite=self.force)
        click.echo(self.say("Written: {names}.", names=output), err=True)
        return self._tell(about_fits(fits, self.form, continued=self.how.continuation))

    def make_many(self, path: Path, folder: Path, *, keep_going: bool) -> int:
        """Write a worksheet for each partner of a list, and return the exit status."""
        table = try_recipients(path, fields=self.template.fields)
        self.template.check_names(table.columns, source=str(path))
        status, good = self._tried(path, table, keep_going=keep_going)
        if self.how.flatten:
            click.echo(self.say(_NAMES_GO), err=True)
        elif not self.template.protection.lets_add:
            click.echo(self.say(_NAMES_STAY), err=True)
        self._tell_of_namesakes(good)
        self._write_all(good, folder)
        done = counted(
            "{n} worksheet written in {folder}.",
            "{n} worksheets written in {folder}.",
            len(good),
            folder=folder,
        )
        click.echo(self.say(done), err=True)
        return status

    def _tried(self, path: Path, table: RecipientTable, *, keep_going: bool) -> tuple[int, list[Recipient]]:
        """Try all worksheets before the first is written, so that a mistake in the last row leaves no half set.

        Returns:
            The exit status, and the partners whose worksheets can be made.
        """
        continued = self.how.continuation
        common = common_fits(self.template, table.rows, self.values)
        status = self._tell(about_fits(common, self.form, continued=continued))
        good: list[Recipient] = []
        for row in try_rows(self.template, table.rows, self.values, source=str(path)):
            if isinstance(row, VeldpdfError):
                if not keep_going:
                    raise row
                status |= self._tell([row.what, row.remedy])
                continue
            good.append(row.recipient)
            status |= self._tell(self._about(row))
        return status, good

    def _about(self, row: Tried) -> Iterable[Message]:
        return about_fits(row.fits, self.form, partner=row.recipient.partner, continued=self.how.continuation)

    def _tell(self, messages: Iterable[str]) -> int:
        """Tell what asks for attention; return the exit status."""
        status = DONE
        for message in messages:
            status = ATTENTION
            click.echo(printable(self.say(message)), err=True)
        return status

    def _tell_of_namesakes(self, recipients: Sequence[Recipient]) -> None:
        """Tell of partners that would be taken for one when their worksheets come back."""
        twice = namesakes(recipients)
        if twice:
            click.echo(
                printable(
                    self.say(
                        "More than one row is for {names}; of what comes back under one name only the newest counts.",
                        names=", ".join(twice),
                    )
                ),
                err=True,
            )

    def _write_all(self, recipients: Sequence[Recipient], folder: Path) -> None:
        targets = [folder / name for name in file_names(recipient.partner for recipient in recipients)]
        make_folder(folder)
        check_writable(targets, overwrite=self.force)
        for name, pdf in worksheets(self.template, recipients, self.values, self.how):
            write_files({folder / name: pdf}, overwrite=self.force)
