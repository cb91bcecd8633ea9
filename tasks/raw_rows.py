"""Where the rows of a file go as they are read: into one frame, or piece by piece into Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import polars as pl
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from tasks.sheets import Parsed

BATCH_ROWS = 100_000


class Rows(Protocol):
    """Takes the rows of a file in their order."""

    def take(self, rows: pl.DataFrame) -> None:
        """Take some rows, all with the same columns as those before."""


class Gathered:
    """Keeps all rows."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []

    def take(self, rows: pl.DataFrame) -> None:
        self._frames.append(rows)

    def with_frame(self, parsed: Parsed) -> Parsed:
        """Return what was read of a file with its rows."""
        return replace(parsed, frame=pl.concat([parsed.frame, *self._frames]))


class ParquetRows:
    """Writes rows into a Parquet file as they come, and keeps none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def take(self, rows: pl.DataFrame) -> None:
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table, row_group_size=BATCH_ROWS)

    def finish(self, empty: pl.DataFrame) -> None:
        """Write a file without rows, of the columns of `empty`, where there were none."""
        if self._writer is None:
            empty.write_parquet(self._path)

    def __enter__(self) -> ParquetRows:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def batches(path: Path) -> Iterator[pl.DataFrame]:
    """Yield the rows of a Parquet file, some 100,000 at a time, in order."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            rows = pl.from_arrow(batch)
            assert isinstance(rows, pl.DataFrame)
            yield rows
