"""One filled worksheet for each row of values, here or in an executor.

A fill takes half a millisecond, about as long as it takes to send the PDF from one process to another. So without an
executor all is done here. With one, rows go in chunks. The template goes along once for each chunk as the bytes of
its file, for what is compiled from them is bound to the process; whoever fills the chunk opens it once and keeps it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TypeAlias

from veldpdf.errors import VeldpdfError
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Template, Value

# Values by field name; with the partner's name before them where the worksheet is to carry it.
Row: TypeAlias = Mapping[str, Value] | tuple[str, Mapping[str, Value]]

# Rows that go together: opening the template costs as much as filling ten.
_TOGETHER = 32
# Chunks under way. A filled worksheet is as large as its template, so it is memory that is held here.
_AHEAD = 16
# Templates that a worker keeps open.
_KEPT_OPEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """What is done to every worksheet: arguments of `Template.fill`."""

    examples: bool
    lock: tuple[str, ...]
    continuation: bool
    flatten: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class _Packed:
    """A template as it travels.

    Attributes:
        data: Its file, as it was made ready for filling.
        form: The definition it belongs to.
        source: What its errors call it.
        password: Of an encrypted file.
    """

    data: bytes
    form: FormDefinition | None
    source: str
    password: str

    @classmethod
    def of(cls, template: Template) -> _Packed:
        """Take down what it takes to open a template again."""
        data = template._compiled.base.data  # noqa: SLF001 - not `fill({})`, which may add an update to it
        return cls(data, template.form, template.source, template._password)  # noqa: SLF001 - nobody else needs it

    def opened(self) -> Template:
        """Return the template, which the process that asks for it keeps for the next chunk."""
        template = _open(self.data, self.password, _ByValue(self.form))
        if template.source == self.source:
            return template
        return Template(template._compiled, self.form, self.source, self.password)  # noqa: SLF001 - the same file


class _ByValue:
    """A definition as a key of a cache: it holds dictionaries, so it has no hash of its own."""

    def __init__(self, form: FormDefinition | None) -> None:
        self.form = form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByValue) and self.form == other.form

    def __hash__(self) -> int:
        return hash(None if self.form is None else self.form.id)


@lru_cache(maxsize=_KEPT_OPEN)
def _open(data: bytes, password: str, form: _ByValue) -> Template:
    return Template.open(data, form=form.form, password=password)


def fill_many(
    template: Template,
    rows: Iterable[Row],
    *,
    executor: Executor | None = None,
    examples: bool = True,
    lock: Collection[str] = (),
    continuation: bool = False,
    flatten: bool = False,
    language: str | None = None,
) -> Iterator[bytes]:
    """Yield a filled PDF for each row of values, in their order, as soon as it is made.

    The PDFs are those that `Template.fill` makes, byte for byte. Rows are taken as they are needed, and a bounded
    number is under way.

    Args:
        template: What to fill.
        rows: Values by field name, or pairs of a partner's name and these, as in
            ``{"GGD": {"Veld01": "…"}}.items()``. The partner's name travels in the PDF.
        executor: Where to do the work, any of ``concurrent.futures``'s kind; by default here. It pays off for PDFs
            that take long, above all with ``flatten``. When it is lost, what is left is done here.
        examples: As for `Template.fill`, and so are those that follow.
        lock: Names of fields that nobody may change any more.
        continuation: Whether to put pages at the end for texts that their boxes do not show.
        flatten: Whether to leave no field at all.
        language: Of what is written on continuation pages.

    Raises:
        UnknownFieldError: A row has a name that the worksheet does not have. The PDFs of the rows before it have been
            yielded, here as for the other errors.
        ValuesError: A row has a value that its field cannot have.
        ValueTooLongError: A row has more characters than the field's ``/MaxLen``.
    """
    how = _How(
        examples=examples, lock=tuple(lock), continuation=continuation, flatten=flatten, language=language
    )
    if executor is None:
        return (_filled(template, row, how) for row in rows)
    return _in_executor(executor, partial(_fill_chunk, _Packed.of(template), how), rows)


def _filled(template: Template, row: Row, how: _How) -> bytes:
    partner, values = row if isinstance(row, tuple) else ("", row)
    return template.fill(values, partner=partner, **asdict(how))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What came of some rows: their PDFs, up to the first that cannot be filled in."""

    filled: Sequence[bytes]
    problem: VeldpdfError | None = None


# Rows that an executor was given, and what will come of them; None where it took them no more.
_Sent: TypeAlias = tuple[Sequence[Row], "Future[_Chunk] | None"]


def _fill_chunk(packed: _Packed, how: _How, rows: Sequence[Row]) -> _Chunk:
    template = packed.opened()
    filled: list[bytes] = []
    try:
        # One after the other, so that those before a mistake are not lost.
        filled.extend(_filled(template, row, how) for row in rows)
    except VeldpdfError as exc:
        return _Chunk(filled, exc)
    return _Chunk(filled)


def _in_executor(executor: Executor, fill: partial[_Chunk], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield PDFs in order, with a bounded number of chunks under way."""
    waiting: deque[_Sent] = deque()
    left = iter(rows)
    try:
        while True:
            while len(waiting) < _AHEAD and (chunk := list(islice(left, _TOGETHER))):
                waiting.append((chunk, _submitted(executor, fill, chunk)))
            if not waiting:
                return
            done = _done(fill, *waiting.popleft())
            yield from done.filled
            if done.problem is not None:
                raise done.problem
    finally:
        for _, future in waiting:
            if future is not None:
                future.cancel()


def _submitted(executor: Executor, fill: partial[_Chunk], chunk: Sequence[Row]) -> Future[_Chunk] | None:
    """Return what will come of a chunk; None where the executor takes nothing any more."""
    try:
        return executor.submit(fill, chunk)
    except (RuntimeError, CancelledError):  # a pool that was shut down, or whose process died
        return None


def _done(fill: partial[_Chunk], chunk: Sequence[Row], future: Future[_Chunk] | None) -> _Chunk:
    """Return what came of a chunk; what an executor lost is made here."""
    if future is not None:
        with suppress(BrokenExecutor, CancelledError):
            return future.result()
    return fill(chunk)
