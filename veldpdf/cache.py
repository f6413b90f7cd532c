"""What PDFs said when they were read before: a folder of entries, so that a second run reads only what is new.

An entry stands for one file's bytes and all else that decides what reading makes of them: this program, the
definition, the worksheets that were sent out. Its name is the hash of that. Whether pictures can be read stands in the
entries of those files in which it made a difference: it takes longer to find out than a hundred files. What the file
is called, who sent it and when it came are no part of it: they are put to it each time, so a file that was
renamed or moved is still known.

**Entries hold answers, which are personal data.** They are compressed and not encrypted. The folder is made for its
owner alone, and so is each entry (not on Windows, where the folder's own rights count). Deleting the folder loses
nothing but time.

**Nothing of a password is kept**, and nothing that only a password opens: with one, the cache answers for files that
gave their answers without it, and the others are read. So another password is never another's answer, no entry helps
to guess one, and what a partner locked lies nowhere unlocked. Nor is kept what could not be read: that may be the
machine's fault, and the next run's memory or time may do.

**An entry is believed only when it is whole**: its length, a checksum over its name and its content, the type of every
value (`veldpdf.submission_json`), and that it fits the file and the definition. Anything else counts as absent and is
replaced. That keeps out accidents and whatever would make reading fail. It cannot keep out answers made up by
somebody who may write in the folder: whoever may do that could change the PDFs as well.

Many processes may use one folder at a time, on one machine or several: an entry is written beside its place and moved
there in one step, and whoever writes the same entry writes the same. It is not forced to the disk, which takes longer
than reading a PDF: after a power failure its checksum tells. A process that is killed while it writes leaves a file
whose name begins with ``.veldpdf-``; nobody reads it, and it goes with the folder.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from veldpdf import __version__
from veldpdf.definition import embedded_worksheet
from veldpdf.errors import OutputError
from veldpdf.files import reason_of
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, NameFrom, Status, Submission
from veldpdf.pdf import ocr
from veldpdf.pdf.reading import Envelope, Knowledge, read_pdf
from veldpdf.submission_json import FORMAT, MalformedError, from_json, to_json

Read = Callable[[bytes, Envelope, Knowledge], tuple[Submission, ...]]

_TAG = "CACHEDIR.TAG"
# Backup programs leave out a folder with such a file (https://bford.info/cachedir/). The rest of it is ours.
_TAG_CONTENT = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# veldpdf keeps here what it read from PDFs. The answers in them are personal data.\n"
    b"# Deleting this folder loses nothing: the PDFs are read again.\n"
)
_SCRATCH = ".veldpdf-"
_BEGIN = b"veldpdf entry 1\n"
_BODY_AT = len(_BEGIN) + hashlib.sha256().digest_size
# How an entry says whether pictures could be read.
_MARKS: dict[bool | None, bytes] = {None: b"-", False: b"0", True: b"1"}
_MEANINGS = {mark: meaning for meaning, mark in _MARKS.items()}
# A worksheet's answers are some kilobytes, a font of all Chinese characters three hundred more. A megabyte of
# compressed zeros unpacks to a gigabyte, and JSON of empty lists takes twenty times its length in memory.
_LARGEST_ENTRY = 4 * 1024 * 1024
_LARGEST_UNPACKED = 8 * 1024 * 1024
# Any other level takes half as long again or more, for six per cent.
_COMPRESSION = 1
# Stands for the officer's name of the partner where only what reading puts behind it is asked for.
_SOMEBODY = "\0"
# What reads the file for us: another version may read something else.
_LIBRARIES = ("pikepdf", "pypdfium2", "pytesseract")
# Not on Windows, which has neither; there a link cannot be made without special rights.
_NO_FOLLOWING = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_AS_IT_IS = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says, and how that is known.

    Attributes:
        submissions: As `read_pdf` returns them.
        was_kept: Whether they come from the cache.
        problem: Why they cannot be kept for the next run; None where they are, or are not meant to be.
    """

    submissions: tuple[Submission, ...]
    was_kept: bool = False
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A submission as an entry holds it, apart from the file's name and sender.

    Attributes:
        submission: Read from a file without a name: its source is what goes behind the name (``"#2"``).
        numbering: What goes behind the partner's name where somebody else gives it (``" (2)"``).
    """

    submission: Submission
    numbering: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry holds.

    Attributes:
        kept: Every worksheet in the file.
        with_ocr: Whether pictures could be read, where reading the file asked for that; None where it did not.
    """

    kept: tuple[_Kept, ...]
    with_ocr: bool | None = None

    @property
    def is_all_open(self) -> bool:
        """Whether the file gave its answers without a password, so that one changes nothing."""
        return all(each.submission.status.has_answers for each in self.kept)

    @property
    def may_be_passing(self) -> bool:
        """Whether another time may find more in the file: too little memory also makes one unreadable."""
        return any(each.submission.status is Status.UNREADABLE for each in self.kept)


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries, as one run uses it. May be sent to other processes; `open_cache` makes one.

    Attributes:
        folder: Where the entries lie.
        circumstances: Hash of all that decides what reading makes of a file, beside the file.
        problem: Why the folder could not be made ready, so that nothing is kept; None where it could.
    """

    folder: Path
    circumstances: bytes
    problem: Message | None = None

    def read(self, data: bytes, envelope: Envelope, knowledge: Knowledge, read: Read = read_pdf) -> Reading:
        """Return every worksheet in a PDF: from its entry, else by reading it, which is then kept.

        Never raises for what is in the folder or happens to it.

        Args:
            data: The PDF.
            envelope: What is known of it beside.
            knowledge: What to read it with; its definition and templates are those that the cache was opened for.
            read: Reads it where there is no entry.
        """
        if self.problem is not None or (knowledge.password and b"/Encrypt" in data):
            return Reading(read(data, envelope, knowledge), problem=self.problem)
        digest = hashlib.sha256(data).hexdigest()
        entry = self._get(digest, knowledge.form)
        if entry is not None and (entry.is_all_open or not knowledge.password):
            return Reading(_addressed(entry, envelope), was_kept=True)
        if entry is None:
            entry = _read_nameless(data, replace(knowledge, password=""), read)
            if entry is not None and (entry.is_all_open or not knowledge.password):
                problem = None if entry.may_be_passing else self._put(digest, entry)
                return Reading(_addressed(entry, envelope), problem=problem)
        return Reading(read(data, envelope, knowledge))

    def has(self, data: bytes) -> bool:
        """Whether there is an entry for a PDF; only reading it tells whether it is of use."""
        if self.problem is not None:
            return False
        with suppress(OSError):  # what nobody may look at is of no use
            return self._path(self._name_for(hashlib.sha256(data).hexdigest())).is_file()
        return False

    def _get(self, digest: str, form: FormDefinition) -> _Entry | None:
        """Return the entry for a file; None where there is none that can be believed."""
        name = self._name_for(digest)
        try:
            content = _read_regular(self._path(name))
            entry = None if content is None else _unpacked(content, name)
        except (OSError, zlib.error, MalformedError, MemoryError):
            return None
        if entry is None or not _fits(entry, digest, form):
            return None
        if entry.with_ocr is not None and entry.with_ocr is not ocr.is_available():
            return None
        return entry

    def _put(self, digest: str, entry: _Entry) -> Message | None:
        """Keep an entry; return why that is not possible, None where it is or need not be."""
        name = self._name_for(digest)
        try:
            self._write(self._path(name), _packed(entry, name))
        except MalformedError:
            return None
        except (OSError, ValueError) as exc:
            return _not_kept(self.folder, exc)
        return None

    def _name_for(self, digest: str) -> str:
        return hashlib.sha256(self.circumstances + bytes.fromhex(digest)).hexdigest()

    def _path(self, name: str) -> Path:
        # 256 folders: of ten thousand entries each holds forty.
        return self.folder / name[:2] / name[2:]

    def _write(self, path: Path, content: bytes) -> None:
        """Write an entry, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        with suppress(FileExistsError):
            path.parent.mkdir(mode=0o700)
        # A cache may be unpacked from anywhere: a link in it leads to a folder that is not ours to write in.
        if not S_ISDIR(os.lstat(path.parent).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "")
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=_SCRATCH)  # for the owner alone (0600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(scratch, path)  # noqa: PTH105 - a Path for each would take as long as the writing
        except BaseException:
            with suppress(OSError):
                os.unlink(scratch)  # noqa: PTH108 - the same
            raise


