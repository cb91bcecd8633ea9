"""Where each commune stands on the map of tiles: a small table that an office can edit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from tasks.office import Office, Refused

FILE = "tile_positions.csv"
MOST_LINES = 30  # rows and columns of a map that a page can show
Place = tuple[int, int]  # row and column, from 1
WRONG = "Bảng reference/{} dòng {}: {}. Sửa dòng đó, hoặc xóa cả tệp để các xã xếp theo thứ tự mã."


def tile_places(office: Office, communes: Iterable[str]) -> dict[str, Place]:
    """Return row and column of the communes that have a tile of their own, empty lines left out.

    Refused where a line of the table is no position, or two communes would lie on one tile.
    """
    known = _read(office.home / "reference" / FILE)
    places = {code: known[code] for code in communes if code in known}
    rows, columns = ({place[axis] for place in places.values()} for axis in (0, 1))
    return {
        code: (_rank(row, rows), _rank(column, columns)) for code, (row, column) in places.items()
    }


def _rank(line: int, used: set[int]) -> int:
    return sorted(used).index(line) + 1


def _read(path: Path) -> dict[str, Place]:
    """Return the table's positions by code; none where the office has no such table."""
    if not path.is_file():
        return {}
    places: dict[str, Place] = {}
    text = path.read_text(encoding="utf-8-sig")
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=2):
        code, place = (row.get("commune_code") or "").strip(), _place(row, number)
        if place in places.values():
            raise Refused(WRONG.format(FILE, number, "ô này đã có xã khác"))
        places[code] = place
    return places


def _place(row: dict[str, str], number: int) -> Place:
    try:
        line, column = int(row["row"]), int(row["column"])
    except (KeyError, TypeError, ValueError):
        raise Refused(WRONG.format(FILE, number, "cột row, column phải là số")) from None
    if not (1 <= line <= MOST_LINES and 1 <= column <= MOST_LINES):
        raise Refused(WRONG.format(FILE, number, f"row, column phải từ 1 đến {MOST_LINES}"))
    return line, column
