"""Names as banks keep them, many at once: upper case, ASCII; each distinct name once."""

from __future__ import annotations

import polars as pl

from tasks.values import STROKES, fold

MARKS = r"[\p{Mn}\p{Cf}]"
LETTERS = {chr(given): chr(plain) for given, plain in STROKES.items()}


def plain_letters(names: pl.Series) -> pl.Series:
    """Return `fold` of every name."""
    encoded = names.to_arrow().dictionary_encode()
    plain = _folded(pl.Series(encoded.dictionary, dtype=pl.String))
    return plain.gather(pl.Series(encoded.indices)).alias(names.name)


def _folded(names: pl.Series) -> pl.Series:
    plain = (
        names.str.replace_many(LETTERS)
        .str.normalize("NFKD")
        .str.replace_all(MARKS, "")
        .str.to_uppercase()
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    odd = plain.str.contains(r"[^ -~]").arg_true()
    if odd.is_empty():
        return plain
    # Letters of other scripts, each in its own way.
    return plain.scatter(odd, [fold(name) for name in names[odd]])