def open_cache(
    folder: Path, *, form: FormDefinition, templates: Iterable[bytes] = (), settings: Iterable[str] = ()
) -> Cache:
    """Return a cache in a folder, which is made where it is not there yet.

    Takes some milliseconds, so it is done once for a run and not in each worker process. A folder that may only be
    read serves as it is; that nothing new can be kept is told by `Cache.read`.

    Args:
        folder: Where the entries lie. Its parent must be there.
        form: The definition that files are read with.
        templates: The worksheets that were sent out, in the order in which they are tried.
        settings: What else decides what reading makes of a file, such as limits of the worker processes.

    Raises:
        OutputError: The folder holds something else than a cache, or cannot be a folder.
    """
    try:
        _claim(folder)
    except (FileNotFoundError, FileExistsError, NotADirectoryError, ValueError) as exc:
        raise OutputError(
            Message(
                "{path}: this cannot be the folder of the cache: {reason}.", path=folder, reason=reason_of(exc)
            ),
            Message("Name a folder that is there, or a new one in such a folder."),
        ) from exc
    except OSError as exc:
        # A full disk, or no right to write: files can be read all the same.
        return Cache(folder, b"", problem=_not_kept(folder, exc))
    return Cache(folder, _circumstances(form, templates, settings))


def _claim(folder: Path) -> None:
    """Make a folder that is new or empty one of ours, and make sure that any other is.

    Raises:
        OutputError: It holds something else.
        OSError: It cannot be made, marked or looked at.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    # Looked at before the mark: what another run puts there in the meantime comes with its mark.
    others = [name for name in os.listdir(folder) if not name.startswith(_SCRATCH)]  # noqa: PTH208 - names will do
    if _read_regular(folder / _TAG) == _TAG_CONTENT:
        return
    if others:
        raise OutputError(
            Message("{path}: this folder holds other files and is no cache of veldpdf.", path=folder),
            Message("Name a new or an empty folder."),
        )
    handle, scratch = tempfile.mkstemp(dir=folder, prefix=_SCRATCH)
    with os.fdopen(handle, "wb") as file:
        file.write(_TAG_CONTENT)
    Path(scratch).replace(folder / _TAG)


def _not_kept(folder: Path, exc: OSError | ValueError) -> Message:
    return Message(
        "{path}: what was read cannot be kept here for the next run: {reason}.",
        path=str(folder),
        reason=reason_of(exc),
    )


def _circumstances(form: FormDefinition, templates: Iterable[bytes], settings: Iterable[str]) -> bytes:
    """Return the hash of all that decides what reading makes of a file, beside the file."""
    own = embedded_worksheet(form)
    parts: list[bytes] = [
        _program(),
        # Where the definition lies says nothing about what is in it.
        repr(replace(form, source="")).encode(),
        b"" if own is None else own.read_bytes(),
        *templates,
        b"settings",
        *(setting.encode() for setting in settings),
    ]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


@cache
def _program() -> bytes:
    """Return what tells this program from any other that reads PDFs: its code, and the libraries under it."""
    told = [f"format {FORMAT}", f"veldpdf {__version__}", f"Python {sys.version_info[:2]}"]
    told += [f"{name} {_version_of(name)}" for name in _LIBRARIES]
    code = hashlib.sha256()
    # A version's number stays the same while somebody works on it; and nobody remembers to count another one up.
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        code.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    return "\n".join(told).encode() + code.digest()


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _read_nameless(data: bytes, knowledge: Knowledge, read: Read) -> _Entry | None:
    """Return what a file says by itself; None where that cannot be told apart from its name."""
    asked = _times_asked_for_ocr()
    submissions = read(data, Envelope(source=""), knowledge)
    numberings = [submission.partner for submission in submissions]
    if any(submission.name_from is NameFrom.WORKSHEET for submission in submissions):
        if all(submission.source[:1] in ("", "#") for submission in submissions):
            numberings = [_numbering(submission.source) for submission in submissions]
        else:
            # Which attachment it was tells only a name that is given; a collection of prefilled ones is rare.
            named = read(data, Envelope(source="", partner=_SOMEBODY), knowledge)
            if [submission.source for submission in named] != [submission.source for submission in submissions]:
                return None
            numberings = [submission.partner.removeprefix(_SOMEBODY) for submission in named]
    # Another thread may have asked meanwhile: then the entry says so without need, which does no harm.
    with_ocr = None if _times_asked_for_ocr() == asked else ocr.is_available()
    return _Entry(tuple(map(_Kept, submissions, numberings)), with_ocr)


def _times_asked_for_ocr() -> int:
    """Return how often it was asked whether pictures can be read: the answer is remembered, and so is that."""
    info = ocr.is_available.cache_info()
    return info.hits + info.misses


def _numbering(source: str) -> str:
    """Return what goes behind the partner's name for one of several worksheets: ``#2`` → `` (2)``."""
    return f" ({source[1:]})" if source else ""


