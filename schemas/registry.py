"""The registry: what the events, folded in their order, say of people, benefits and accounts."""

from __future__ import annotations

from schemas import codes
from schemas.table import Code, Flag, Integer, Month, PartialDate, Pii, Table, Text


class Person(Table, name="person"):
    """One row per dossier: who the person is, as the last events say."""

    dossier_no = Text("Mã hồ sơ", key=True)
    full_name = Text("Họ và tên", pii=Pii.BASIC, required=True)
    name_fold = Text(required=True, description="the name without accents, for comparing")
    birth_date = PartialDate("Ngày sinh", pii=Pii.BASIC, required=True)
    gender = Code("Giới tính", values=codes.GENDERS, required=True)
    citizen_id = Text("Số định danh", pii=Pii.BASIC, pattern=r"\d{12}")
    citizen_id_event = Integer(description="event_no of the row that gave the citizen id")
    ethnicity = Text("Dân tộc", pii=Pii.SENSITIVE)
    village = Text("Thôn/bản", pii=Pii.BASIC)
    is_dead = Flag("Đã báo chết", required=True)
    identity_event = Integer(required=True, description="event_no of the last row about identity")


class Interval(Table, name="benefit_interval"):
    """One row per span of months [from_month, stop_month) of a benefit in one commune."""

    dossier_no = Text("Mã hồ sơ", key=True)
    family = Code("Nhóm chế độ", key=True, pii=Pii.SENSITIVE)
    interval_no = Integer("Thứ tự", key=True, minimum=1)
    scheme = Code("Nguồn", values=codes.SCHEMES, required=True)
    commune_code = Code("Mã xã", required=True)
    from_month = Month("Từ tháng", required=True)
    stop_month = Month("Thôi từ tháng", description="first month not paid; empty = running")
    start_cycle = Month("Kỳ bắt đầu", required=True, description="cycle of the starting event")
    start_event = Integer(required=True)
    start_reason = Code("Lý do tăng", required=True)
    stop_event = Integer()
    stop_reason = Code("Lý do thôi")
    is_roster = Flag(required=True, description="started by HIEN_HUONG")


class UnitChange(Table, name="unit_change"):
    """One row per event that says how many units a benefit has from a month on."""

    dossier_no = Text("Mã hồ sơ", key=True)
    family = Code("Nhóm chế độ", key=True, pii=Pii.SENSITIVE)
    event_no = Integer(key=True)
    from_month = Month("Từ tháng", required=True)
    units = Integer("Số suất", minimum=1, required=True)


class Account(Table, name="account"):
    """One row per dossier: where its money goes, as last accepted."""

    dossier_no = Text("Mã hồ sơ", key=True)
    method = Code("Hình thức nhận", values=codes.METHODS, required=True)
    holder_name = Text("Tên chủ tài khoản", pii=Pii.BASIC)
    holder_fold = Text(description="the holder's name without accents")
    holder_citizen_id = Text("Số định danh chủ tài khoản", pii=Pii.BASIC)
    relation = Text("Quan hệ")
    authorisation_no = Text("Số văn bản ủy quyền")
    authorisation_expires_on = PartialDate("Ngày hết hạn ủy quyền")
    phone = Text("Số điện thoại", pii=Pii.BASIC)
    bin = Code("BIN")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE, pattern=r"[0-9A-Za-z]{6,19}")
    no_account_reason = Code("Lý do chưa có tài khoản")
    event_no = Integer(required=True, description="the row that said so")


class Verified(Table, name="verified"):
    """One row per dossier, subject and value: the latest word of police, telecom or bank on it."""

    dossier_no = Text("Mã hồ sơ", key=True)
    subject = Code("Loại", key=True, values=codes.SUBJECTS)
    value = Text("Giá trị", key=True, pii=Pii.SENSITIVE)
    outcome = Code("Kết quả", values=codes.OUTCOMES, required=True)
    event_no = Integer(required=True, description="the row that said so")


REGISTRY = (Person, Interval, UnitChange, Account, Verified)
