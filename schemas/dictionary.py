"""The data dictionary: a page for people, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import journal, payments, published, quality, reference, registry, submissions
from schemas.table import Column, Table

CHAPTERS: tuple[tuple[str, str, tuple[type[Table], ...]], ...] = (
    (
        "Published",
        "What analysts open: `published/analytics.duckdb` and `published/parquet/`.",
        published.PUBLISHED,
    ),
    (
        "Reference",
        "Law, codes and units, from `reference/*.csv` of the office folder.",
        (*reference.REFERENCES, reference.AdminUnit),
    ),
    ("Submissions", "Rows of received files, cleaned and judged.", submissions.SUBMISSIONS),
    ("Registry", "Events folded: people, benefits, accounts.", registry.REGISTRY),
    ("Payments", "Cycles, what is due and paid, what came back.", payments.PAYMENTS),
    ("Quality", "Files, findings, repairs and suite runs.", quality.QUALITY),
    ("Journal", "What was done, in order: the same as `journal/` says.", journal.JOURNAL),
)


def page() -> str:
    """Return `schemas/README.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Made from the declarations by `make docs`; do not edit."
    for title, summary, tables in CHAPTERS:
        yield ""
        yield f"## {title}"
        yield ""
        yield summary
        for table in tables:
            yield from _table(table)
    yield ""
    yield "## Rules"
    yield ""
    yield "| rule | severity | message |"
    yield "|---|---|---|"
    for name, rule in quality.RULES.items():
        yield f"| {name} | {rule.severity} | {rule.message} |"


def _table(table: type[Table]) -> Iterator[str]:
    yield ""
    yield f"### `{table.table_name}`"
    yield ""
    yield table.summary()
    yield ""
    yield "| column | type | label | description | values |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        name = f"**{column.name}**" if column.key else column.name
        cells = (name, column.sql_type, column.label, column.description, _values(column))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _values(column: Column) -> str:
    """Return what values may be: a list, a pattern or a least value."""
    if column.values:
        return ", ".join(f"`{value}`" for value in column.values)
    if column.pattern:
        return f"`{column.pattern}`"
    return "" if column.minimum is None else f"≥ {column.minimum}"