def _addressed(entry: _Entry, envelope: Envelope) -> tuple[Submission, ...]:
    """Return what a file says as a file of that name, from that sender, received then."""
    addressed = []
    for each in entry.kept:
        submission = each.submission
        partner, name_from = submission.partner, submission.name_from
        if envelope.partner:
            partner, name_from = envelope.partner + each.numbering, NameFrom.OFFICER
        elif name_from is NameFrom.FILE:
            partner = envelope.fallback + each.numbering
        addressed.append(
            replace(
                submission,
                source=envelope.source + submission.source,
                partner=partner,
                name_from=name_from,
                received=envelope.received,
            )
        )
    return tuple(addressed)


def _fits(entry: _Entry, digest: str, form: FormDefinition) -> bool:
    """Whether an entry is what reading that file with that definition may return."""
    return bool(entry.kept) and all(
        submission.form == form.id
        and submission.digest == digest + submission.source
        and submission.name_from is not NameFrom.OFFICER
        and submission.received is None
        and submission.status is not Status.UNREADABLE
        and (submission.status.has_answers or not submission.answers)
        and all(name in form for name in submission.answers)
        for submission in (each.submission for each in entry.kept)
    )


def _packed(entry: _Entry, name: str) -> bytes:
    """Return an entry as its file holds it.

    Raises:
        MalformedError: It cannot be kept, or is too large to be.
    """
    # The numbering travels in a place of the submission that is empty until all of a run are there.
    text = to_json([replace(each.submission, superseded_by=each.numbering) for each in entry.kept])
    body = _MARKS[entry.with_ocr] + zlib.compress(text, _COMPRESSION)
    if len(text) > _LARGEST_UNPACKED or len(body) + _BODY_AT > _LARGEST_ENTRY:
        raise MalformedError("too large")
    return _BEGIN + _checksum(name, body) + body


