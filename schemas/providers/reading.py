"""Profiles read from TOML; what is wrong is said with file, section, key, value and what is meant.

Sections of files that come in (`[results]`) are read by whoever reads those files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schemas.providers.declared import (
    CONTROL_NUMBERS,
    LONGEST_ID,
    NUMBERS,
    Column,
    FileOut,
    Payer,
    Profile,
    ProfileError,
    TransferText,
)
from schemas.providers.keys import (
    CHANNELS,
    COLUMN_KEYS,
    CONTROL_KEYS,
    COUNT,
    FILE_KEYS,
    PAYER_KEYS,
    PROFILE_KEYS,
    TRANSFER_KEYS,
    Key,
    Place,
)

ANY_PROVIDER, ANY_FILE = "*", "generic"
MOST_XLSX_LINES = 1_000_000  # a sheet has room for 1,048,576
MOST_LETTERS = 32_000
NAME_PARTS = ("month", "provider", "channel", "scheme")
# Keys that only some formats have, and fields that some cannot do without.
ONLY_IN = {
    "delimiter": ("csv",),
    "has_header": ("csv",),
    "encoding": ("csv", "fixed_width"),
    "sheet": ("xlsx",),
    "control_sheet": ("xlsx",),
    "control": ("xlsx", "fixed_width"),
    "payer": ("pain.001",),
}
NEEDED = {"account": ("payment_id", "account_number", "amount"), "cash": ("payment_id", "amount")}
NEEDED_BY_PAIN = ("payment_id", "payee_ascii", "account_number", "bin", "amount", "transfer_text")
NEVER_CUT = ("payment_id", "account_number", "bin", "payee_citizen_id", "phone", *NUMBERS)
TRANSFER_TEXT = re.compile(r"\{payment_id\}(?: (?:[A-Z0-9 .,/-]|\{month\}|\{year\})*)?")
# What a bank statement may not say of a person.
TELLING = re.compile(
    r"BTXH|NCC|HTXH|KHUYET TAT|TAM THAN|HIV|AIDS|NGHEO|MO COI|CAO TUOI|NGUOI GIA|DON THAN|"
    r"THUONG BINH|BENH BINH|LIET SI|CO CONG|HUU TRI|BAO TRO|TUT|NAN NHAN|BENH"
)


def read_profile(path: Path, data: bytes) -> Profile:
    """Return the profile that a file holds; ProfileError says what is wrong with it."""
    place = Place("/".join(path.parts[-3:]))
    try:
        given = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(
            f"Khai báo đơn vị chi trả, tệp {place.file}: không đọc được ({error})."
        ) from None
    place.check(given, PROFILE_KEYS, ("provider", "bins", "channels"))
    if given["provider"] != (ANY_PROVIDER if path.stem == ANY_FILE else path.stem):
        place.wrong("provider", given["provider"], f"“{path.stem}”, như tên tệp")
    channels = tuple(given["channels"])
    if not channels or not set(channels) <= set(CHANNELS):
        place.wrong("channels", given["channels"], "account, cash hoặc cả hai")
    for bin_ in given["bins"]:
        if not re.fullmatch(r"\d{6}|\*", bin_):
            place.wrong("bins", bin_, "mã BIN 6 chữ số, hoặc “*” cho mọi ngân hàng còn lại")
    for channel in CHANNELS:
        if (channel in given) != (channel in channels):
            place.wrong("channels", given["channels"], f"khớp với mục [{channel}] của tệp")
    files = {
        channel: _file(place.inside(f"[{channel}]"), channel, given[channel])
        for channel in channels
    }
    return Profile(given["provider"], tuple(given["bins"]), channels, files)


def _file(place: Place, channel: str, given: Mapping[str, Any]) -> FileOut:
    place.check(given, FILE_KEYS, ("columns",))
    form = given.get("format", "csv")
    for key, formats in ONLY_IN.items():
        if key in given and form not in formats:
            place.wrong(key, given[key], f"bỏ khóa này: chỉ dùng với format {', '.join(formats)}")
    if form == "pain.001" and channel != "account":
        place.wrong("format", form, "csv, xlsx hoặc fixed_width: pain.001 chỉ chuyển vào tài khoản")
    if form == "pain.001" and "payer" not in given:
        place.wrong("payer", None, "tài khoản của đơn vị: { name, account, bin }")
    declared = FileOut(
        **{
            **given,
            "format": form,
            "columns": _columns(place, form, given["columns"], COLUMN_KEYS),
            "control": _columns(
                place.inside("control"), form, given.get("control", []), CONTROL_KEYS
            ),
            "transfer_text": _transfer_text(place, given.get("transfer_text", {})),
            "payer": _payer(place, given.get("payer")),
            "max_lines": _max_lines(place, form, given),
        }
    )
    _check_name(place, declared.name)
    _check_encoding(place, declared)
    _check_fields(place, channel, declared)
    return declared


def _max_lines(place: Place, form: str, given: Mapping[str, Any]) -> int | None:
    """Return the most lines of a file: what is declared, and what it has room for."""
    declared = given.get("max_lines")
    room = [MOST_XLSX_LINES] if form == "xlsx" else []
    for column in given["columns"]:
        if form == "fixed_width" and column.get("field") == "line_no":
            room.append(10 ** column.get("width", 1) - 1)
    most = min(room, default=None)
    if declared is not None and most is not None and declared > most:
        place.wrong("max_lines", declared, f"không quá {most} dòng: tệp không đánh số được hơn")
    return declared or most


def _columns(
    place: Place, form: str, given: list[dict[str, Any]], keys: Mapping[str, Key]
) -> tuple[Column, ...]:
    columns = []
    for number, one in enumerate(given, start=1):
        at = place.inside(f"cột {number}")
        at.check(one, keys, ("header",) if form in ("csv", "xlsx") else ())
        columns.append(_column(at, form, one))
    headers = [column.header for column in columns]
    for header in headers:
        if form != "fixed_width" and headers.count(header) > 1:
            place.wrong("header", header, "mỗi cột một tên khác nhau")
    return tuple(columns)


def _column(at: Place, form: str, given: Mapping[str, Any]) -> Column:
    field = given.get("field", "")
    if bool(field) == ("text" in given):
        at.wrong(
            "field", given.get("field"), "hoặc “field”, hoặc “text” (chữ cố định), một trong hai"
        )
    for key in ("width", "align", "pad"):
        if key in given and form != "fixed_width":
            at.wrong(key, given[key], "bỏ khóa này: chỉ dùng với format fixed_width")
    if form == "fixed_width" and "width" not in given:
        at.wrong("width", None, COUNT.expected)
    if given.get("cut") and (field in NEVER_CUT or not {"max_length", "width"} & set(given)):
        at.wrong("cut", True, "chỉ cắt chữ có max_length hoặc width, không cắt mã, số và số tiền")
    if field in NUMBERS and {"pattern", "max_length", "upper_ascii"} & set(given):
        at.wrong("field", field, "cột số không có pattern, max_length, upper_ascii")
    if len(given.get("text", "")) > given.get("width", MOST_LETTERS):
        at.wrong("text", given["text"], "chữ không dài hơn width")
    if "pattern" in given:
        _check_pattern(at, given["pattern"])
    is_number = field in (*NUMBERS, *CONTROL_NUMBERS)
    usual = {"header": field or given.get("text"), "align": "right" if is_number else "left"}
    return Column(
        **{**usual, **given, "upper_ascii": given.get("upper_ascii", field == "payee_ascii")}
    )


def _check_pattern(at: Place, pattern: str) -> None:
    try:
        pl.Series([""]).str.contains(f"^(?:{pattern})$", strict=True)
    except pl.exceptions.ComputeError:
        at.wrong("pattern", pattern, "biểu thức chính quy đúng, như “[0-9]{6,19}”")


def _transfer_text(place: Place, given: Mapping[str, Any]) -> TransferText:
    at = place.inside("transfer_text")
    at.check(given, TRANSFER_KEYS, ())
    found = TransferText(**given)
    if not TRANSFER_TEXT.fullmatch(found.text):
        at.wrong(
            "text",
            found.text,
            "{payment_id} đứng đầu, rồi chữ in không dấu; chỉ thêm được {month} và {year}",
        )
    if TELLING.search(found.text):
        at.wrong("text", found.text, "lời không nói loại đối tượng, nguồn hay sức khỏe")
    longest = found.text.format(payment_id="X" * LONGEST_ID, month="07", year="2024")
    if len(longest) > found.limit:
        at.wrong(
            "limit",
            found.limit,
            f"ít nhất {len(longest)} ký tự cho nội dung đã khai, hoặc rút ngắn “text”",
        )
    return found


def _payer(place: Place, given: Mapping[str, Any] | None) -> Payer | None:
    if given is None:
        return None
    place.inside("payer").check(given, PAYER_KEYS, PAYER_KEYS)
    return Payer(**given)


def _check_name(place: Place, name: str) -> None:
    braces = re.findall(r"\{(\w*)\}", name)
    plain = re.sub(r"\{\w*\}", "", name)
    if (
        not set(braces) <= set(NAME_PARTS)
        or "scheme" not in braces
        or "month" not in braces
        or not re.fullmatch(r"[A-Za-z0-9_-]*", plain)
    ):
        place.wrong(
            "name",
            name,
            "chữ không dấu, số, “_”, “-”, có {month}, {scheme}; thêm được {provider}, {channel}",
        )


def _check_encoding(place: Place, declared: FileOut) -> None:
    """Raise ProfileError where what every file says has letters that it cannot hold."""
    if declared.encoding != "ascii":
        return
    for column in (*declared.columns, *declared.control):
        shown = column.text + (column.header if declared.format == "csv" else "")
        if not shown.isascii():
            place.wrong("encoding", "ascii", f"utf-8, hoặc bỏ dấu ở “{shown}”")


def _check_fields(place: Place, channel: str, declared: FileOut) -> None:
    """Raise ProfileError where a file could not be paid from, or read back."""
    needed = NEEDED_BY_PAIN if declared.format == "pain.001" else NEEDED[channel]
    fields = {column.field for column in declared.columns}
    # A transfer text begins with the payment id.
    told = fields | ({"payment_id"} if "transfer_text" in fields else set())
    for field in needed:
        if field not in (fields if declared.format == "pain.001" else told):
            place.wrong("columns", sorted(filter(None, fields)), f"một cột có field = “{field}”")
