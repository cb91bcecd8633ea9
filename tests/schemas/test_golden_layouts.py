"""Each layout reads its golden file as the `.json` beside it says: kind, sender, cleaned rows."""

import json
from pathlib import Path

import polars as pl
import pytest

from schemas.submissions import RAW_OF_KIND
from tasks.normalise import ReferenceWords, clean
from tasks.office import SHIPPED_REFERENCE, Limits
from tasks.sheets import parse

GOLDEN = Path(__file__).parent / "layouts"
FILES = sorted(GOLDEN.glob("*.csv"))


def read(path: Path) -> dict:
    """Return what is read of a file: its kind, sender and month, and the cleaned rows."""
    parsed = parse(path, path.name, Limits())
    assert parsed.kind is not None, parsed.refusal
    table = RAW_OF_KIND[parsed.kind]
    cleaned = clean(table, parsed.frame.with_columns(sha256=pl.lit("golden")), WORDS)
    kept = ["row_no", *(["kind"] if parsed.kind == "bien_dong" else []), *table.fields]
    rows = [
        {name: str(value) for name, value in row.items() if value is not None}
        for row in cleaned.rows.select(kept).to_dicts()
    ]
    return {
        "kind": parsed.kind,
        "unit": parsed.stated_unit,
        "period": parsed.stated_period,
        "rows": rows,
        "repairs": cleaned.repairs.select("row_no", "rule", "before", "after").rows(),
    }


WORDS = ReferenceWords.load(SHIPPED_REFERENCE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_file_reads_as_it_should(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(read(path)))
    assert found == expected


def test_every_kind_has_a_golden_file() -> None:
    assert {read(path)["kind"] for path in FILES} == set(RAW_OF_KIND)
