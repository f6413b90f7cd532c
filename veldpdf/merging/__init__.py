"""Many submissions in, one `Report` out: the model that every format of the report renders.

Pure: no files, no clock, no language. Whatever a format shows is decided here, once, so that the PDF on the
table and the page on the website say the same; a format only lays it out. Partners stand in the order in which
their submissions were given, questions in the order of the worksheet, and texts are kept to the letter.

What was decided:

- Of two submissions of one partner the newer counts; the other is told of in the annex.
- An example that was left standing is the publisher's text, so it stands there once, with the names of those
  who left it. It is in nobody's answers, plan or actions.
- Of an answer that is partly the example only the partner's own words are shown; the annex tells of which. Where the
  partner merely kept or mended sentences of it, there are none, and those may be meant: then all of it is shown.
- Answers of which the same is shown stand there once, with the names of all who gave them.
- "Empty", "not in the file" and "could not be read" are three things. A partner whose file could not be read is
  not said to have left a question unanswered.
- No date but the one that was given: the same input makes the same report, whenever it is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from veldpdf.completeness import find_gaps
from veldpdf.merging.participants import participant_of
from veldpdf.merging.plan import plan_of
from veldpdf.merging.questions import actions_of, question_of
from veldpdf.merging.returned import Returned, names_of
from veldpdf.merging.values import (
    Action,
    AnswerWarning,
    Bar,
    Chapter,
    Entry,
    Participant,
    PlanRow,
    Question,
    Report,
    ReportOptions,
    Said,
    Tally,
)
from veldpdf.model import FieldSpec, FormDefinition, Submission
from veldpdf.superseding import settle

__all__ = [
    "Action",
    "AnswerWarning",
    "Bar",
    "Chapter",
    "Entry",
    "Participant",
    "PlanRow",
    "Question",
    "Report",
    "ReportOptions",
    "Said",
    "Tally",
    "merge",
]


def merge(
    form: FormDefinition, submissions: Sequence[Submission], options: ReportOptions | None = None
) -> Report:
    """Return the report of all submissions.

    Args:
        form: The worksheet that they answer.
        submissions: In the order in which the report shall name the partners.
        options: Title, municipality, date and what to leave out.
    """
    options = options or ReportOptions()
    specs = tuple(spec for section in form.sections for spec in form.fields_of(section))
    submissions = settle(submissions)
    every = [
        Returned(name=name, submission=submission, gaps=find_gaps(form, submission))
        for name, submission in zip(names_of(submissions), submissions, strict=True)
    ]
    counting = [returned for returned in every if not returned.submission.superseded_by]
    superseded = [returned for returned in every if returned.submission.superseded_by]
    numbers = {spec.name: number for number, spec in enumerate(specs, start=1)}

    def question(spec: FieldSpec) -> Question:
        return question_of(spec, numbers[spec.name], counting, hide_example=options.hide_examples)

    sections = ((section, form.fields_of(section)) for section in form.sections)
    chapters = tuple(
        Chapter(section=section, questions=tuple(map(question, fields)))
        for section, fields in sections
        if fields
    )
    return Report(
        form=form,
        options=options,
        participants=tuple(participant_of(form, specs, returned) for returned in counting),
        superseded=tuple(participant_of(form, specs, returned) for returned in superseded),
        chapters=chapters,
        plan=plan_of(specs, counting),
        actions=actions_of(chapters),
    )
