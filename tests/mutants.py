"""Mutation testing of the money: small wrong changes, one at a time, that a check must notice.

    python -m tests.mutants [FILE …] [--jobs N] [--seed S] [--sample K] [--offices N] [--quick]

FILE is a SELECT or module of `tasks/` (`items.sql`, `invariants/files.sql`, `payroll.py`). A
changed SELECT is what `warehouse.sql` returns, a changed module is run in place of the real one;
nothing is written. Each is judged by random offices that were lived before, every step played
again from a copy and compared with the oracle and the promises of tests/invariants.py; a ledger's
also by the planted faults of tests/tasks/test_ledger.py; and then by the literal tests. The first
check that fails kills it.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import pickle
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

TASKS = Path(__file__).parents[1] / "tasks"
DEFAULT = (
    "items",
    "payments",
    "held",
    "receivables",
    "rate_month",
    "intervals",
    "person",
    "units",
    "due",
    "settled",
    "differences",
    "standing",
    "deltas",
    "roster_before",
    "results",
    "matched",
    "exceptions",
    "repeated_line",
    "overpaid",
    "interval_placed",
    "open_dossier",
    "instructed",
    "item_before",
    "unsettled",
    "released_before",
    "paid_account",
    "compared",
    "found_line",
    "silent",
)
LITERAL = (
    "tests/tasks/test_payroll.py",
    "tests/tasks/test_reconciliation.py",
    "tests/tasks/test_resolution.py",
    "tests/tasks/test_release.py",
    "tests/tasks/test_ledger.py",
    "tests/tasks/test_registry.py",
    "tests/test_cases.py",
)
DOSSIERS = 150  # of all offices together
# The commands that run a file; what is not named here is run by `prepare` alone.
RUN_BY = {
    "rate_month.sql": ("prepare", "ingest"),
    **{
        f"{name}.sql": ("ingest",)
        for name in (
            "intervals",
            "person",
            "units",
            "results",
            "matched",
            "repeated_line",
            "found_line",
            "compared",
            "exceptions",
        )
    },
    "registry.py": ("ingest",),
    "reconciliation.py": ("ingest",),
    "release.py": ("release",),
    "ledger.py": ("release", "prepare", "ingest"),
}
SECONDS = 120  # a mutant that takes longer is stopped, and counts as noticed
MEMORY = "2GB"  # one that asks for more, too


@dataclass(frozen=True)
class Mutant:
    """One changed text: what stands in place of `text[start:end]` of a file."""

    name: str  # below tasks/
    start: int
    end: int
    instead: str
    rule: str

    def of(self, text: str) -> str:
        return text[: self.start] + self.instead + text[self.end :]

    def shown(self, text: str) -> str:
        """Return the line and what became of it."""
        line = text.count("\n", 0, self.start) + 1
        was = " ".join(text[self.start : self.end].split())
        return f"{self.name}:{line} {self.rule}: `{was}` → `{' '.join(self.instead.split())}`"


# --- what may be changed in a SELECT ---------------------------------------------------------

TOKEN = re.compile(
    r"--[^\n]*|'(?:[^']|'')*'|\$?[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|<=|>=|<>|//|\|\||::|\s+|."
)
FLIPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "=", "+": "-", "-": "+"}
WORDS = {
    "AND": "OR",
    "OR": "AND",
    "min": "max",
    "max": "min",
    "least": "greatest",
    "greatest": "least",
    "bool_or": "bool_and",
    "bool_and": "bool_or",
    "arg_max": "arg_min",
    "first_value": "last_value",
    "floor": "ceil",
    "from_month": "stop_month",
    "stop_month": "from_month",
    "age_from": "age_to",
    "age_to": "age_from",
    "family": "scheme",
    "$month": "($month + 1)",
    "$first": "($first + 1)",
    "$through": "($through + 1)",
    "$last": "($last + 1)",
    "$cycle": "($cycle + 1)",
    "DESC": "ASC",
    "ANTI": "SEMI",
    "SEMI": "ANTI",
    "TRUE": "FALSE",
    "FALSE": "TRUE",
}
CLAUSE_ENDS = (
    "GROUP",
    "ORDER",
    "HAVING",
    "WINDOW",
    "QUALIFY",
    "UNION",
    "LEFT",
    "RIGHT",
    "FULL",
    "JOIN",
    "SEMI",
    "ANTI",
    "ASOF",
    "WHERE",
    "LIMIT",
    "SELECT",
)
JOINS = ("LEFT", "FULL")


@dataclass(frozen=True)
class Token:
    text: str
    start: int
    end: int
    depth: int


def tokens(sql: str) -> list[Token]:
    """Return the words of a SELECT with their places and depth in brackets, without comments."""
    found, depth = [], 0
    for match in TOKEN.finditer(sql):
        text = match[0]
        if text.isspace() or text.startswith("--"):
            continue
        depth -= text in ")]}"
        found.append(Token(text, match.start(), match.end(), depth))
        depth += text in "([{"
    return found


def sql_mutants(name: str, sql: str) -> list[Mutant]:
    """Return every small change of a SELECT that the rules know, in the order of the text."""
    words = tokens(sql)
    found = [
        Mutant(name, start, end, instead, rule)
        for make in (_words, _conditions, _calls, _joins, _branches, _filters)
        for start, end, instead, rule in make(sql, words)
    ]
    once = {(m.start, m.end, m.instead): m for m in found if sql[m.start : m.end] != m.instead}
    return sorted(once.values(), key=lambda m: (m.start, m.end, m.instead))


Change = tuple[int, int, str, str]


def _words(sql: str, words: list[Token]) -> Iterator[Change]:
    for place, token in enumerate(words):
        before = words[place - 1].text if place else ""
        after = words[place + 1].text if place + 1 < len(words) else ""
        if token.text in FLIPS:
            yield token.start, token.end, FLIPS[token.text], "operator"
        elif token.text == "AND" and _is_between(words, place):
            continue
        elif token.text in WORDS and before not in ("AS", "EXCLUDE"):
            yield token.start, token.end, WORDS[token.text], "word"
        elif token.text.isdigit():
            yield token.start, token.end, str(int(token.text) + 1), "constant"
            if token.text not in ("0", "1"):
                yield token.start, token.end, str(int(token.text) - 1), "constant"
        elif token.text.startswith("'"):
            yield token.start, token.end, "'?'", "text"
        elif token.text == "DISTINCT" and before != "IS" and after != "FROM":
            yield token.start, token.end, "", "distinct"
        elif token.text == "IS" and after == "NOT":
            yield token.start, words[place + 1].end, "IS", "null"
        elif token.text == "IS":
            yield token.start, token.end, "IS NOT", "null"
        elif token.text == "NOT" and before != "IS":
            yield token.start, token.end, "", "not"
        elif token.text == "*" and before not in ("SELECT", ".", ",", "("):
            yield token.start, token.end, "+", "operator"


def _is_between(words: list[Token], place: int) -> bool:
    """Tell whether an AND belongs to a BETWEEN."""
    depth = words[place].depth
    for token in reversed(words[:place]):
        if token.depth < depth or (
            token.depth == depth and token.text in ("AND", "OR", "WHERE", "ON", "WHEN")
        ):
            return False
        if token.depth == depth and token.text == "BETWEEN":
            return True
    return False


def _conditions(sql: str, words: list[Token]) -> Iterator[Change]:
    """Leave out one condition after the other of WHERE, HAVING, QUALIFY, ON, WHEN and brackets."""
    for place, token in enumerate(words):
        if token.text not in ("WHERE", "HAVING", "QUALIFY", "ON", "WHEN"):
            continue
        ends = ("THEN",) if token.text == "WHEN" else CLAUSE_ENDS
        part: list[Token] = []
        for at in range(place + 1, len(words) + 1):
            word = words[at] if at < len(words) else None
            is_end = (
                word is None
                or word.depth < token.depth
                or (word.depth == token.depth and word.text in ends)
            )
            is_cut = not is_end and word is not None and word.depth == token.depth
            is_cut = is_cut and word.text == "AND" and not _is_between(words, at)  # type: ignore
            if (is_end or is_cut) and part:
                instead = "FALSE" if token.text == "WHEN" else "TRUE"
                yield part[0].start, part[-1].end, instead, "condition"
                part = []
            elif word is not None and not is_end:
                part.append(word)
            if is_end:
                break


def _calls(sql: str, words: list[Token]) -> Iterator[Change]:
    """Let coalesce default to nothing, and swap the two sides of an if."""
    for place, token in enumerate(words[:-1]):
        if words[place + 1].text != "(" or token.text not in ("coalesce", "if"):
            continue
        parts, end = _arguments(words, place + 1)
        texts = [sql[part[0].start : part[-1].end] for part in parts]
        if token.text == "coalesce":
            yield token.start, end, f"({texts[0]})", "default"
        elif len(texts) == 3:
            yield token.start, end, f"if({texts[0]}, {texts[2]}, {texts[1]})", "sides"


def _arguments(words: list[Token], opening: int) -> tuple[list[list[Token]], int]:
    depth = words[opening].depth
    parts: list[list[Token]] = [[]]
    for token in words[opening + 1 :]:
        if token.depth == depth and token.text == ")":
            return parts, token.end
        if token.depth == depth + 1 and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    raise ValueError("a bracket is not closed")


def _joins(sql: str, words: list[Token]) -> Iterator[Change]:
    for token, after in pairwise(words):
        if token.text in JOINS and after.text == "JOIN":
            yield token.start, token.end, "", "join"
            if token.text == "FULL":
                yield token.start, token.end, "LEFT", "join"
    for before, token in pairwise(words):
        if token.text == "JOIN" and before.text not in (*JOINS, "SEMI", "ANTI"):
            yield token.start, token.end, "LEFT JOIN", "join"


def _branches(sql: str, words: list[Token]) -> Iterator[Change]:
    """Leave out what a UNION adds."""
    for place, token in enumerate(words):
        if token.text != "UNION":
            continue
        end = words[-1].end
        for word in words[place + 1 :]:
            is_over = word.depth < token.depth
            if is_over or (word.depth == token.depth and word.text in ("UNION", "ORDER")):
                end = word.start
                break
        yield token.start, end, "", "branch"


def _filters(sql: str, words: list[Token]) -> Iterator[Change]:
    for place, token in enumerate(words[:-1]):
        if token.text == "FILTER":
            _, end = _arguments(words, place + 1)
            yield token.start, end, "", "filter"


# --- what may be changed in a module ---------------------------------------------------------

COMPARES = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
SELECTS = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|CASE)\b")


def python_mutants(name: str, text: str) -> list[Mutant]:
    """Return small changes of a module; texts that are SELECTs change as SELECTs do."""
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    raw = text.encode()

    def at(line: int, column: int) -> int:
        return len(raw[: starts[line - 1] + column].decode())

    found: list[Mutant] = []
    tree = ast.parse(text)
    docstrings = [node for node in ast.walk(tree) if _is_docstring(node)]
    skipped = {id(part) for node in docstrings for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped or not hasattr(node, "lineno"):
            continue
        start = at(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        end = at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        for instead, rule in _python_changes(node, text[start:end]):
            found.append(Mutant(name, start, end, instead, rule))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            part = text[start:end]
            if SELECTS.search(part):
                found += [
                    Mutant(name, start + m.start, start + m.end, m.instead, m.rule)
                    for m in sql_mutants(name, _without_quotes(part))
                    if m.rule not in ("branch", "filter")
                ]
    once = {(m.start, m.end, m.instead): m for m in found if _compiles(m.of(text))}
    return sorted(once.values(), key=lambda m: (m.start, m.end, m.instead))


def _python_changes(node: ast.AST, text: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARES:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield f"({left} {COMPARES[type(node.ops[0])]} {right})", "operator"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        yield f"({ast.unparse(node.left)} {sign} {ast.unparse(node.right)})", "operator"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield f"({word.join(map(ast.unparse, node.values))})", "word"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"({ast.unparse(node.operand)})", "not"
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield str(node.value + 1), "constant"
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield str(not node.value), "constant"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "pass", "call"
    elif isinstance(node, ast.IfExp):
        parts = map(ast.unparse, (node.orelse, node.test, node.body))
        yield "({} if {} else {})".format(*parts), "sides"
    elif isinstance(node, ast.Raise):
        yield "pass", "raise"


def _without_quotes(part: str) -> str:
    """Blank out the quotes of a text, so that places stay and quotes are no SQL."""
    between = r'"\s*f?"'
    return re.sub(rf'^f?("""|")|("""|")$|{between}', lambda found: " " * len(found[0]), part)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def mutants_of(name: str) -> list[Mutant]:
    text = text_of(name)
    return python_mutants(name, text) if name.endswith(".py") else sql_mutants(name, text)


