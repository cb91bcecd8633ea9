"""Cases that read like law: the sentences of `tests/cases/*.yaml`, read strictly.

A case tells what an office receives and answers month by month, and every line that each month
must give. Whatever is not a sentence of `tests/cases/README.md` is refused: a case that says
nothing, or something unknown, must not pass.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.house import COMMUNE

FOLDER = Path(__file__).parent / "cases"
CASE_KEYS = {"mã", "ca", "căn cứ", "thiết lập", "kỳ"}
SETTINGS = {"start_month", "age_change", "max_offset_share", "max_arrears_months"}
ROUNDS = ("nhận", "nhận lần 2", "nhận lần 3")
COMPLETE = ("chi", "giữ", "còn phải thu", "quá hạn")  # one of them stated: all of them count
STATED = ("biến động", "báo")  # count where they are stated
MONTH_KEYS = {"bảng", *ROUNDS, "chi trước đến", *COMPLETE, *STATED, "kết quả"}
NOT_LINES = ("bảng", "chi trước đến")
NOTHING = "không"

WORDS = {
    "sinh": "birth_date",
    "giới tính": "gender",
    "số định danh": "citizen_id",
    "suất": "units",
    "họ tên": "full_name",
    "quyết định": "decision_no",
    "ngày quyết định": "decision_date",
    "hệ số": "coefficient",
    "mức": "monthly_amount",
    "chết": "death_date",
    "chủ": "holder_name",
    "số định danh chủ": "holder_citizen_id",
    "văn bản": "authorisation_no",
    "hết hạn": "authorisation_expires_on",
    "vì": "no_account_reason",
    "xã": "commune",
}
OWN_VALUES = ("citizen_id", "holder_citizen_id", "account_number")  # of one case alone
KINDS = {
    "regular": "hằng tháng",
    "arrears": "truy lĩnh",
    "retry": "chi lại",
    "recovery": "truy thu",
}
CASH = {
    "exception": "đã đăng ký",
    "no_account": "chưa có tài khoản",
    "account_unusable": "tài khoản không dùng được",
    "identity": "định danh",
}
DELTAS = {"increase": "tăng", "decrease": "giảm", "adjustment": "điều chỉnh"}

_NAME, _MONTH, _AMOUNT = r"[A-Z]\w*", r"\d\d/\d{4}", r"\d{1,3}(?:\.\d{3})*"
_CHANGE = re.compile(
    rf"(?P<kind>TANG|GIAM|DIEU_CHINH) (?P<dossier_no>{_NAME}) (?P<category_code>\w+)"
    rf"(?: thay (?P<old_category_code>\w+))? từ (?P<effective_month>{_MONTH}) (?P<reason>[A-Z_]+)"
)
_ACCOUNT = re.compile(
    rf"(?P<kind>TAI_KHOAN) (?P<dossier_no>{_NAME}) (?P<method>CHINH_CHU|GIAM_HO|UY_QUYEN|TIEN_MAT)"
    r"(?: (?P<bank>\d{6}) (?P<account_number>\w+))?"
)
_CHECK = re.compile(
    rf"(?P<kind>XAC_THUC) (?P<dossier_no>{_NAME}) (?P<subject>DAN_CU|THUE_BAO|TAI_KHOAN)"
    r" (?P<value>\w+) (?P<outcome>DUNG|SAI)"
)
_FATE = re.compile(r"(?P<verb>trả lại|báo) (?P<rules>[A-Z]{2}\d\d(?: [A-Z]{2}\d\d)*)")
_RESULT = re.compile(
    rf"(?P<dossier>{_NAME}) (?P<scheme>[A-Z]+)(?: kỳ (?P<month>{_MONTH}))?"
    rf" (?P<status>THANH_CONG|DANG_XU_LY|LOI|HOAN_TRA)(?: (?P<error_code>[A-Z_]+))?"
    rf"(?:, số tiền (?P<amount>{_AMOUNT}))?"
)
_ITEM = rf"\w+ {_MONTH} (?:{'|'.join(KINDS.values())}) -?{_AMOUNT}"
_CASH = "|".join(words for reason, words in CASH.items() if reason != "no_account")
_PAYMENT = re.compile(
    rf"{_NAME} [A-Z]+ (?P<amount>{_AMOUNT})"
    rf"(?: \((?:không chi|tiền mặt: (?:{_CASH})|tài khoản [A-Z]+)\))?"
    rf"(?:, xã \d{{5}})? = (?P<items>{_ITEM}(?: \+ {_ITEM})*)"
)
_HELD = re.compile(rf"{_NAME} [A-Z]+ (?:{_AMOUNT} (?:ID05|ID09|CHET)|chưa có mức EN03)")
_OWED = re.compile(rf"{_NAME} [A-Z]+ {_AMOUNT}")
_TOO_OLD = re.compile(rf"{_NAME} \w+ {_MONTH} -?{_AMOUNT}")
_DELTA = re.compile(
    rf"{_NAME} [A-Z]+ (?:{'|'.join(DELTAS.values())}) {_AMOUNT} → {_AMOUNT} [A-Z_]+"
    rf"(?:, truy lĩnh {_AMOUNT})?(?:, truy thu -{_AMOUNT})?(?:, xã \d{{5}})?"
)
_FINDING = re.compile(rf"{_NAME} [A-Z]{{2}}\d\d")
SENTENCES = {
    "chi": _PAYMENT,
    "giữ": _HELD,
    "còn phải thu": _OWED,
    "quá hạn": _TOO_OLD,
    "biến động": _DELTA,
    "báo": _FINDING,
}


class Malformed(Exception):
    """A case says something that is no sentence of the format."""


@dataclass(frozen=True)
class Row:
    """One row of a file, and what must become of it: empty `rejected` means taken."""

    kind: str
    commune: str
    fields: Mapping[str, str]
    text: str
    rejected: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


class Result(NamedTuple):
    """A provider's word on one payment: of the month just paid and of its amount, if not said."""

    dossier: str
    scheme: str
    month: str | None
    status: str
    error_code: str
    amount: int | None


