"""Every case of `tests/cases/*.yaml`, told to a real office and compared line by line.

Cases that need the same office (settings, tables, months paid ahead) are told in one, each with
dossiers of its own: an office has many people, and a month costs as much for forty as for one.
`pytest tests/test_cases.py -k NAME` tells a case alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.period import month_number, month_text
from tasks import warehouse
from tasks.amount_words import dotted
from tests.case_law import (
    CASH,
    DELTAS,
    KINDS,
    Case,
    Edit,
    Malformed,
    Month,
    Row,
    month_key,
    read_cases,
    read_file,
    read_row,
)
from tests.house import COMMUNE, MONTH_HEADERS, House, new_house

CASES = read_cases()
NUMBERS = {case.id: number for number, case in enumerate(CASES, start=1)}
Place = tuple[str, int]  # file below inbox/, row
Fate = tuple[tuple[str, ...], tuple[str, ...]]  # rules that sent the row back, and the others
ROW_TABLES = ("change", "account_row", "verification")


@dataclass
class Told:
    """What one office did with all the cases told to it."""

    months: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    places: dict[tuple[str, str, int, int], Place] = field(default_factory=dict)
    fates: dict[Place, Fate] = field(default_factory=dict)
    unanswerable: list[tuple[str, str]] = field(default_factory=list)  # case, what is not there
    error: Exception | None = None


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Case], Told]:
    """Return what tells a case's office its cases: of those that this run has selected."""
    offices: dict[Any, list[Case]] = defaultdict(list)
    for item in request.session.items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        if isinstance(case, Case):
            offices[case.office].append(case)
    stories: dict[Any, Told] = {}

    def tell_once(case: Case) -> Told:
        if case.office not in stories:
            stories[case.office] = tell(offices[case.office], tmp_path_factory.mktemp("office"))
        return stories[case.office]

    return tell_once


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, told: Callable[[Case], Told]) -> None:
    story = told(case)
    differences = [text for name, text in story.unanswerable if name == case.id]
    differences += [*_rows_that_differ(case, story), *_lines_that_differ(case, story)]
    if differences:
        lines = [case.title, case.legal_basis, *differences]
        pytest.fail("\n".join(lines), pytrace=False)


# --- telling -----------------------------------------------------------------------------------


def tell(cases: list[Case], folder: Path) -> Told:
    """Drive one office through all months of its cases; an exception ends the story there."""
    story = Told()
    house = new_house(folder / "office", month_key(cases[0].start_month))
    for setting, value in cases[0].settings.items():
        if setting != "start_month":
            house.set(setting, value if value[0].isdigit() else f'"{value}"')
    first = month_number(month_key(cases[0].start_month))
    last = max(month_number(month_key(list(case.months)[-1])) for case in cases)
    try:
        for month in range(first, last + 1):
            _tell_month(house, cases, month_text(month), story)
    except Exception as error:
        story.error = error
    story.fates = _fates(house)
    return story


def _tell_month(house: House, cases: list[Case], month: str, story: Told) -> None:
    name = f"{month[5:]}/{month[:4]}"
    house.day = date.fromisoformat(f"{month}-25")
    active = [(case, case.months[name]) for case in cases if name in case.months]
    for edit in dict.fromkeys(edit for _, said in active for edit in said.edits):
        _edit(house, edit)
    for turn in range(max((len(said.rounds) for _, said in active), default=0)):
        _send(house, name, turn, active, story)
        house.ingest()
    through = next((said.through for _, said in active if said.through), None)
    digest = house.prepare(month, through and month_key(through)).digest
    story.months[name] = _lines(house, month)
    house.release(month, digest)
    _answer(house, month, active, story)


def _edit(house: House, edit: Edit) -> None:
    if edit.removed:
        path = house.home / "reference" / edit.file
        lines = path.read_text(encoding="utf-8").splitlines()
        [old] = [line for line in lines if line.startswith(edit.removed)]
        path.write_text("\n".join(line for line in lines if line != old) + "\n", encoding="utf-8")
    if edit.added:
        house.add_reference(edit.file, edit.added)


def _send(
    house: House, name: str, turn: int, active: Iterable[tuple[Case, Month]], story: Told
) -> None:
    """Put the rows of all cases into one file per kind and commune."""
    files: dict[tuple[str, str | None], list[dict[str, str]]] = defaultdict(list)
    sent: dict[tuple[str, str | None], list[tuple[str, str, int, int]]] = defaultdict(list)
    for case, said in active:
        for number, row in enumerate(said.rounds[turn] if turn < len(said.rounds) else ()):
            file = (row.kind, None if row.kind == "XAC_THUC" else row.commune)
            files[file].append(_own(case, row))
            sent[file].append((case.id, name, turn, number))
    for (kind, commune), rows in files.items():
        path = house.send(kind if kind in MONTH_HEADERS else kind.lower(), rows, commune)
        for line, key in enumerate(sent[kind, commune], start=2):
            story.places[key] = (path.relative_to(house.home / "inbox").as_posix(), line)


