"""Writes what banks send back: reports on orders (pain.002), notices (camt), MT940 statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ISO = "urn:iso:std:iso:20022:tech:xsd:"
AGRIBANK = "VBAAVNVX"


def payment_id(number: int = 1) -> str:
    """Return an id as the office makes them."""
    return f"CT2406{number:012d}"


def xml(kind: str, inside: str, *, prefix: str = "", start: str = "") -> bytes:
    """Return a message of this kind and version, as `pain.002.001.03`."""
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    mark = f"{prefix}:" if prefix else ""
    body = inside.replace("</", f"</{mark}").replace("<", f"<{mark}").replace(f"<{mark}/", "</")
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}{start}<{mark}Document {name}="{ISO}{kind}">{body}</{mark}Document>'.encode()


def report(
    status: str,
    number: int = 1,
    *,
    reason: str = "",
    amount: str = "540000.00",
    currency: str = "VND",
    account: str = "8811205000123",
) -> str:
    """Return what a pain.002 says of one order."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f"<TxInfAndSts><StsId>S{number}</StsId><OrgnlEndToEndId>{payment_id(number)}"
        f"</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}<OrgnlTxRef>"
        f'<Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt>'
        f"<CdtrAgt><FinInstnId><BICFI>BIDVVNVX</BICFI></FinInstnId></CdtrAgt>"
        f"<CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>"
        "</OrgnlTxRef></TxInfAndSts>"
    )


def pain002(
    message: str,
    *reports: str,
    version: str = "pain.002.001.03",
    group: str = "PART",
    bank: str = AGRIBANK,
    **other: str,
) -> bytes:
    """Return a report file; `message` is its number."""
    tag = "BIC" if version.endswith((".03", ".02")) else "BICFI"
    inside = (
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message}</MsgId><CreDtTm>2024-06-06T10:00:00</CreDtTm>"
        f"<DbtrAgt><FinInstnId><{tag}>{bank}</{tag}></FinInstnId></DbtrAgt></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>CHITRA</OrgnlMsgId><GrpSts>{group}</GrpSts>"
        "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>1</OrgnlPmtInfId>"
        f"{''.join(reports)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt>"
    )
    return xml(version, inside, **other)


def entry(
    amount: str = "540000",
    side: str = "DBIT",
    *details: str,
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    currency: str = "VND",
    more: str = "",
    text: str = "",
) -> str:
    """Return an entry of an account, with what is told of each payment in it."""
    inside = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
    about = f"<AddtlNtryInf>{text}</AddtlNtryInf>" if text else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}{status}'
        f"<BookgDt><Dt>2024-06-06</Dt></BookgDt><AcctSvcrRef>FT1</AcctSvcrRef>{inside}{about}</Ntry>"
    )


def detail(number: int = 1, *, amount: str = "", more: str = "", text: str = "") -> str:
    """Return what an entry tells of one payment."""
    money = f'<Amt Ccy="VND">{amount}</Amt>' if amount else ""
    told = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    end_to_end = "NOTPROVIDED" if text else payment_id(number)
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{money}"
        "<RltdPties><CdtrAcct><Id><Othr><Id>8811205000123</Id></Othr></Id></CdtrAcct></RltdPties>"
        f"{told}{more}</TxDtls>"
    )


RETURNED = "<RtrInf><Rsn><Cd>{}</Cd></Rsn></RtrInf>"
REVERSAL = "<RvslInd>true</RvslInd>"


def camt(
    message: str,
    *entries: str,
    version: str = "camt.054.001.08",
    balances: Sequence[tuple[str, str]] = (),
    **other: str,
) -> bytes:
    """Return a notice, or a statement for `camt.053…`; `balances`: (OPBD or CLBD, amount)."""
    is_statement = version.startswith("camt.053")
    outer, inner = ("Stmt", "Stmt") if is_statement else ("DbtCdtNtfctn", "Ntfctn")
    inside = (
        f"<BkToCstmr{outer}><GrpHdr><MsgId>{message}</MsgId></GrpHdr><{inner}><Id>1</Id>"
        "<Acct><Id><Othr><Id>1500201000001</Id></Othr></Id><Ccy>VND</Ccy>"
        f"<Svcr><FinInstnId><BICFI>{AGRIBANK}XXX</BICFI></FinInstnId></Svcr></Acct>"
        f"{''.join(map(balance, balances))}{''.join(entries)}</{inner}></BkToCstmr{outer}>"
    )
    return xml(version, inside, **other)


def balance(told: tuple[str, str]) -> str:
    kind, amount = told
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="VND">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def mt940(
    message: str,
    *entries: Iterable[str],
    opening: str = "C240605VND10000000,",
    closing: str = "C240606VND9460000,",
    end: str = "\r\n",
) -> bytes:
    """Return a statement; an entry is its `:61:` and, mostly, its `:86:`."""
    lines = [
        "{1:F01CHITRAVNXXXX0000000000}{2:O9400800240606VBAAVNVXAXXX00000000002406060800N}{4:",
        f":20:{message}",
        ":25:970405/1500201000001",
        ":28C:1/1",
        f":60F:{opening}",
    ]
    for line, *details in entries:
        lines += [f":61:{line}", *(f":86:{text}" for text in details)]
    lines += [f":62F:{closing}"] if closing else []
    return (end.join([*lines, "-}"]) + end).encode()


DEBIT = "2406050605D540000,NTRFNONREF//FT2415612"
FEE = ("2406050605D5500,NCHGNONREF//PHI1", "PHI DICH VU SMS THANG 06")