class Edit(NamedTuple):
    """A change of a reference table: one line out, one line in; either may be empty."""

    file: str
    removed: str
    added: str


@dataclass(frozen=True)
class Month:
    """What happens in a month of a case, and the lines that it must give, by heading."""

    edits: tuple[Edit, ...]
    rounds: tuple[tuple[Row, ...], ...]
    through: str | None
    expected: Mapping[str, list[str]]
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Case:
    """One story in an office of its own making."""

    id: str
    title: str
    legal_basis: str
    settings: Mapping[str, str]
    months: Mapping[str, Month]

    @property
    def start_month(self) -> str:
        return self.settings.get("start_month", "06/2024")

    @property
    def office(self) -> Hashable:
        """Cases of equal settings, tables and months paid ahead can be told in one office."""
        tables = tuple((name, month.edits) for name, month in self.months.items() if month.edits)
        ahead = tuple((name, month.through) for name, month in self.months.items() if month.through)
        return tuple(sorted(self.settings.items())), tables, ahead


def month_key(text: str) -> str:
    """Return `MM/YYYY` as `YYYY-MM`."""
    return f"{text[3:]}-{text[:2]}"


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """Return every case, in the order of files and lines; Malformed where one is unclear."""
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in read_file(path)]
    _require_own_values(cases)
    return cases


def read_file(path: Path) -> Iterator[Case]:
    """Yield the cases of one file; Malformed names file and case."""
    names: set[str] = set()
    for number, written in enumerate(yaml.load(path.read_text("utf-8"), _Text), start=1):
        try:
            case = _case(path.stem, written)
            _require(case.id not in names, f"mã {case.id} có hai lần")
        except (Malformed, KeyError, TypeError, AttributeError) as error:
            raise Malformed(f"{path.name}, ca thứ {number}: {error}") from error
        names.add(case.id)
        yield case


