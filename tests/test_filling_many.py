"""Many rows of values: the PDFs of `Template.fill`, in order, whoever makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import veldpdf
from veldpdf import filling_many
from veldpdf.pdf.filling.template import Template

EMBEDDED = Path(__file__).parent.parent / "forms" / "bouwsteen-3a.pdf"


def processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


class Counting(ThreadPoolExecutor):
    """A thread pool that knows how much it was given, and how much of that was cancelled."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given: list[Future[Any]] = []

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(super().submit(*args, **kwargs))
        return self.given[-1]


@pytest.fixture(scope="module")
def template() -> Template:
    return veldpdf.Template.open()


def rows(count: int) -> Iterator[Mapping[str, str]]:
    return ({"Veld01": f"antwoord {number}"} for number in range(count))


@pytest.mark.parametrize("start", [None, ThreadPoolExecutor, processes], ids=["here", "threads", "processes"])
def test_each_row_gives_the_bytes_of_a_fill_in_the_order_of_the_rows(
    start: Callable[[], Executor] | None, template: Template
) -> None:
    partners = {f"Partner {number}": row for number, row in enumerate(rows(80))}
    wanted = [
        template.fill(row, partner=partner, examples=False, lock=["Veld02"])
        for partner, row in partners.items()
    ]
    if start is None:
        made = list(veldpdf.fill_many(template, partners.items(), examples=False, lock=["Veld02"]))
    else:
        with start() as executor:
            made = list(
                veldpdf.fill_many(
                    template, partners.items(), examples=False, lock=["Veld02"], executor=executor
                )
            )
    assert made == wanted
    assert veldpdf.read(made[79]).partner == "Partner 79"


@pytest.mark.parametrize(
    "how",
    [
        {"continuation": True, "language": "en"},
        {"continuation": True},
        {"flatten": True},
        {},
    ],
)
def test_what_is_asked_of_a_fill_is_asked_of_each(how: dict[str, Any], template: Template) -> None:
    long = {"Veld01": "Veel meer dan in het vak past. " * 200}
    with ThreadPoolExecutor(1) as executor:
        assert list(veldpdf.fill_many(template, [long], executor=executor, **how)) == [
            template.fill(long, **how)
        ]


@pytest.mark.parametrize("start", [None, ThreadPoolExecutor], ids=["here", "threads"])
def test_a_row_that_cannot_be_filled_in_stops_at_its_place(
    start: Callable[[], Executor] | None, tmp_path: Path
) -> None:
    """The error is that of the template that was given, by its name, not that of the copy that travelled."""
    path = tmp_path / "werkblad.pdf"
    path.write_bytes(EMBEDDED.read_bytes())
    template = Template.open(path, form=veldpdf.load_form())
    wrong = [*rows(40), {"Veld99": "x"}, *rows(3)]
    executor = start() if start else None
    made = veldpdf.fill_many(template, wrong, executor=executor)
    assert list(islice(made, 40)) == [template.fill(row) for row in rows(40)]
    with pytest.raises(veldpdf.UnknownFieldError, match="Veld99") as caught:
        next(made)
    assert str(path) in str(caught.value)
    if executor is not None:
        executor.shutdown()


def test_no_more_rows_are_taken_than_are_under_way(template: Template) -> None:
    taken = []

    def counted() -> Iterator[Mapping[str, str]]:
        for number, row in enumerate(rows(5000)):
            taken.append(number)
            yield row

    with Counting() as executor:
        made = veldpdf.fill_many(template, counted(), executor=executor)
        next(made)
        assert len(taken) == 16 * 32
        made.close()  # type: ignore[attr-defined]  # what is given is a generator
        assert sum(future.cancelled() for future in executor.given) >= 10


class Breaking(ThreadPoolExecutor):
    """A pool that does its first tasks, loses some that it took, and then takes no more."""

    def __init__(self, does: int, takes: int) -> None:
        super().__init__(1)
        self._does, self._takes = does, takes
        self.given = 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        if self.given <= self._does:
            return super().submit(*args, **kwargs)
        if self.given > self._takes:
            raise BrokenProcessPool
        lost: Future[Any] = Future()
        lost.set_exception(BrokenProcessPool())
        return lost


@pytest.mark.parametrize(("does", "takes"), [(0, 0), (0, 3), (2, 5), (3, 3)])
def test_what_an_executor_loses_is_made_here(does: int, takes: int, template: Template) -> None:
    with Breaking(does, takes) as executor:
        made = list(veldpdf.fill_many(template, rows(250), executor=executor))
    assert executor.given > takes
    assert made == [template.fill(row) for row in rows(250)]


@pytest.mark.parametrize("start", [ThreadPoolExecutor, processes], ids=["threads", "processes"])
def test_an_executor_that_was_shut_down_costs_no_row(start: Callable[[], Executor], template: Template) -> None:
    executor = start()
    executor.shutdown()
    made = veldpdf.fill_many(template, rows(40), executor=executor)
    assert list(made) == [template.fill(row) for row in rows(40)]


def test_an_error_of_the_work_itself_is_not_hidden(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be raised here as well, after all has been done twice."""

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake in the program")

    monkeypatch.setattr(filling_many, "_filled", fail)
    with ThreadPoolExecutor(1) as executor, pytest.raises(RuntimeError, match="mistake"):
        list(veldpdf.fill_many(template, rows(1), executor=executor))


def test_a_template_is_opened_once_for_all_chunks(template: Template) -> None:
    filling_many._open.cache_clear()
    with ThreadPoolExecutor(1) as executor:
        assert len(list(veldpdf.fill_many(template, rows(200), executor=executor))) == 200
    assert filling_many._open.cache_info().misses == 1


def test_no_rows_make_no_pdfs(template: Template) -> None:
    with ThreadPoolExecutor(1) as executor:
        assert list(veldpdf.fill_many(template, [], executor=executor)) == []
    assert list(veldpdf.fill_many(template, [])) == []
