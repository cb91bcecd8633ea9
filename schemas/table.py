"""What a table is: columns declared once, from which DDL, polars and Arrow schemas derive.

    class Account(Table, name="account"):
        '''One row per dossier: where its money goes.'''

        dossier_no = Text(label="Mã hồ sơ", description="The office's key of a person.", key=True)

A column learns its name when the class is made and stays an object: `Account.dossier_no.name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import polars as pl
import pyarrow as pa


class Pii(StrEnum):
    """How personal a value is (Law 91/2025/QH15): decides masking in everything published."""

    NONE = "none"
    BASIC = "basic"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, eq=False)
class Column:
    """One column: what people call it, what it means, and what its values may be."""

    label: str = ""
    _: KW_ONLY
    description: str = ""
    key: bool = False
    required: bool = False
    pii: Pii = Pii.NONE
    pattern: str | None = None
    values: tuple[str, ...] = ()
    minimum: int | None = None
    mask: str | None = None  # SQL over {column}, what the published snapshot shows instead
    name: str = field(default="", init=False)

    sql_type: ClassVar[str]
    polars_type: ClassVar[Any]
    arrow_type: ClassVar[pa.DataType]

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)

    def __str__(self) -> str:
        return self.name

    def checks(self) -> Iterator[str]:
        """Yield the SQL conditions that every value of the column meets (null passes)."""
        if self.pattern is not None:
            yield f"regexp_full_match({self.name}, {quote(self.pattern)})"
        if self.values:
            yield f"{self.name} IN ({', '.join(quote(value) for value in self.values)})"
        if self.minimum is not None:
            yield f"{self.name} >= {self.minimum}"

    def ddl(self) -> str:
        """Return the column's line of CREATE TABLE, with NOT NULL and CHECK."""
        parts = [self.name, self.sql_type]
        if self.key or self.required:
            parts.append("NOT NULL")
        parts += [f"CHECK ({check})" for check in self.checks()]
        return " ".join(parts)


class Text(Column):
    """Text as given, already cleaned where the table is a clean one."""

    sql_type = "VARCHAR"
    polars_type = pl.String
    arrow_type = pa.string()


class Code(Text):
    """A word out of a closed list, or a key of a reference table."""


class PartialDate(Text):
    """A date at the precision it was known in: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""


class Period(Text):
    """A month as people write it: `YYYY-MM`."""


class Integer(Column):
    """A count or an ordinal."""

    sql_type = "BIGINT"
    polars_type = pl.Int64
    arrow_type = pa.int64()


class Month(Column):
    """A month as a number, 12 x year + month - 1: differences are months."""

    sql_type = "INTEGER"
    polars_type = pl.Int32
    arrow_type = pa.int32()


class Amount(Column):
    """Whole VND."""

    sql_type = "BIGINT"
    polars_type = pl.Int64
    arrow_type = pa.int64()


class Coefficient(Column):
    """An exact factor of a standard, four decimals."""

    sql_type = "DECIMAL(9, 4)"
    polars_type = pl.Decimal(9, 4)
    arrow_type = pa.decimal128(9, 4)


class Figure(Column):
    """An exact number of unknown unit: a count, VND or a rate from 0 to 1, six decimals."""

    sql_type = "DECIMAL(24, 6)"
    polars_type = pl.Decimal(24, 6)
    arrow_type = pa.decimal128(24, 6)


class Date(Column):
    """A day."""

    sql_type = "DATE"
    polars_type = pl.Date
    arrow_type = pa.date32()


class Timestamp(Column):
    """A point in time, Asia/Ho_Chi_Minh."""

    sql_type = "TIMESTAMP"
    polars_type = pl.Datetime("us")
    arrow_type = pa.timestamp("us")


class Flag(Column):
    """Yes or no."""

    sql_type = "BOOLEAN"
    polars_type = pl.Boolean
    arrow_type = pa.bool_()


def quote(text: str) -> str:
    """Return `text` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class Table:
    """A declared table. Subclass it with `name=`; without, it is a part that others share."""

    table_name: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()

    def __init_subclass__(cls, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.table_name = name
        inherited = {column.name: column for base in cls.__bases__ for column in columns_of(base)}
        own = {key: value for key, value in vars(cls).items() if isinstance(value, Column)}
        cls.columns = tuple((inherited | own).values())

    @classmethod
    def names(cls) -> list[str]:
        """Return the column names in order."""
        return [column.name for column in cls.columns]

    @classmethod
    def keys(cls) -> list[str]:
        """Return the names of the columns that tell one row from another."""
        return [column.name for column in cls.columns if column.key]

    @classmethod
    def create_sql(cls, schema: str = "main") -> str:
        """Return CREATE TABLE IF NOT EXISTS with CHECKs, followed by the comments."""
        target = f"{schema}.{cls.table_name}"
        body = ",\n  ".join(column.ddl() for column in cls.columns)
        comments = "\n".join(cls.comment_sql(target))
        return f"CREATE TABLE IF NOT EXISTS {target} (\n  {body}\n);\n{comments}"

    @classmethod
    def comment_sql(cls, target: str) -> Iterator[str]:
        """Yield COMMENT statements for `target` (a table or view) and its columns."""
        yield f"COMMENT ON TABLE {target} IS {quote(cls.summary())};"
        for column in cls.columns:
            text = " - ".join(part for part in (column.label, column.description) if part)
            yield f"COMMENT ON COLUMN {target}.{column.name} IS {quote(text)};"

    @classmethod
    def summary(cls) -> str:
        """Return what one row is: the first paragraph of the docstring, on one line."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())

    @classmethod
    def polars_schema(cls) -> pl.Schema:
        """Return the schema of a frame of these rows."""
        return pl.Schema({column.name: column.polars_type for column in cls.columns})

    @classmethod
    def arrow_schema(cls) -> pa.Schema:
        """Return the Arrow schema, with descriptions as field metadata."""
        return pa.schema(
            pa.field(
                column.name,
                column.arrow_type,
                nullable=not (column.key or column.required),
                metadata={"description": column.description},
            )
            for column in cls.columns
        )

    @classmethod
    def masked_select(cls, source: str) -> str:
        """Return a SELECT over `source` that shows what may be published, column by column."""
        shown = (
            f"{column.mask.format(column=column.name)} AS {column.name}"
            if column.mask
            else column.name
            for column in cls.columns
        )
        return f"SELECT {', '.join(shown)} FROM {source}"


def columns_of(cls: type) -> tuple[Column, ...]:
    """Return the declared columns of a Table class, none for other classes."""
    return cls.columns if issubclass(cls, Table) else ()
