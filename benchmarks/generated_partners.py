"""Partners who never were: worksheets filled with realistic Dutch, as many as are wanted, always the same.

    python benchmarks/generated_partners.py 200 FOLDER

writes so many returned worksheets into a folder that is not there yet. ``reporting.py`` merges them without the detour
through PDFs.

Answers are from 0 to 2,500 characters long, in sentences, bullets and paragraphs. Some partners give the same answer
word for word, leave the example standing, write in its midst or below it, or leave a field empty; of some nothing
could be read.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

import veldpdf  # noqa: E402 - only found after the line above
from samples import rebuild  # noqa: E402 - the same
from veldpdf.completeness import classify  # noqa: E402 - the same
from veldpdf.messages import Message  # noqa: E402 - the same
from veldpdf.model import Answer, FieldSpec, Status, Submission  # noqa: E402 - the same

LONGEST = 2500
EVERY_UNREADABLE = 37
"""Of one in so many partners nothing could be read."""
KINDS = {"own": 62, "shared": 8, "example": 8, "partly": 10, "empty": 12}
"""Of a hundred answers, so many are of each kind."""
EVERY_DILIGENT = 3
"""One in so many partners answers everything."""
DILIGENT = {"own": 80, "shared": 8, "partly": 12}
SHORTEST = 60
"""Characters that one of those writes at least."""
SHARED = ("Wij sluiten aan bij wat de GGD doet.", "Zie ons jaarplan.", "Elk kwartaal, in het netwerkoverleg.")
ORGANISATIONS = (
    *("Basisschool", "Buurtteam", "Centrum voor Jeugd en Gezin", "GGD", "Jongerenwerk", "Kinderopvang"),
    *("Politie", "Sportvereniging", "Veilig Thuis", "Wijkteam", "Huisartsenpost", "Bibliotheek"),
)
PLACES = (
    *("De Linde", "Oost", "Regio Noord", "’t Kompas", "De Ezelsbrug", "Sint-Jan", "Één Hart", "Waterland"),
    *("De Zuidwester", "Oud-Loosdrecht", "Groot-Ammers", "De Drie Beuken", "Noordoostpolder"),
)
_REFUSED = (
    (Status.SCAN, "The pages are pictures without text."),
    (Status.LOCKED, "The file is locked with a password."),
    (Status.UNREADABLE, "The file is cut off."),
)


@cache
def sentences() -> tuple[str, ...]:
    """Return what the partners of the samples wrote, sentence by sentence."""
    examples = rebuild.load_examples()
    partners = [rebuild.load_partner(path.stem, examples) for path in sorted(rebuild.ANSWERS.glob("*.json"))]
    words = " ".join(text for partner in partners for text in partner.values.values()).split()
    ended = (f"{part.strip()}." for part in " ".join(words).split(". "))
    return tuple(sentence for sentence in ended if 20 <= len(sentence) <= 300)


def partner_name(number: int) -> str:
    """Return what a partner is called; no two alike."""
    kind = ORGANISATIONS[number % len(ORGANISATIONS)]
    place = PLACES[number // len(ORGANISATIONS) % len(PLACES)]
    round_ = number // (len(ORGANISATIONS) * len(PLACES))
    return f"{kind} {place}" + (f" {round_ + 1}" if round_ else "")


def texts(number: int) -> Mapping[str, str]:
    """Return what a partner typed, by field."""
    form = veldpdf.load_form()
    # Reproducible, and nobody's secret.
    chance = random.Random(number)  # noqa: S311
    skips = number % EVERY_DILIGENT != 0
    return {spec.name: _text(spec, chance, skips=skips) for spec in form.fields}


def _text(spec: FieldSpec, chance: random.Random, *, skips: bool) -> str:
    kinds = KINDS if skips else DILIGENT
    (kind,) = chance.choices([*kinds], [*kinds.values()])
    if kind == "empty":
        return ""
    if kind == "shared":
        return chance.choice(SHARED)
    # Most answers are a few lines; some fill a page.
    own = _written(chance, max(int(LONGEST * chance.random() ** 3), 0 if skips else SHORTEST))
    if not spec.example or kind == "own":
        return own
    if kind == "example":
        return spec.example
    lines = spec.example.split("\n")
    place = chance.randrange(len(lines) + 1)
    return "\n".join([*lines[:place], own[:400], *lines[place:]])


def _written(chance: random.Random, length: int) -> str:
    """Return an answer of at most some characters: paragraphs, a list, a blank line between them."""
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        chosen = chance.sample(sentences(), chance.randint(1, 4))
        parts.append("\n".join(f"- {each}" for each in chosen) if chance.random() < 0.3 else " ".join(chosen))
    return ("\n\n" if chance.random() < 0.5 else "\n").join(parts)[:length]


def submissions(partners: int) -> Iterator[Submission]:
    """Yield what reading their worksheets would find."""
    form = veldpdf.load_form()
    for number in range(partners):
        name, source = partner_name(number), f"werkblad-{number + 1:04}.pdf"
        if number % EVERY_UNREADABLE == EVERY_UNREADABLE - 1:
            status, why = _REFUSED[number // EVERY_UNREADABLE % len(_REFUSED)]
            yield Submission(
                partner=name, source=source, status=status, form=form.id, answers={}, warnings=(Message(why),)
            )
            continue
        answers = {
            field: Answer(text=text, state=classify(form.field(field), text))
            for field, text in texts(number).items()
        }
        yield Submission(partner=name, source=source, status=Status.READ, form=form.id, answers=answers)


def write(partners: int, folder: Path) -> Sequence[Path]:
    """Write so many returned worksheets; those that cannot be read are cut off."""
    template = veldpdf.Template.open()
    folder.mkdir(parents=True)
    written: list[Path] = []
    for number in range(partners):
        pdf = template.fill(texts(number), partner=partner_name(number))
        is_cut = number % EVERY_UNREADABLE == EVERY_UNREADABLE - 1
        path = folder / f"werkblad-{number + 1:04}.pdf"
        path.write_bytes(pdf[: len(pdf) // 9] if is_cut else pdf)
        written.append(path)
    return written


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("partners", type=int, help="how many worksheets")
    parser.add_argument("folder", type=Path, help="a folder that is not there yet")
    given = parser.parse_args()
    if given.folder.exists():
        parser.error(f"{given.folder} is there already")
    made = write(given.partners, given.folder)
    print(f"{len(made)} worksheets in {given.folder}, {sum(path.stat().st_size for path in made):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
