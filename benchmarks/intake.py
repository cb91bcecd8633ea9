"""Time how files come in: `python -m benchmarks.intake [--quick]`; `--quick` is a tenth of all.

Three questions. What does a month of a district cost, from files to judged rows, beside reading the
same bytes bare and beside Great Expectations run the ordinary way? Does a file ten times as large
take ten times the memory? What do a million rows cost, judged in one scan, beside a scan a rule?

Ratios of one run say more than its seconds: machines differ and are shared. Everything is written
into a temporary folder and gone afterwards.
"""

from __future__ import annotations

import io
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import polars as pl
from python_calamine import load_workbook

from expectations import runner
from expectations.compiled import identifier, run_suite
from expectations.suite import Suite
from flows.quality import parameters as suite_parameters
from schemas.period import first_day, month_number, month_text
from tasks import inbox, intake, sample, sheet_pool, warehouse
from tasks.office import Limits, Office, init_office, load_office
from tasks.sample_files import Heading, write_workbook

REPEATS = 3
START = month_number("2024-06")
PEOPLE = 6_000  # 12 communes, some 500 dossiers each
CSV_PEOPLE = 100_001  # from here on the sample is CSV
WORKBOOK_ROWS, CSV_ROWS = 200_000, 5_000_000
RULE_ROWS, OWN_ROWS = 1_000_000, 20_000
RAISED = {"max_file_mb": 5_000, "max_unpacked_mb": 20_000, "max_rows": 10_000_000}
MEGABYTE = 1024**2


@dataclass
class Line:
    """One line of the table; `beside` names the line whose time a row this one is held against."""

    what: str
    rows: int
    seconds: float
    beside: str = ""
    parent_mb: float | None = None
    child_mb: float | None = None
    remark: str = ""


