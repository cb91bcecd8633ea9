"""Each verb once as a Prefect flow: what `prefect.yaml` deploys, and what the demo runs.

The annotations, in Vietnamese, make the form that Prefect shows. No parameter or result tells of a
person who receives money; results are not kept. A schedule starts a run without parameters: then
the open cycle is meant, or the last one, and where there is nothing to do the run says so.
"""

import os
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field, WithJsonSchema

from flows import approval, approval_words, artifacts, standing, waiting
from flows.ingest import ingest as ingest_files
from flows.publish import publish as publish_month
from flows.reconcile import reconcile as reconcile_months
from flows.release import release as release_month
from flows.runs import done, told
from flows.treasury import treasury as confirm_treasury
from tasks.office import believed_today, default_home


def asked(title: str, description: str, **limits: Any) -> Any:
    """Return what the form says of a parameter.

    Prefect itself puts name and docstring over pydantic's own title and description.
    """
    return Field(json_schema_extra={"title": title, "description": description}, **limits)


def line(pattern: str = ".+") -> WithJsonSchema:
    """Return the form of a parameter that may be left out: one line, which may stay empty.

    Pydantic's own form of `str | None` makes people choose a type first.
    """
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})?$"})


MONTH = r"\d{4}-(0[1-9]|1[0-2])"
DAY = MONTH + r"-(0[1-9]|[12]\d|3[01])"
AS = "Dạng NNNN-TT, ví dụ 2024-07."
Month = Annotated[str, asked("Kỳ chi trả", AS, pattern=f"^{MONTH}$")]
OpenMonth = Annotated[str | None, line(MONTH), asked("Kỳ chi trả", f"{AS} Bỏ trống: kỳ đang mở.")]
EveryMonth = Annotated[
    str | None, line(MONTH), asked("Kỳ chi trả", f"{AS} Bỏ trống: mọi kỳ đã duyệt chi.")
]
LastMonth = Annotated[
    str | None, line(MONTH), asked("Kỳ chi trả", f"{AS} Bỏ trống: kỳ mới nhất đã lập, đã duyệt.")
]
Ahead = Annotated[
    str | None,
    line(MONTH),
    asked("Chi trước đến tháng", "Dạng NNNN-TT, dịp Tết. Bỏ trống: đúng kỳ."),
]
By = Annotated[
    str | None,
    line(),
    asked("Người lập", "Họ và tên. Bỏ trống: theo office.toml, mục [service]."),
]
Reason = Annotated[
    str | None, line(), asked("Lý do chấp nhận cảnh báo", "Bắt buộc khi bảng chi có cảnh báo.")
]
Home = Annotated[
    str | None, line(), asked("Thư mục đơn vị", "Bỏ trống: theo CHITRA_HOME của máy chạy worker.")
]
Today = Annotated[
    str | None,
    line(DAY),
    asked("Ngày chạy", "Dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay."),
]


@flow(
    name="Nhận tệp",
    description="Nhận mọi tệp mới trong inbox/, ghi sổ, trả lại dòng sai.",
    flow_run_name="Nhận tệp",
    persist_result=False,
)
@told
def ingest(home: Home = "", today: Today = "") -> State:
    """Nhận mọi tệp mới."""
    here = place(home, today)
    result = ingest_files(*here)
    if approval.is_deployed():
        artifacts.put(artifacts.of_ingest(here[0], result, artifacts.counts(*here, None)))
    return done(artifacts.ingested(result), result)


@flow(
    name="Lập danh sách chi trả",
    description="Tính danh sách chi trả của kỳ đang mở rồi chờ người khác duyệt.",
    flow_run_name="Lập kỳ chi trả",
    persist_result=False,
)
@told
def prepare(
    month: OpenMonth = "",
    by: By = "",
    through: Ahead = "",
    wait: Annotated[
        bool, asked("Chờ người duyệt", "Tắt: lập xong là hết, duyệt bằng lượt chạy “Duyệt chi”.")
    ] = True,
    home: Home = "",
    today: Today = "",
) -> State:
    """Lập danh sách chi trả, các danh sách kèm theo và trang kiểm tra dữ liệu, rồi chờ duyệt."""
    here = place(home, today)
    before = approval.asked_before()
    stand = standing.where_months_stand(*here)
    preparer = by or standing.preparer(stand)
    if before is not None:
        look = waiting.go_on(here, before, through or None, preparer)
        approval.name_run(f"Lập kỳ {before.month}: đã duyệt chi")
        return done(approval_words.released(look), look)
    wanted = month or standing.month_to_prepare(stand)
    approval.name_run(f"Lập kỳ {wanted}")
    look = waiting.prepare_and_show(here, wanted, through or None, preparer)
    if wait and approval.is_deployed():
        waiting.wait(here, look, 0, "")
    return done(approval_words.prepared(look), look)