def _own(case: Case, row: Row) -> dict[str, str]:
    """Return a row's fields with the dossier number that it has in the office."""
    short = row.fields["dossier_no"]
    fields = dict(row.fields) | {"dossier_no": _dossier(case, short)}
    for name in ("full_name", "holder_name"):
        if fields.get(name, "").upper().endswith(f" A {short}"):
            fields[name] = fields[name].removesuffix(short) + _dossier(case, short)
    return fields


def _dossier(case: Case, short: str) -> str:
    return f"{NUMBERS[case.id]:03}{short}"


def _answer(house: House, month: str, active: Iterable[tuple[Case, Month]], story: Told) -> None:
    """Send what providers say of payments, as one file."""
    results = [(case, result) for case, said in active for result in said.results]
    if not results:
        return
    paid = {
        (line["month"], line["dossier_no"], line["scheme"]): line for line in house.table("payment")
    }
    rows = []
    for case, result in results:
        of_month = month_number(month_key(result.month) if result.month else month)
        payment = paid.get((of_month, _dossier(case, result.dossier), result.scheme))
        if payment is None:
            story.unanswerable.append((case.id, f"{month}: không có phiếu để trả lời {result}"))
            continue
        rows.append(
            {
                "payment_id": payment["payment_id"],
                "amount": result.amount or payment["amount"],
                "status": result.status,
                "error_code": result.error_code,
            }
        )
    house.send("ket_qua", rows, None)
    house.ingest()


# --- what the office says, in the sentences of the cases -----------------------------------------


def _lines(house: House, month: str) -> dict[str, list[str]]:
    """Return every line of a month that was prepared, by heading; dossiers as in the office."""
    number = month_number(month)
    with warehouse.opened(house.office(), is_read_only=True) as connection:

        def read(table: str, where: str = "month = $month") -> list[dict[str, Any]]:
            select = f"SELECT * FROM {table} WHERE {where} ORDER BY ALL"
            return warehouse.frame(connection, select, month=number).to_dicts()

        items = defaultdict(list)
        for item in read("payment_item"):
            items[item["payment_id"]].append(_item(item))
        return {
            "chi": [_payment(line, items[line["payment_id"]]) for line in read("payment")],
            "giữ": [_held(line) for line in read("held")],
            "còn phải thu": [
                f"{_who(line)} {dotted(line['amount'])}" for line in read("receivable")
            ],
            "quá hạn": [
                f"{line['dossier_no']} {line['family']} {_mm(line['entitlement_month'])}"
                f" {dotted(line['amount'])}"
                for line in read("too_old")
            ],
            "biến động": [_delta(line) for line in read("delta")],
            "báo": [
                f"{line['dossier_no']} {line['rule']}"
                for line in read("issue", "cycle = $month AND stage = 'prepare'")
            ],
        }


def _who(line: dict[str, Any]) -> str:
    return f"{line['dossier_no']} {line['scheme']}"


def _mm(month: int) -> str:
    text = month_text(month)
    return f"{text[5:]}/{text[:4]}"


def _item(item: dict[str, Any]) -> str:
    """A payment names the category of the age band; what is taken back names the family."""
    is_recovery = item["kind"] == "recovery"
    benefit = item["family"] if is_recovery else item["category_code"]
    month = _mm(item["entitlement_month"])
    return f"{benefit} {month} {KINDS[item['kind']]} {dotted(item['amount'])}"


def _payment(line: dict[str, Any], items: list[str]) -> str:
    channel = {
        "none": " (không chi)",
        "cash": f" (tiền mặt: {CASH.get(line['cash_reason'])})",
        "account": f" (tài khoản {line['provider']})",
    }[line["channel"]]
    if line["cash_reason"] == "no_account":
        channel = ""
    return f"{_who(line)} {dotted(line['amount'])}{channel}{_commune(line)} = " + " + ".join(
        sorted(items)
    )


def _commune(line: dict[str, Any]) -> str:
    return "" if line["commune_code"] == COMMUNE else f", xã {line['commune_code']}"


def _held(line: dict[str, Any]) -> str:
    amount = "chưa có mức" if line["amount"] is None else dotted(line["amount"])
    return f"{_who(line)} {amount} {line['rule']}"


def _delta(line: dict[str, Any]) -> str:
    change = f"{dotted(line['amount_before'])} → {dotted(line['amount_after'])}"
    arrears = f", truy lĩnh {dotted(line['arrears'])}" if line["arrears"] else ""
    recovery = f", truy thu {dotted(line['recovery'])}" if line["recovery"] else ""
    words = f"{_who(line)} {DELTAS[line['kind']]} {change} {line['reason']}"
    return f"{words}{arrears}{recovery}{_commune(line)}"


