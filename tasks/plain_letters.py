"""Names as banks keep them, many at once: upper case, ASCII; each distinct name once."""

from __future__ import annotations

import polars as pl

from tasks.values import STROKES, fold

MARKS = r"[\p{Mn}\p{Cf}]"
LETTERS = {chr(given): chr(plain) for given, plain in STROKES.items()}


def plain_letters(names: pl.Series) -> pl.Series:
    """Return `fold` of every name."""
    distinct = names.drop_nulls().unique()
    plain = pl.select(
        distinct.to_frame()
        .to_series()
        .str.replace_many(LETTERS)
        .str.normalize("NFKD")
        .str.replace_all(MARKS, "")
        .str.to_uppercase()
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    ).to_series()
    odd = plain.str.contains(r"[^ -~]")
    if odd.any():  # letters of other scripts, each in its own way
        folded = pl.Series([fold(name) for name in distinct.filter(odd)], dtype=pl.String)
        plain = plain.scatter(odd.arg_true(), folded)
    return names.replace_strict(distinct, plain, default=None, return_dtype=pl.String)
