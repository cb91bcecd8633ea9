"""Data Docs that need no network: pages freed of fetched parts, an index, one swap of folders."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

# Stock pages fetch Bootstrap, jQuery, Vega and icons from five networks; nothing here may.
FETCHED = (
    re.compile(r"<script\b.*?</script>", re.DOTALL),
    re.compile(r"<link\b[^>]*>"),
    re.compile(r"<img\b[^>]*https?://[^>]*>"),
    re.compile(r"<footer\b.*?</footer>", re.DOTALL),
    re.compile(r"[\w-]+:\s*url\(['\"]?https?://[^;}]*;?"),
    re.compile(r"@import[^;]*https?://[^;]*;"),
)

# The little of Bootstrap without which the pages cannot be read. Folded blocks stand open.
STYLE = """
body { font-family: "Noto Sans", Arial, sans-serif; margin: 0; color: #212529; }
a { color: #0b5394; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1rem; }
td, th { border-top: 1px solid #dee2e6; padding: .35rem .5rem; text-align: left;
  vertical-align: top; }
h1, h2, h3, h4, h5, h6 { margin: .8rem 0 .4rem; }
.container-fluid { padding: 1rem 2rem; }
.row { display: flex; flex-wrap: wrap; }
.col-md-10 { flex: 1 1 40rem; }
.col-md-2 { flex: 0 1 14rem; padding-right: 1rem; }
.col-12 { width: 100%; }
.alert { background: #e2e3e5; padding: .5rem 1rem; }
.navbar { padding: .5rem 2rem; border-bottom: 1px solid #dee2e6; }
.breadcrumb, .nav { list-style: none; padding: 0; }
.fa-check-circle::before { content: "\\2714"; color: #1e7e34; }
.fa-times::before { content: "\\2718"; color: #bd2130; }
.fa-exclamation-triangle::before { content: "\\26A0"; color: #b8860b; }
.card.mb-3 { display: none; } /* buttons that need scripts */
.yes { color: #1e7e34; } .no { color: #bd2130; }
"""


@dataclass(frozen=True)
class Entry:
    """One line of the index: a suite's result and how many of its expectations were met."""

    path: str
    title: str
    success: bool
    met: int
    expectations: int


def offline(html: str) -> str:
    """Return a stock page without scripts and fetched parts, styled by what it carries itself."""
    for pattern in FETCHED:
        html = pattern.sub("", html)
    return html.replace("</head>", f"<style>{STYLE}</style></head>", 1)


def index_page(entries: Iterable[Entry], run_name: str, day: date) -> str:
    """Return the first page of the site."""
    lines = "\n".join(map(index_line, entries))
    title = f"Kiểm tra dữ liệu: {escape(run_name)}, ngày {day:%d/%m/%Y}"
    return f"""<!DOCTYPE html>
<html lang="vi">
<head><meta charset="UTF-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<style>{STYLE}</style></head>
<body><div class="container-fluid"><h1>{title}</h1>
<table>
<tr><th>Bộ quy tắc</th><th>Kết quả</th><th>Kỳ vọng đạt</th></tr>
{lines}
</table></div></body>
</html>
"""


def index_line(entry: Entry) -> str:
    """Return the table row of a suite."""
    mark, word = ("yes", "Đạt") if entry.success else ("no", "Có dòng không đạt")
    return (
        f'<tr><td><a href="{escape(entry.path)}">{escape(entry.title)}</a></td>'
        f'<td class="{mark}">{word}</td><td>{entry.met}/{entry.expectations}</td></tr>'
    )


def path_part(name: str) -> str:
    """Return `name` fit for a folder."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "run"


def write_site(folder: Path, pages: Mapping[str, str]) -> None:
    """Write pages beside `folder`, then put them in its place."""
    new, old = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    for path, html in pages.items():
        target = new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8", newline="\n")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