def _fates(house: House) -> dict[Place, Fate]:
    """Return for each row the rules that sent it back, and the others that it broke."""
    rows = " UNION ALL ".join(f"SELECT sha256, row_no, is_taken FROM {name}" for name in ROW_TABLES)
    select = f"""
        SELECT name, sent.row_no, is_taken,
            list(DISTINCT rule ORDER BY rule) FILTER (severity = 'reject') AS rejected,
            list(DISTINCT rule ORDER BY rule) FILTER (severity <> 'reject') AS warned
        FROM ({rows}) AS sent
        JOIN received_file USING (sha256)
        LEFT JOIN (FROM issue WHERE stage = 'ingest') AS issue USING (sha256, row_no)
        GROUP BY ALL
        ORDER BY ALL
    """
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        found = warehouse.rows(connection, select)
    return {
        (name, row_no): (() if taken else tuple(rejected or ("?",)), tuple(warned or ()))
        for name, row_no, taken, rejected, warned in found
    }


# --- comparing -----------------------------------------------------------------------------------


def _rows_that_differ(case: Case, story: Told) -> Iterator[str]:
    for name, month in case.months.items():
        for turn, rows in enumerate(month.rounds):
            for number, row in enumerate(rows):
                place = story.places.get((case.id, name, turn, number))
                rejected, warned = story.fates.get(place, (("chưa xét",), ()))
                if rejected != tuple(sorted(row.rejected)):
                    yield f"kỳ {name}: “{row.text}” bị trả lại theo {rejected or 'không gì'}"
                if set(row.warned) - set(warned):
                    yield f"kỳ {name}: “{row.text}” chỉ báo {warned or 'không gì'}"


def _lines_that_differ(case: Case, story: Told) -> Iterator[str]:
    prefix = f"{NUMBERS[case.id]:03}"
    for name, month in case.months.items():
        if name not in story.months:
            yield f"kỳ {name}: không lập được: {story.error!r}"
            return
        for heading, expected in month.expected.items():
            said = story.months[name][heading]
            actual = [line.removeprefix(prefix) for line in said if line.startswith(prefix)]
            if heading == "báo":  # the findings that the case is about, not all
                actual = [line for line in actual if line in expected]
            for line in sorted({*actual, *expected}):
                if actual.count(line) != expected.count(line):
                    yield f"kỳ {name}, {heading}: {'thừa' if line in actual else 'thiếu'} {line}"


# --- the cases themselves ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("chi: không, lạ: 1", "khóa lạ"),
        ("nhận: [TANG A BT04 từ 06/2024 MOI]", "không có kết quả"),
        ("chi: [A BTXH 5.000 = BT04 06/2024 hằng tháng 4.000]", "cộng sai"),
        ("chi: [A BTXH 5000 = BT04 06/2024 hằng tháng 5000]", "không hiểu"),
        ("chi: []", "cần danh sách"),
        ("chi: không, nhận: [TANG A BT04 từ 06/2024]", "không hiểu"),
        ("'chi': không, 'nhận': ['TANG A BT04 từ 06/2024 MOI, tuổi 5']", "không rõ"),
        ("chi: không, chi: không", "hai lần"),
        ("chi: không, kết quả: [A BTXH DA_CHI]", "không hiểu"),
        ("chi: không, nhận: [TANG A BT04 từ 06/2024 MOI → trả lại]", "không rõ"),
        ("chi: ['A BTXH 5.000 (tiền mặt) = BT04 06/2024 hằng tháng 5.000']", "không hiểu"),
    ],
)
def test_a_case_that_is_not_clear_is_refused(tmp_path: Path, written: str, reason: str) -> None:
    path = tmp_path / "thu.yaml"
    path.write_text(
        f"- {{mã: a, ca: Thử, căn cứ: SPEC 5, kỳ: {{06/2024: {{{written}}}}}}}", "utf-8"
    )
    with pytest.raises(Malformed, match=reason):
        list(read_file(path))


def test_a_row_says_what_must_become_of_it() -> None:
    row = read_row("GIAM A BT04 từ 07/2024 CHET, chết 01/06/2024 → trả lại EN05 EN08")
    assert (row.kind, row.rejected, row.warned) == ("GIAM", ("EN05", "EN08"), ())
    assert row.fields["death_date"] == "01/06/2024"


def test_a_wrong_expectation_fails() -> None:
    """A superfluous payment, a missing one and one of another amount are all said."""
    case = next(case for case in CASES if case.id == "tuoi:du_80_thang_doi_muc")
    prefix = f"{NUMBERS[case.id]:03}"
    empty = {heading: [] for month in case.months.values() for heading in month.expected}
    story = Told(months={name: {**empty, "chi": [f"{prefix}Z"]} for name in case.months})
    differences = list(_lines_that_differ(case, story))
    assert any(line.endswith("thừa Z") for line in differences)
    assert any("thiếu A BTXH 540.000" in line for line in differences)
