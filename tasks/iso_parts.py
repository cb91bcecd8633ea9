"""The parts of an ISO 20022 message, given one by one as they end.

Nothing of the file is kept but the part at hand, so that memory does not grow with it, and nothing
outside the file is ever looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from tasks.bank_lines import with_currency
from tasks.sheet_xml import Refusal

BROKEN = "Tệp XML bị hỏng hoặc bị cắt ngắn. Đề nghị đơn vị xuất lại rồi gửi."
DOCTYPE = "Tệp XML có khai báo DOCTYPE, không được nhận. Đề nghị đơn vị xuất lại tệp không có."
OTHER_XML = "Tệp XML không phải pain.002, camt.054 hay camt.053 nên không đọc được kết quả."
OUR_OWN = (
    "Đây là lệnh chi (pain.001) do phòng gửi đi, không phải kết quả: không có trạng thái."
    " Đề nghị đơn vị gửi kết quả dạng pain.002, camt.054 hoặc bảng có cột “Trạng thái”."
)

PROBE_BYTES = 4096
BEGINS = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b(?!\s+(?i:html))|!--|(?:[\w.\-]+:)?Document[\s>])")
TEXT_LETTERS = 500  # of one text are kept
MAX_TEXTS = 300  # of one entry; more than any bank says of one payment
MAX_DEPTH = 60
REPORT, NOTICES, INITIATION = "CstmrPmtStsRpt", "BkToCstmr", "CstmrCdtTrfInitn"
ENTRY, DETAIL = "Ntry", "TxDtls"
RECORDS = frozenset(("GrpHdr", "OrgnlGrpInfAndSts", "TxInfAndSts", "Acct", "Bal", ENTRY))


def is_xml(path: Path) -> bool:
    """Tell whether a file begins like an XML message; a page of HTML does not."""
    with path.open("rb") as file:
        probe = file.read(PROBE_BYTES)
    is_wide = probe[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = probe.decode("utf-16" if is_wide else "utf-8-sig", "replace")
    return BEGINS.match(text) is not None


@dataclass
class Record:
    """The texts of one part of a message by their paths in it, `a/b`; the first of each path."""

    name: str
    depth: int
    texts: dict[str, str] = field(default_factory=dict)
    details: int = 0  # how many parts of its own were seen

    def keep(self, path: str, text: str) -> None:
        """Take the text at a path; unstructured remittance texts are pieces of one."""
        if path.endswith("Ustrd") and path in self.texts:
            text = self.texts[path] + text
        elif path in self.texts:
            return
        if len(self.texts) < MAX_TEXTS:
            self.texts[path] = text[:TEXT_LETTERS]

    def first(self, *paths: str) -> str | None:
        """Return the first of these texts that there is."""
        return next((self.texts[path] for path in paths if path in self.texts), None)


def records(path: Path) -> Iterator[tuple[str, Record | None, Record]]:
    """Yield (message, what it lies in, record) for each part of a message at its end.

    The message's own name is that of the element below `Document`; Refusal for any other file.
    """
    names: list[str] = []
    message = ""
    open_records: list[Record] = []
    for event, element in _events(path):
        if event == "start":
            names.append(_local(element))
            if len(names) > MAX_DEPTH:
                raise Refusal(BROKEN)
            if not message and names[-2:-1] == ["Document"]:
                message = _known(names[-1])
            if message and _begins_record(names[-1], open_records):
                open_records.append(Record(names[-1], len(names)))
        else:
            text = (element.text or "").strip()
            if open_records and text:
                inside = "/".join(names[open_records[-1].depth :])
                open_records[-1].keep(inside, with_currency(text, element.get("Ccy")) or "")
            if open_records and len(names) == open_records[-1].depth:
                record = open_records.pop()
                yield message, open_records[-1] if open_records else None, record
            elif message and names[-1] in ("Stmt", "Ntfctn") and not open_records:
                yield message, None, Record(names[-1], len(names))
            names.pop()
            _forget(element)
    if not message:
        raise Refusal(OTHER_XML)


def _events(path: Path) -> Iterator[tuple[str, etree._Element]]:
    """Yield the tags of a file, without entities, network or room for giant texts."""
    is_first = True
    try:
        with path.open("rb") as file:
            for event, element in etree.iterparse(
                file,
                events=("start", "end"),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                if is_first and element.getroottree().docinfo.doctype:
                    raise Refusal(DOCTYPE)
                is_first = False
                yield event, element
    except etree.XMLSyntaxError:
        raise Refusal(BROKEN) from None


def _local(element: etree._Element) -> str:
    """Return a tag without its namespace: versions differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def _forget(element: etree._Element) -> None:
    """Free an element that has ended, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _known(name: str) -> str:
    if name == INITIATION:
        raise Refusal(OUR_OWN)
    if name != REPORT and not (name.startswith(NOTICES) and name.endswith(("Stmt", "Ntfctn"))):
        raise Refusal(OTHER_XML)
    return name


def _begins_record(name: str, open_records: list[Record]) -> bool:
    if not open_records:
        return name in RECORDS
    return name == DETAIL and open_records[-1].name == ENTRY
