"""The rules of a definition, applied to a submission: what it asks of answers beside that they are there.

An indicator is worth nothing without how often and by whom it is measured; one indicator out of three is enough; an
answer of four characters explains nothing. A definition says so, and this says what a partner still has to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from veldpdf.messages import Message, counted
from veldpdf.model import Answer, Breach, FormDefinition, Group, Rule, State

# States in which an answer says something of the partner's own.
_SAYS_SOMETHING = frozenset({State.ANSWERED, State.PARTLY_EXAMPLE})


def needed_fields(form: FormDefinition, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Return the fields that must be answered: those required, and those that another answer makes so."""
    said = _answered(answers)
    return frozenset(
        spec.name for spec in form.fields if spec.required or not said.isdisjoint(spec.required_with)
    )


def breaches(form: FormDefinition, answers: Mapping[str, Answer]) -> tuple[Breach, ...]:
    """Return the rules that a submission does not keep, in the worksheet's order, then by group."""
    said = _answered(answers)
    found = [*_missing_companions(form, said), *_too_short(form, answers), *_too_few(form, said)]
    return tuple(sorted(found, key=lambda breach: form.names.index(breach.fields[0])))


def _answered(answers: Mapping[str, Answer]) -> frozenset[str]:
    return frozenset(name for name, answer in answers.items() if answer.state in _SAYS_SOMETHING)


def _missing_companions(form: FormDefinition, said: Collection[str]) -> Iterator[Breach]:
    for spec in form.fields:
        because = [name for name in spec.required_with if name in said]
        if because and spec.name not in said:
            yield Breach(
                rule=Rule.REQUIRED_WITH,
                fields=(spec.name, *because),
                message=Message(
                    "{label} is needed because {others} is answered.",
                    label=spec.label,
                    others=", ".join(form.field(name).label for name in because),
                ),
            )


def _too_short(form: FormDefinition, answers: Mapping[str, Answer]) -> Iterator[Breach]:
    for spec in form.fields:
        answer = answers.get(spec.name)
        if answer is None or answer.state not in _SAYS_SOMETHING:
            continue
        length = len(answer.text.strip())
        if length < spec.min_length:
            yield Breach(
                rule=Rule.MINIMUM_LENGTH,
                fields=(spec.name,),
                message=counted(
                    "{label} has {n} character; at least {least} are asked.",
                    "{label} has {n} characters; at least {least} are asked.",
                    length,
                    label=spec.label,
                    least=spec.min_length,
                ),
            )


def _too_few(form: FormDefinition, said: Collection[str]) -> Iterator[Breach]:
    for group in form.groups:
        count = sum(name in said for name in group.fields)
        if count < group.at_least:
            yield Breach(
                rule=Rule.AT_LEAST,
                fields=tuple(sorted(group.fields, key=form.names.index)),
                message=_asked_of(group, count),
            )


def _asked_of(group: Group, count: int) -> Message:
    return counted(
        "{label}: at least {n} is asked; {count} answered.",
        "{label}: at least {n} are asked; {count} answered.",
        group.at_least,
        label=group.label,
        count=count,
    )