@dataclass
class Judged:
    """What suites were given to judge during an ingest, and the seconds that they took."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    seconds: float = 0.0

    def watching(self, judge: runner.Judge) -> runner.Judge:
        """Return `judge`, keeping a copy of every relation that it is given."""

        def judge_and_keep(connection: Any, suite: str, relation: str) -> None:
            # A name that our own code gives, no data.
            rows = warehouse.frame(connection, f"SELECT * FROM {relation}")
            if rows.height:
                self.frames.setdefault(suite, []).append(rows)
            self.seconds += timed(lambda: judge(connection, suite, relation))

        return judge_and_keep

    def whole(self) -> dict[str, pl.DataFrame]:
        """Return all that each suite judged, with numbers of its own."""
        return {
            suite: pl.concat(frames, how="vertical_relaxed").with_columns(
                row_id=pl.int_range(pl.len(), dtype=pl.Int64)
            )
            for suite, frames in self.frames.items()
        }


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# ---- A month of a district ----------------------------------------------------------------------


def district(folder: Path, people: int) -> tuple[list[Line], Judged, dict[str, Any]]:
    """Measure the roster of 12 communes: the whole ingest, bare reading, Great Expectations."""
    inputs = folder / "inputs"
    sample.write_sample(inputs, people, 1, 1)
    month = inputs / month_text(START)
    shutil.rmtree(month / "bao_cao")
    runs = [ingest(folder / f"office_{number}", month) for number in range(REPEATS)]
    rows = runs[0][1]
    judged, parameters = seen(folder / "office_seen", month)
    books = [path.read_bytes() for path in sorted(month.rglob("*.xlsx"))]
    raw = median(timed(lambda: [cells(data) for data in books]) for _ in range(REPEATS))
    lines = [
        Line("raw: calamine, the same workbooks", rows, raw),
        Line(
            f"ingest of {len(books)} workbooks, all rules",
            rows,
            median(seconds for seconds, _ in runs),
            beside="raw: calamine, the same workbooks",
        ),
    ]
    frames = judged.whole()
    own = sum(own_seconds(suite, frame, parameters) for suite, frame in frames.items())
    count = sum(frame.height for frame in frames.values())
    scanned = "of that, the suites in one scan each"
    lines += [
        Line(scanned, count, judged.seconds, beside=lines[1].what),
        Line("the same suites by Great Expectations", count, own, beside=scanned),
    ]
    return lines, judged, parameters


def ingest(home: Path, files: Path) -> tuple[float, int]:
    """Take in `files` by the plain steps, as benchmarks.month does; return seconds and rows."""
    init_office(home)
    shutil.copytree(files, home / "inbox", dirs_exist_ok=True)
    sheet_pool.close_reader()  # each run starts the reading child, as a command does
    started = time.perf_counter()
    rows = take_in(load_office(home, first_day(START)))[0]
    return time.perf_counter() - started, rows


def seen(home: Path, files: Path) -> tuple[Judged, dict[str, Any]]:
    """Take in `files` once more, keeping what the suites are given, and their parameters."""
    init_office(home)
    shutil.copytree(files, home / "inbox", dirs_exist_ok=True)
    judged = Judged()
    _, parameters = take_in(load_office(home, first_day(START)), judged)
    return judged, parameters


def take_in(office: Office, judged: Judged | None = None) -> tuple[int, dict[str, Any]]:
    """Receive, read, judge and fold everything in the inbox; return rows and suite parameters."""
    arrivals = inbox.arrivals(office)
    with warehouse.opened(office) as connection:
        for arrival in intake.new_arrivals(connection, arrivals):
            inbox.archive(office, arrival)
            inbox.stage(office, arrival)
        parameters = suite_parameters(connection, office)
        judge = runner.judge(parameters, runner.Tallies())
        outcomes = intake.take(
            connection, office, arrivals, judged.watching(judge) if judged else judge
        )
    return sum(one.rows_in for one in outcomes), parameters


def cells(data: bytes) -> int:
    """Read every cell of a workbook and do nothing with it; return the number of rows."""
    with load_workbook(io.BytesIO(data)) as book:
        return sum(
            sum(1 for _ in book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names
        )


def own_seconds(suite: str, frame: pl.DataFrame, parameters: dict[str, Any]) -> float:
    """Return the seconds of Great Expectations' own run of a suite on the rows of a frame."""
    from expectations import native

    stated = runner.SUITES[suite]
    names = sorted({name for one in stated.expectations for name in one.columns()})
    with duckdb.connect() as connection:
        connection.register("judged", frame)
        listed = ", ".join(identifier(name) for name in names)
        given = connection.execute(f"SELECT row_id, {listed} FROM judged").df()
    native.own_run(stated, given.head(1), parameters)  # what it sets up once is not counted
    return timed(lambda: native.own_run(stated, given, parameters))


# ---- Large files --------------------------------------------------------------------------------