@flow(
    name="Duyệt chi",
    description="Người thứ hai duyệt đúng bảng đã lập; ghi tệp chi trả và bảng kho bạc.",
    flow_run_name="Duyệt kỳ {month}",
    persist_result=False,
)
@told
def release(
    month: Month,
    digest: Annotated[
        str, asked("Mã xác nhận", "Của bảng chi mà bước lập đã in ở trang tóm tắt.", min_length=1)
    ],
    approver: Annotated[str, asked("Người duyệt", "Họ và tên, khác người lập.", min_length=1)],
    accept: Reason = "",
    home: Home = "",
    today: Today = "",
) -> State:
    """Duyệt chi: từ đây bảng chi không đổi được nữa."""
    here = place(home, today)
    result = release_month(*here, month, digest, approver, accept or None)
    if "second_approver" in result["missing"]:
        return done(approval_words.second(result["approver"]), result)
    return done(approval_words.released(waiting.show_release(here, month)), result)


@flow(
    name="Kho bạc xác nhận",
    description="Ghi Kho bạc đã xác nhận kỳ đã duyệt; ghi tệp chi trả nếu đang chờ việc này.",
    flow_run_name="Kho bạc xác nhận kỳ {month}",
    persist_result=False,
)
@told
def treasury(
    month: Month,
    confirmed_on: Annotated[
        str, asked("Ngày Kho bạc xác nhận", "Dạng NNNN-TT-NN.", pattern=f"^{DAY}$")
    ],
    reference: Annotated[
        str, asked("Số chứng từ", "Số chứng từ hoặc công văn của Kho bạc.", min_length=1)
    ],
    by: Annotated[str, asked("Người ghi", "Họ và tên.", min_length=1)],
    home: Home = "",
    today: Today = "",
) -> State:
    """Ghi xác nhận của Kho bạc."""
    here = place(home, today)
    result = confirm_treasury(*here, month, confirmed_on, reference, by)
    waiting.show_release(here, month)
    return done(approval_words.confirmed(month), result)


@flow(
    name="Đối soát",
    description="Đối chiếu kết quả của đơn vị chi trả với lệnh chi.",
    flow_run_name="Đối soát",
    persist_result=False,
)
@told
def reconcile(month: EveryMonth = "", home: Home = "", today: Today = "") -> State:
    """Đối soát kết quả đã nhận."""
    here = place(home, today)
    if not month:
        standing.require_released(standing.where_months_stand(*here))
    result = reconcile_months(*here, month or None)
    if approval.is_deployed():
        waiting.settle(here)
        found = artifacts.counts(*here, month or None)
        artifacts.put([artifacts.reconciled(result["months"]), artifacts.exceptions(found)])
        for one in result["months"][-1:]:
            files = artifacts.files_written(here[0], one["month"], ["followup"])
            artifacts.put(artifacts.of_month(here[0], one["month"], "Đối soát", "", files))
    return done(artifacts.matched(result["months"]), result)


@flow(
    name="Công bố",
    description="Tính tiến độ, ghi báo cáo, thay số liệu cho người phân tích.",
    flow_run_name="Công bố",
    persist_result=False,
)
@told
def publish(
    month: LastMonth = "",
    full: Annotated[
        bool, asked("Bản không che", "Ghi thêm bản không che tên, số; có ghi lại người lấy.")
    ] = False,
    home: Home = "",
    today: Today = "",
) -> State:
    """Công bố số liệu của kỳ tính đến hôm nay."""
    here = place(home, today)
    wanted = month or standing.month_to_publish(standing.where_months_stand(*here))
    approval.name_run(f"Công bố kỳ {wanted}")
    result = publish_month(*here, wanted, full)
    if approval.is_deployed():
        files = artifacts.files_published(here[0], result["paths"])
        artifacts.put(artifacts.of_publish(here[0], result, files))
    return done(f"Đã công bố kỳ {standing.vi(wanted)}.", result)


def place(home: str | None, today: str | None) -> tuple[str, str]:
    """Return folder and day of a run: as given, else as the machine that runs it says."""
    return os.path.abspath(home or default_home()), believed_today(today or None).isoformat()
