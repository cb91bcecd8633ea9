"""ISO 20022 pain.001.001.09: a credit transfer initiation in whole VND, as banks exchange it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import polars as pl
from lxml import etree

from schemas.providers import Payer
from tasks.payment_cells import FileFacts

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
Tree = Mapping[str, Any]  # tag -> text, or a tree


def write_pain001(
    target: SupportsWrite[bytes], payer: Payer, facts: FileFacts, parts: Iterable[pl.DataFrame]
) -> None:
    """Write one message with one block of payments, transfer by transfer.

    `parts` have the columns of TRANSFER.
    """
    with etree.xmlfile(target, encoding="UTF-8") as xml:
        xml.write_declaration()
        # All tags stand in the default namespace, which is said once, here.
        with xml.element("Document", nsmap={None: NAMESPACE}), xml.element("CstmrCdtTrfInitn"):
            xml.write(*_elements(_group_header(payer, facts)))
            with xml.element("PmtInf"):
                xml.write(*_elements(_payment_block(payer, facts)))
                for part in parts:
                    for transfer in _transfers(part):
                        xml.write(transfer)


def _group_header(payer: Payer, facts: FileFacts) -> Tree:
    return {
        "GrpHdr": {
            "MsgId": facts.message_id,
            "CreDtTm": f"{facts.released_on:%Y-%m-%d}T00:00:00",
            "NbOfTxs": facts.lines,
            "CtrlSum": facts.total_vnd,
            "InitgPty": {"Nm": payer.name},
        }
    }


def _payment_block(payer: Payer, facts: FileFacts) -> Tree:
    """Return what stands in PmtInf before its transfers."""
    return {
        "PmtInfId": facts.message_id,
        "PmtMtd": "TRF",
        "NbOfTxs": facts.lines,
        "CtrlSum": facts.total_vnd,
        "ReqdExctnDt": {"Dt": f"{facts.pay_date:%Y-%m-%d}"},
        "Dbtr": {"Nm": payer.name},
        "DbtrAcct": _account(payer.account),
        "DbtrAgt": _bank(payer.bin),
    }


def _account(number: str) -> Tree:
    return {"Id": {"Othr": {"Id": number}}}


def _bank(bin_: str) -> Tree:
    """Return a bank by its BIN, as a member of the clearing system."""
    return {"FinInstnId": {"ClrSysMmbId": {"MmbId": bin_}}}


# A transfer; the texts are the columns that stand there.
TRANSFER: Tree = {
    "CdtTrfTxInf": {
        "PmtId": {"EndToEndId": "payment_id"},
        "Amt": {"InstdAmt": "amount"},
        "CdtrAgt": _bank("bin"),
        "Cdtr": {"Nm": "payee_ascii"},
        "CdtrAcct": _account("account_number"),
        "RmtInf": {"Ustrd": "transfer_text"},
    }
}


def _transfers(part: pl.DataFrame) -> Iterable[etree._Element]:
    (pattern,) = _elements(TRANSFER)
    pattern.find("Amt/InstdAmt").set("Ccy", "VND")
    columns = [leaf.text for leaf in _leaves(pattern)]
    for values in part.select(columns).iter_rows():
        transfer = deepcopy(pattern)
        for leaf, value in zip(_leaves(transfer), values, strict=True):
            leaf.text = str(value)
        yield transfer


def _leaves(element: etree._Element) -> list[etree._Element]:
    return [one for one in element.iter() if len(one) == 0]


def _elements(tree: Tree) -> list[etree._Element]:
    """Return the elements of a tree, each on a line of its own."""
    found = []
    for tag, content in tree.items():
        element = etree.Element(tag)
        if isinstance(content, Mapping):
            element.extend(_elements(content))
            for child in element:
                child.tail = None
        else:
            element.text = str(content)
        element.tail = "\n"
        found.append(element)
    return found