def large_files(folder: Path, workbook_rows: int, csv_rows: int) -> list[Line]:
    """Measure a workbook and a CSV, and a tenth of each; every run is a process of its own."""
    folder.mkdir()
    source = folder / "source"
    sample.write_sample(source, CSV_PEOPLE, 1, 1)
    roster = source_rows(source, "bien_dong_TANG*.csv").drop("Xã", "Kỳ")
    accounts = source_rows(source, "tai_khoan*.csv")
    shutil.rmtree(source)
    lines = []
    for rows in (workbook_rows // 10, workbook_rows):
        path = folder / f"roster_{rows}.xlsx"
        heading = Heading("Xã", "Mường Báng", "06/2024")
        write_workbook(path, {"TANG": pl.concat(copies(roster, rows))}, heading)
        lines += received(path, "workbook", rows)
    for rows in (csv_rows // 10, csv_rows):
        path = folder / f"accounts_{rows}.csv"
        with path.open("wb") as file:
            for number, part in enumerate(copies(accounts, rows)):
                part.write_csv(file, include_header=number == 0)
        lines += received(path, "CSV", rows)
    return lines


def source_rows(source: Path, pattern: str) -> pl.DataFrame:
    """Return the rows of all communes' files of one kind."""
    found = sorted(source.rglob(pattern))
    frames = [pl.read_csv(path, infer_schema=False) for path in found]
    # Some communes head the bank's column otherwise; one file has one header.
    names = frames[0].columns
    return pl.concat(frame.rename(dict(zip(frame.columns, names, strict=True))) for frame in frames)


def copies(rows: pl.DataFrame, wanted: int) -> list[pl.DataFrame]:
    """Return so many rows: the given ones again and again, each time of other dossiers."""
    whole, rest = divmod(wanted, rows.height)
    sizes = [rows.height] * whole + [rest] * (rest > 0)
    return [
        rows.head(size).with_columns(pl.col("Mã hồ sơ") + f"-{number}")
        for number, size in enumerate(sizes)
    ]


def received(path: Path, kind: str, rows: int) -> list[Line]:
    """Return the lines of one file: read bare, and received; the file is gone afterwards."""
    size = path.stat().st_size / MEGABYTE
    bare, ours = (apart(how, path) for how in ("raw", "receive"))
    raw_name = f"raw: {kind} of {rows:,} rows"
    path.unlink()
    return [
        Line(raw_name, rows, bare["seconds"], parent_mb=bare["parent_mb"]),
        Line(
            f"received: {kind} of {rows:,} rows, {size:,.0f} MB",
            rows,
            ours["seconds"],
            beside="" if ours["remark"] else raw_name,  # a refusal is no measure of reading
            parent_mb=ours["parent_mb"],
            child_mb=ours["child_mb"],
            remark=ours["remark"] or ("" if ours["rows"] == rows else f"{ours['rows']:,} rows"),
        ),
    ]


def apart(how: str, path: Path) -> dict[str, Any]:
    """Run one measure in a fresh process and return what it found."""
    # Not by -m: the reading child would import this module too, and its memory count here.
    program = "import sys; from benchmarks import intake; intake.measure(*sys.argv[1:])"
    command = [sys.executable, "-c", program, how, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(how: str, path: str) -> None:
    """Print what one measure of a file found."""
    work = {"raw": measure_raw, "receive": measure_receive}[how]
    print(json.dumps(work(Path(path))))


def measure_raw(path: Path) -> dict[str, Any]:
    """Read every cell of a file and keep none."""
    started = time.perf_counter()
    if path.suffix == ".csv":
        lazy = pl.scan_csv(path, infer_schema=False)
        lazy.select(pl.all().str.len_bytes().sum()).collect(engine="streaming")
    else:
        cells(path.read_bytes())
    return {"seconds": time.perf_counter() - started, "parent_mb": own_peak()}


def measure_receive(path: Path) -> dict[str, Any]:
    """Archive and read one file in an office whose limits allow it."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        office = roomy_office(Path(folder))
        (office.inbox / path.name).hardlink_to(path)
        (arrival,) = inbox.arrivals(office)
        started = time.perf_counter()
        inbox.archive(office, arrival)
        inbox.stage(office, arrival)
        seconds = time.perf_counter() - started
        parent = own_peak()
        sheet_pool.close_reader()
        parsed = inbox.staged(office, arrival.sha256)
        return {
            "seconds": seconds,
            "rows": parsed.frame.height,
            "remark": parsed.refusal or "",
            "parent_mb": parent,
            "child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        }


def roomy_office(home: Path) -> Office:
    """Return a new office that takes larger files than offices do."""
    init_office(home)
    settings = home / "reference" / "office.toml"
    text = settings.read_text(encoding="utf-8")
    for name, limit in RAISED.items():
        text = re.sub(rf"^{name} = \d+", f"{name} = {limit}", text, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    office = load_office(home, first_day(START))
    assert office.limits == Limits(**RAISED)
    return office


def own_peak() -> float:
    """Return the most memory that this process has held, in MB."""
    # Not ru_maxrss: that one still counts what the process was before it became this program.
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(found[1]) / 1024 if found else 0.0


# ---- Rules at a million rows --------------------------------------------------------------------


def rules(
    folder: Path, judged: Judged, parameters: dict[str, Any], rows: int, own_rows: int
) -> list[Line]:
    """Measure every suite that judges rows: in one scan, by a scan a rule, bare, by the library."""
    lines = []
    for suite, frame in judged.whole().items():
        with duckdb.connect(str(folder / f"{suite}.duckdb")) as connection:
            multiply(connection, frame, rows)
            lines += suite_lines(connection, suite, rows, parameters)
        sampled = pl.concat(copies_of(frame, own_rows))
        own = own_seconds(suite, sampled, parameters)
        beside = f"{suite}: one scan for all rules"
        lines.append(Line(f"{suite}: Great Expectations", own_rows, own, beside=beside))
    return lines


def copies_of(frame: pl.DataFrame, wanted: int) -> list[pl.DataFrame]:
    """Return so many rows of a judged relation, numbered anew."""
    whole = pl.concat([frame] * -(-wanted // frame.height)).head(wanted)
    return [whole.with_columns(row_id=pl.int_range(pl.len(), dtype=pl.Int64))]


def multiply(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, rows: int) -> None:
    """Create table `judged` of so many rows: those of the frame again and again."""
    connection.register("seen", frame)
    connection.execute(
        "CREATE TABLE judged AS SELECT seen.* REPLACE"
        " (row_number() OVER () AS row_id) FROM seen, range($copies) LIMIT $rows",
        {"copies": -(-rows // frame.height), "rows": rows},
    )
    connection.unregister("seen")


def suite_lines(
    connection: duckdb.DuckDBPyConnection, suite: str, rows: int, parameters: dict[str, Any]
) -> list[Line]:
    """Return the lines of one suite over table `judged`."""
    stated = runner.SUITES[suite]
    names = sorted({name for one in stated.expectations for name in one.columns()})
    bare = f"SELECT count(*), max(hash({', '.join(map(identifier, names))})) FROM judged"
    bare_name = f"{suite}: bare scan of its {len(names)} columns"
    works = {
        bare_name: lambda: connection.execute(bare).fetchall(),
        f"{suite}: one scan for all rules": lambda: judge_by([stated], connection, parameters),
        f"{suite}: a scan for each of {len(stated.expectations)} rules": lambda: judge_by(
            [Suite(suite, "", (one,)) for one in stated.expectations], connection, parameters
        ),
    }
    return [
        Line(
            name,
            rows,
            median(timed(work) for _ in range(REPEATS)),
            beside="" if name == bare_name else bare_name,
        )
        for name, work in works.items()
    ]


def judge_by(
    suites: Sequence[Suite], connection: duckdb.DuckDBPyConnection, parameters: dict[str, Any]
) -> None:
    """Judge table `judged` by each suite; what is found is thrown away."""
    for suite in suites:
        run_suite(connection, suite, "judged", parameters)
    connection.execute("DROP TABLE temp.finding")


# ---- The table ----------------------------------------------------------------------------------


def report(lines: list[Line]) -> None:
    """Print one table; `beside` is time per row against the line named there."""
    each = {line.what: line.seconds / line.rows for line in lines}
    print(f"\n{'':58} {'rows':>10} {'s':>8} {'µs/row':>8} {'beside':>8} {'MB':>7} {'child MB':>9}")
    for line in lines:
        ratio = f"x{each[line.what] / each[line.beside]:.2f}" if line.beside else ""
        memory = [f"{mb:,.0f}" if mb is not None else "" for mb in (line.parent_mb, line.child_mb)]
        print(
            f"{line.what:58} {line.rows:10,} {line.seconds:8.2f} {each[line.what] * 1e6:8.2f}"
            f" {ratio:>8} {memory[0]:>7} {memory[1]:>9} {line.remark}".rstrip()
        )
    for line in lines:
        if line.beside and not line.what.startswith("received"):
            print(f"  beside of “{line.what}” is “{line.beside}”")


def main(words: list[str]) -> None:
    """Measure everything and print the table."""
    part = 10 if "--quick" in words else 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, judged, parameters = district(folder, PEOPLE // part)
        lines += rules(folder, judged, parameters, RULE_ROWS // part, OWN_ROWS // part)
        lines += large_files(folder / "large", WORKBOOK_ROWS // part, CSV_ROWS // part)
    report(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