def _unpacked(content: bytes, name: str) -> _Entry:
    """Return what an entry's file holds.

    Raises:
        MalformedError: It is no entry, or that of another name.
        zlib.error: It is no entry.
    """
    body = content[_BODY_AT:]
    if content[:_BODY_AT] != _BEGIN + _checksum(name, body) or body[:1] not in _MEANINGS:
        raise MalformedError("no entry, or not as it was written")
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(body[1:], _LARGEST_UNPACKED)
    if not unpacker.eof or unpacker.unused_data:
        raise MalformedError("more than an entry may hold")
    kept = tuple([_Kept(replace(kept, superseded_by=""), kept.superseded_by) for kept in from_json(text)])
    return _Entry(kept, _MEANINGS[body[:1]])


def _checksum(name: str, body: bytes) -> bytes:
    return hashlib.sha256(name.encode() + body).digest()


def _read_regular(path: Path) -> bytes | None:
    """Return what a file of no more than an entry's size holds; None for a link, a device, or no file at all."""
    try:
        handle = os.open(path, os.O_RDONLY | _NO_FOLLOWING | _AS_IT_IS)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if not S_ISREG(status.st_mode) or status.st_size > _LARGEST_ENTRY:
            return None
        return os.read(handle, status.st_size)
    finally:
        os.close(handle)
