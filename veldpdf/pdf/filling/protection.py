"""What stands in the way of filling a file: signatures, usage rights, and a second form in XFA.

An update leaves every byte that was signed as it was (7.5.6), so a signature holds as long as its owner allows
what the update changes. A certification (DocMDP, 12.8.2.2) says what that is, usage rights (UR3, 12.8.2.3) say
what Reader may do, and a field lock (FieldMDP, 12.8.2.4) names fields that are final.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pikepdf

from veldpdf.messages import Message
from veldpdf.pdf.acroform import FieldType, read_fields
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    dictionaries_of,
    get,
    get_dictionary,
    get_name,
    get_number,
    identity,
    items_of,
)

# Values of /P of a certification (table 257): nothing may change; fields may be filled in and signed.
_NO_CHANGES = 1
_FILLING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What a file's owner lets others change.

    Attributes:
        has_xfa: Whether Acrobat may show an XFA form instead (annex K).
        is_signed: Whether it bears a signature or usage rights.
        lets_fill: Whether filling leaves all of them whole.
        lets_add: Whether adding a field or a page does.
    """

    has_xfa: bool
    is_signed: bool
    lets_fill: bool
    lets_add: bool

    @classmethod
    def of(cls, pdf: pikepdf.Pdf) -> Protection:
        """Take in a file."""
        acroform = get_dictionary(pdf.Root, "/AcroForm")
        signatures = list(_signatures(pdf))
        rights = get_dictionary(pdf.Root, "/Perms")
        usage = None if rights is None else get_dictionary(rights, "/UR3") or get_dictionary(rights, "/UR")
        allowed = set() if usage is None else set(_usage_rights(usage))
        return cls(
            has_xfa=acroform is not None and get(acroform, "/XFA") is not None,
            is_signed=bool(signatures) or rights is not None,
            lets_fill=not any(map(_is_final, signatures)) and (usage is None or "/FillIn" in allowed),
            lets_add=not signatures and (usage is None or "/Add" in allowed),
        )

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What the user should know before filling the file, with the choice that there is."""
        warnings = []
        if self.has_xfa:
            warnings.append(
                Message(
                    "The PDF also holds an XFA form; Acrobat may show that instead of the values filled in."
                    " --drop-xfa takes it out."
                )
            )
        if not self.lets_fill:
            warnings.append(
                Message(
                    "The PDF is signed or has usage rights that do not allow filling in; a viewer will object."
                    " --drop-rights takes them out."
                )
            )
        return tuple(warnings)


def _signatures(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Yield the signatures of a file (12.8): those of its fields, and the certification."""
    for found in read_fields(pdf):
        value = found.inherited("/V")
        if found.type is FieldType.SIGNATURE and isinstance(value, pikepdf.Dictionary):
            yield value
    permissions = get_dictionary(pdf.Root, "/Perms")
    certification = None if permissions is None else get_dictionary(permissions, "/DocMDP")
    if certification is not None:
        yield certification


def _is_final(signature: pikepdf.Dictionary) -> bool:
    """Whether a signature does not hold any more once a field is filled in.

    A field lock may name other fields than ours; but viewers tell of any, and nobody signs half a worksheet.
    """
    for found in dictionaries_of(signature, "/Reference"):
        parameters = get_dictionary(found, "/TransformParams")
        method = get_name(found, "/TransformMethod")
        if method == "/FieldMDP":
            return True
        if method == "/DocMDP":
            allowed = None if parameters is None else get_number(parameters, "/P")
            return (_FILLING if allowed is None else allowed) == _NO_CHANGES
    return False


def _usage_rights(signature: pikepdf.Dictionary) -> Iterator[str]:
    """Yield what usage rights let do with the form (table 258, /Form)."""
    for found in dictionaries_of(signature, "/Reference"):
        parameters = get_dictionary(found, "/TransformParams")
        if parameters is not None:
            yield from (
                str(right) for right in items_of(parameters, "/Form") if isinstance(right, pikepdf.Name)
            )


def take_out(pdf: pikepdf.Pdf, *, xfa: bool, rights: bool) -> Mapping[ObjectId, bytes]:
    """Take the XFA form, or signatures and usage rights, out of an opened file.

    Without XFA every viewer shows the AcroForm; where the file was signed, it can be signed again.

    Returns:
        The objects that changed, as they stand in a PDF now.
    """
    changed = _Changed()
    acroform = get_dictionary(pdf.Root, "/AcroForm")
    form_owner = pdf.Root if acroform is None or identity(acroform) == DIRECT else acroform
    if xfa:
        changed.drop(pdf.Root, "/NeedsRendering")
    if xfa and acroform is not None:
        changed.drop(acroform, "/XFA", owner=form_owner)
    if not rights:
        return changed.objects()
    changed.drop(pdf.Root, "/Perms")
    if acroform is not None:
        changed.drop(acroform, "/SigFlags", owner=form_owner)
    for found in read_fields(pdf):
        if found.type is FieldType.SIGNATURE:
            for holder in found.holders:
                for obj in (*holder.chain, *(widget.obj for widget in holder.widgets)):
                    changed.drop(obj, "/V")
                    changed.drop(obj, "/AP")  # a picture of a signature that is gone
    return changed.objects()


class _Changed:
    """Objects that lost an entry."""

    def __init__(self) -> None:
        self._owners: dict[ObjectId, pikepdf.Object] = {}

    def drop(self, obj: pikepdf.Object, key: str, *, owner: pikepdf.Object | None = None) -> None:
        """Take an entry out of a dictionary, which may be part of another object."""
        if key in obj:
            del obj[key]
            owner = obj if owner is None else owner
            self._owners[identity(owner)] = owner

    def objects(self) -> Mapping[ObjectId, bytes]:
        return {key: owner.unparse(resolved=True) for key, owner in self._owners.items()}
