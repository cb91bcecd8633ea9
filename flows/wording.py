"""The command line's own Vietnamese: help pages, and what is said of wrong usage."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)
from cyclopts.help import DefaultFormatter
from cyclopts.help.inline_text import InlineText
from rich.text import Text

USAGE = {"COMMAND": "LỆNH", "[OPTIONS]": "[THAM SỐ]", "[ARGS]": "[GIÁ TRỊ]"}


class VietnameseHelp(DefaultFormatter):
    """Cyclopts' help page with its few fixed words in Vietnamese."""

    def __init__(self) -> None:
        super().__init__(show_metavar=False)

    def __call__(self, console: Any, options: Any, panel: Any) -> None:
        """Render a panel; what is required says so."""
        entries = [_described(entry) for entry in panel.entries]
        super().__call__(console, options, panel.copy(entries=entries))

    def render_usage(self, console: Any, options: Any, usage: Any) -> None:
        """Render the first line."""
        words = [USAGE.get(word, word) for word in str(usage).split()]
        console.print(Text("Cách dùng: ", style="bold") + Text(" ".join(words)))


def _described(entry: Any) -> Any:
    """Return a line of a panel with `[required]` and `[default: …]` in Vietnamese."""
    notes = []
    if entry.required:
        notes.append("[bắt buộc]")
    if entry.default not in (None, "False"):
        notes.append(f"[mặc định: {entry.default}]")
    description = InlineText(entry.description or Text())
    for note in notes:
        description.append(Text(note, "dim"))
    return evolve(entry, description=description, required=False, default=None)


def usage_error(error: CycloptsError) -> str:
    """Return in one sentence what is wrong with a command line."""
    match error:
        case UnknownCommandError():
            return f"Không có lệnh “{_first(error)}”. Xem “chitra --help”."
        case UnknownOptionError():
            given = error.token.keyword or error.token.value
            return f"Không có tham số “{given}”. Thêm --help để xem cách dùng."
        case MissingArgumentError():
            return f"Thiếu {_name(error)}. Thêm --help để xem cách dùng."
        case RepeatArgumentError():
            return f"Tham số {_name(error)} được ghi hai lần."
        case CoercionError():
            given = error.token.value if error.token else ""
            return f"Giá trị “{given}” của {_name(error)} không đúng."
        case UnusedCliTokensError():
            return f"Thừa “{_first(error)}”. Thêm --help để xem cách dùng."
    said = getattr(error, "exception_message", "") or str(error.msg or "")
    return said or f"Dùng sai {_name(error)}. Thêm --help để xem cách dùng."


def _first(error: CycloptsError) -> str:
    return error.unused_tokens[0] if error.unused_tokens else ""


def _name(error: CycloptsError) -> str:
    return error.argument.name if error.argument is not None else "lệnh"