@cache
def text_of(name: str) -> str:
    return (TASKS / name).read_text(encoding="utf-8")


# --- putting it in place ---------------------------------------------------------------------


@contextlib.contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """Let the mutant be what the program runs."""
    from tasks import warehouse

    changed = mutant.of(text_of(mutant.name))
    if mutant.name.endswith(".sql"):
        whole, asked = warehouse.sql, mutant.name.removesuffix(".sql")
        warehouse.sql = lambda name: changed if name == asked else whole(name)  # type: ignore
        try:
            yield
        finally:
            warehouse.sql = whole
        return
    module = importlib.import_module(f"tasks.{mutant.name.removesuffix('.py')}")
    try:
        exec(compile(changed, module.__file__ or "", "exec"), module.__dict__)
        yield
    finally:
        exec(compile(text_of(mutant.name), module.__file__ or "", "exec"), module.__dict__)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Give a mutant so much memory and time, and then stop its statement."""
    from tasks import warehouse

    connect, opened = warehouse._connect, []

    def limited_connect(path: Path, is_read_only: bool) -> Any:
        connection = connect(path, is_read_only)
        # One thread: with more, DuckDB 2.0.0 now and then loses rows, and that would kill mutants.
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 1")
        opened.append(connection)
        return connection

    def stop() -> None:
        for connection in opened:
            with contextlib.suppress(Exception):
                connection.interrupt()

    warehouse._connect = limited_connect  # type: ignore[assignment]
    timer = threading.Timer(SECONDS, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        warehouse._connect = connect


# --- the checks ------------------------------------------------------------------------------


@dataclass
class Lived:
    """An office lived once, with a copy of it before every step."""

    folder: Path
    steps: list[tuple[Path, bytes, Any]] = field(default_factory=list)

    def live(self, seed: int, era: str, dossiers: int, months: int) -> None:
        from tests import histories
        from tests.test_histories import Run

        plan = histories.plan(seed, era, dossiers, months)
        run = Run(self.folder / f"{era}-{seed}", plan)
        for number, step in enumerate(histories.Writer(plan, run.oracle).steps()):
            kept = self.folder / f"{era}-{seed}-{number}"
            shutil.copytree(run.house.home, kept)
            self.steps.append((kept, pickle.dumps(run), step))
            run.play(step)

    def following(self, number: int) -> Iterator[Any]:
        """Yield the steps after one, in the same office."""
        office = self.steps[number][0].name.rpartition("-")[0]
        for kept, _, step in self.steps[number + 1 :]:
            if kept.name.rpartition("-")[0] == office:
                yield step

    def again(self, number: int) -> None:
        """Play one step once more, from the copy of the office before it.

        What an ingest did to the registry shows in the next payroll: it is played too.
        """
        kept, state, step = self.steps[number]
        run = pickle.loads(state)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            home = Path(folder) / "office"
            shutil.copytree(kept, home)
            run.house.home, run.reference, run.oracle.law.reference = (
                home,
                home / "reference",
                home / "reference",
            )
            run.play(step)
            for then in self.following(number) if step.verb == "ingest" else ():
                run.play(then)
                if then.verb == "prepare":
                    break


class Checks:
    """All that may notice a mutant, the likeliest first."""

    def __init__(self, folder: Path, seed: int, offices: int, is_quick: bool) -> None:
        from tests.tasks import test_ledger

        self.lived = Lived(folder)
        with limited():
            for number, era in enumerate(("2024", "2025", "2023")[:offices]):
                self.lived.live(seed + number, era, DOSSIERS // offices, 3)
            self.eventful = test_ledger.eventful(folder / "ledger")
        steps = {
            f"{number}: {step.verb}": lambda number=number: self.lived.again(number)
            for number, (_, _, step) in enumerate(self.lived.steps)
            if step.verb in ("prepare", "ingest", "release")
        }
        self.checks: dict[str, Callable[[], Any]] = {"faults": self.faults, **steps}
        if not is_quick:
            self.checks["literal"] = literal
        self.kills: Counter[tuple[str, str]] = Counter()

    def faults(self) -> None:
        """Plant every fault in the books of a small office."""
        from tasks import ledger, warehouse
        from tests.tasks import test_ledger

        with warehouse.opened(self.eventful.office()) as connection:
            assert ledger.breaches(connection) == []
            for fault, (statements, invariant) in test_ledger.FAULTS.items():
                connection.execute("BEGIN TRANSACTION")
                test_ledger.plant(connection, statements)
                test_ledger.found_by(connection, fault, invariant)
                connection.execute("ROLLBACK")

    def killer(self, mutant: Mutant) -> str | None:
        """Return the check that notices a mutant, None where it lives."""
        is_ledger = "invariants" in mutant.name or mutant.name == "ledger.py"
        verbs = RUN_BY.get(mutant.name, ("release",) if is_ledger else ("prepare",))
        asked = (*verbs, "literal", *(("faults",) if is_ledger else ()))
        names = [name for name in self.checks if name.split()[-1] in asked]
        names.sort(key=lambda name: -self.kills[mutant.name, name])
        for name in names:
            try:
                with limited(), in_place(mutant), quiet():
                    self.checks[name]()
            except Exception:
                self.kills[mutant.name, name] += 1
                return name
        return None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def literal() -> None:
    """Run the literal tests in this process."""
    import pytest

    files = [name for name in LITERAL if Path(name).exists()]
    code = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", *files])
    assert code == 0


# --- the command -----------------------------------------------------------------------------

_checks: Checks | None = None


def _begin(folder: str, seed: int, offices: int, is_quick: bool) -> None:
    global _checks
    own = Path(tempfile.mkdtemp(dir=folder))
    _checks = Checks(own, seed, offices, is_quick)


def _judge(mutant: Mutant) -> tuple[Mutant, str | None, float]:
    assert _checks is not None
    begun = time.monotonic()
    return mutant, _checks.killer(mutant), time.monotonic() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.mutants")
    asked.add_argument("files", nargs="*", help="SELECTs and modules below tasks/")
    asked.add_argument("--jobs", type=int, default=1)
    asked.add_argument("--seed", type=int, default=1, help="of the offices and of the sample")
    asked.add_argument("--sample", type=int, help="so many of each file, drawn")
    asked.add_argument("--offices", type=int, default=3, help="random offices, 1 to 3")
    asked.add_argument("--quick", action="store_true", help="without the literal tests")
    asked.add_argument("--list", action="store_true", help="only show what would be changed")
    given = asked.parse_args(arguments)
    invariants = sorted(f"invariants/{path.name}" for path in (TASKS / "invariants").iterdir())
    everything = [f"{name}.sql" for name in DEFAULT] + ["payroll.py", "ledger.py", *invariants]
    todo: list[Mutant] = []
    for name in given.files or everything:
        of_file = mutants_of(name.removeprefix("tasks/"))
        if given.sample and given.sample < len(of_file):
            of_file = random.Random(given.seed).sample(of_file, given.sample)
        todo += of_file
    if given.list:
        print("\n".join(mutant.shown(text_of(mutant.name)) for mutant in todo))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        how = (folder, given.seed, given.offices, given.quick)
        found = _judged(todo, given.jobs, how)
        return report(found)


def _judged(
    todo: list[Mutant], jobs: int, how: tuple[str, int, int, bool]
) -> list[tuple[Mutant, str | None]]:
    """Judge all mutants, telling of each as it comes."""
    if jobs == 1:
        _begin(*how)
        results = map(_judge, todo)
        return [_told(*result) for result in results]
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_begin, initargs=how) as pool:
        return [_told(*result) for result in pool.map(_judge, todo)]


def _told(mutant: Mutant, killer: str | None, seconds: float) -> tuple[Mutant, str | None]:
    word = f"killed by {killer}" if killer else "LIVES"
    print(f"{word} ({seconds:.1f} s) {mutant.shown(text_of(mutant.name))}", flush=True)
    return mutant, killer


def report(found: list[tuple[Mutant, str | None]]) -> int:
    """Print the table of files, and what lives."""
    print("\n| file | mutants | killed | live |\n|---|---|---|---|")
    for name in dict.fromkeys(mutant.name for mutant, _ in found):
        of_file = [killer for mutant, killer in found if mutant.name == name]
        killed = sum(killer is not None for killer in of_file)
        print(f"| {name} | {len(of_file)} | {killed} | {len(of_file) - killed} |")
    living = [mutant for mutant, killer in found if killer is None]
    for mutant in living:
        print(f"- {mutant.shown(text_of(mutant.name))}")
    return int(bool(living))


if __name__ == "__main__":
    # What is pickled and spawned must know this module by its name.
    from tests import mutants

    sys.exit(mutants.main())