class _Text(yaml.BaseLoader):
    """Every value is text as it is written; a key written twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [key.value for key, _ in node.value]
        _require(len(keys) == len(set(keys)), f"khóa viết hai lần: {keys}")
        return super().construct_mapping(node, deep=deep)


def _case(theme: str, written: dict[str, Any]) -> Case:
    _require_known(written, CASE_KEYS)
    settings = written.get("thiết lập", {})
    _require_known(settings, SETTINGS)
    months = {name: _month(block) for name, block in written["kỳ"].items()}
    _require(all(re.fullmatch(_MONTH, name) for name in months), f"kỳ không rõ: {list(months)}")
    keys = [month_key(name) for name in months]
    _require(keys == sorted(keys), "các kỳ không theo thứ tự")
    _require(any(month.expected for month in months.values()), "không có kết quả phải đạt")
    case = Case(f"{theme}:{written['mã']}", written["ca"], written["căn cứ"], settings, months)
    _require(keys[0] >= month_key(case.start_month), "kỳ trước tháng bắt đầu")
    _require(bool(case.title and case.legal_basis), "thiếu tên ca hoặc căn cứ")
    return case


def _month(written: dict[str, Any]) -> Month:
    _require_known(written, MONTH_KEYS)
    lines = {
        name: _lines(written[name]) for name in written if name not in ("bảng", "chi trước đến")
    }
    expected = {name: lines[name] for name in SENTENCES if name in lines}
    if any(name in expected for name in COMPLETE):
        expected = {name: [] for name in COMPLETE} | expected
    return Month(
        edits=tuple(_edit(edit) for edit in written.get("bảng", [])),
        rounds=tuple(tuple(map(read_row, lines[name])) for name in ROUNDS if name in lines),
        through=written.get("chi trước đến"),
        expected={
            name: sorted(_sentence(name, line) for line in said) for name, said in expected.items()
        },
        results=tuple(_result(line) for line in lines.get("kết quả", [])),
    )


def _lines(written: Any) -> list[str]:
    if written == NOTHING:
        return []
    _require(isinstance(written, list) and bool(written), f"cần danh sách hoặc “không”: {written}")
    return written


def _sentence(heading: str, line: str) -> str:
    """Return a line as it is compared; its sums must be right in themselves."""
    match = SENTENCES[heading].fullmatch(line)
    _require(match is not None, f"{heading}: không hiểu “{line}”")
    if heading != "chi":
        return line
    items = match["items"].split(" + ")
    total = sum(_amount(item.rsplit(" ", 1)[1]) for item in items)
    _require(total == _amount(match["amount"]), f"cộng sai: {line}")
    head = line[: match.start("items")]
    return head + " + ".join(sorted(items))


def _amount(text: str) -> int:
    return int(text.replace(".", ""))


def _edit(written: dict[str, str]) -> Edit:
    _require_known(written, {"tệp", "bỏ", "thêm"})
    return Edit(written["tệp"], written.get("bỏ", ""), written.get("thêm", ""))


def _result(line: str) -> Result:
    match = _RESULT.fullmatch(line)
    _require(match is not None, f"kết quả: không hiểu “{line}”")
    amount = match["amount"] and _amount(match["amount"])
    words = (match[name] for name in ("dossier", "scheme", "month", "status"))
    return Result(*words, match["error_code"] or "", amount)


def read_row(line: str) -> Row:
    """Read one sentence about a row, with what must become of it behind an arrow."""
    said, _, fate = line.partition(" → ")
    head, *others = said.split(", ")
    match = _CHANGE.fullmatch(head) or _ACCOUNT.fullmatch(head) or _CHECK.fullmatch(head)
    _require(match is not None, f"nhận: không hiểu “{head}”")
    given = {name: value for name, value in match.groupdict().items() if value}
    kind = given.pop("kind")
    given |= dict(map(_field, others))
    commune = given.pop("commune", COMMUNE)
    return Row(kind, commune, _filled(kind, given), line, *_fate(fate))


def _field(written: str) -> tuple[str, str]:
    for word in sorted(WORDS, key=len, reverse=True):
        if written.startswith(word + " "):
            value = written.removeprefix(word + " ")
            return WORDS[word], "" if value == "để trống" else value
    raise Malformed(f"không rõ “{written}”")


def _fate(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not written:
        return (), ()
    match = _FATE.fullmatch(written)
    _require(match is not None, f"không rõ “→ {written}”")
    rules = tuple(match["rules"].split())
    return (rules, ()) if match["verb"] == "trả lại" else ((), rules)


def _filled(kind: str, given: dict[str, str]) -> dict[str, str]:
    """Return a whole row: what the case does not say is as below."""
    name = {"full_name": f"Vừ A {given['dossier_no']}"}
    if kind == "TAI_KHOAN":
        if given["method"] == "CHINH_CHU" and "account_number" in given:
            name["holder_name"] = f"VU A {given['dossier_no']}"
        return name | given
    if kind == "XAC_THUC":
        return given
    if given["reason"] != "HIEN_HUONG":
        name |= {"decision_no": "12/QĐ-UBND", "decision_date": "20/05/2024"}
    if kind == "TANG":
        name |= {"birth_date": "15/03/1980", "gender": "Nam"}
    return name | given


def _require_own_values(cases: list[Case]) -> None:
    """Cases share an office, so an id or account number must belong to one case."""
    owner: dict[str, str] = {}
    for case in cases:
        for month in case.months.values():
            for row in (row for rows in month.rounds for row in rows):
                for value in (row.fields[n] for n in OWN_VALUES if row.fields.get(n)):
                    first = owner.setdefault(value, case.id)
                    _require(first == case.id, f"{case.id} dùng số {value} của {first}")


def _require_known(written: Mapping[str, Any], keys: set[str]) -> None:
    _require(isinstance(written, dict), f"cần các khóa {sorted(keys)}: {written}")
    _require(not set(written) - keys, f"khóa lạ {sorted(set(written) - keys)}")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise Malformed(message)
