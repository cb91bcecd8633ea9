"""What every key of a profile may hold, and how a wrong one is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from schemas.providers.declared import CONTROL_FIELDS, EXTENSIONS, FIELDS, ProfileError

CHANNELS = ("account", "cash")
OTHER_SECTIONS = ("results",)
ENCODINGS = ("utf-8-sig", "utf-8", "utf-16", "ascii")


@dataclass(frozen=True)
class Key:
    """What a key may hold: a test, and the same in words."""

    is_right: Callable[[Any], bool]
    expected: str


def _one_of(words: Iterable[str]) -> Key:
    known = tuple(words)
    return Key(lambda value: value in known, "một trong: " + ", ".join(known))


TEXT = Key(lambda value: isinstance(value, str) and value != "", "chữ trong ngoặc kép, không trống")
COUNT = Key(
    lambda value: type(value) is int and value >= 1, "số nguyên từ 1 trở lên, không có ngoặc kép"
)
FLAG = Key(lambda value: isinstance(value, bool), "true hoặc false, không có ngoặc kép")
TABLE = Key(lambda value: isinstance(value, dict), "nhóm khóa trong { }")
LIST = Key(
    lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
    "danh sách [ ], mỗi cột một nhóm { }",
)
WORDS = Key(
    lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "danh sách [ ] các mã trong ngoặc kép",
)
LETTER = Key(lambda value: isinstance(value, str) and len(value) == 1, "đúng một ký tự")

PROFILE_KEYS = {
    "provider": TEXT,
    "bins": WORDS,
    "channels": WORDS,
    **dict.fromkeys((*CHANNELS, *OTHER_SECTIONS), TABLE),
}
FILE_KEYS = {
    "format": _one_of(EXTENSIONS),
    "columns": LIST,
    "encoding": _one_of(ENCODINGS),
    "delimiter": _one_of((",", ";", "\t", "|")),
    "has_header": FLAG,
    "sheet": TEXT,
    "name": TEXT,
    "transfer_text": TABLE,
    "max_lines": COUNT,
    "max_vnd": COUNT,
    "pay_day": Key(lambda value: type(value) is int and 1 <= value <= 31, "ngày từ 1 đến 31"),
    "control": LIST,
    "control_sheet": TEXT,
    "payer": TABLE,
}
COLUMN_KEYS = {
    "header": TEXT,
    "field": _one_of(FIELDS),
    "text": TEXT,
    "upper_ascii": FLAG,
    "required": FLAG,
    "pattern": TEXT,
    "expected": TEXT,
    "max_length": COUNT,
    "cut": FLAG,
    "width": COUNT,
    "align": _one_of(("left", "right")),
    "pad": LETTER,
}
CONTROL_KEYS = {
    **{key: COLUMN_KEYS[key] for key in ("header", "text", "width", "align", "pad")},
    "field": _one_of(CONTROL_FIELDS),
}
TRANSFER_KEYS = {"text": TEXT, "limit": COUNT}
PAYER_KEYS = {
    "name": Key(
        lambda value: isinstance(value, str) and re.fullmatch(r"[ -~]{1,140}", value) is not None,
        "tên không dấu, tối đa 140 ký tự",
    ),
    "account": Key(
        lambda value: (
            isinstance(value, str) and re.fullmatch(r"[0-9A-Za-z]{6,34}", value) is not None
        ),
        "số tài khoản trong ngoặc kép, 6 đến 34 chữ số",
    ),
    "bin": Key(
        lambda value: isinstance(value, str) and re.fullmatch(r"\d{6}", value) is not None,
        "mã BIN 6 chữ số trong ngoặc kép",
    ),
}


@dataclass(frozen=True)
class Place:
    """Where in a profile something stands, for the message."""

    file: str
    section: str = ""

    def inside(self, section: str) -> Place:
        return Place(self.file, f"{self.section}, {section}" if self.section else section)

    def wrong(self, key: str, value: Any, expected: str) -> NoReturn:
        where = f"tệp {self.file}"
        where += f", mục {self.section}" if self.section else ""
        shown = "chưa có" if value is None else f"đang là {value!r}"
        raise ProfileError(
            f"Khai báo đơn vị chi trả, {where}, khóa “{key}” {shown}; cần {expected}."
        )

    def check(
        self, given: Mapping[str, Any], keys: Mapping[str, Key], needed: Iterable[str]
    ) -> None:
        """Raise ProfileError for the first key that is unknown, wrong or missing."""
        for key, value in given.items():
            if key not in keys:
                self.wrong(key, value, "một khóa đã biết: " + ", ".join(keys))
            if not keys[key].is_right(value):
                self.wrong(key, value, keys[key].expected)
        for key in needed:
            if key not in given:
                self.wrong(key, None, keys[key].expected)
