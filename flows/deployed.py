"""Each verb once as a Prefect flow: what `prefect.yaml` deploys, and what the demo runs.

The annotations and docstrings, in Vietnamese, make the form that Prefect shows. No parameter or
result tells of a person who receives money; results are not kept.
"""

import os
from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from flows.ingest import ingest as ingest_files
from flows.prepare import prepare as prepare_month
from flows.publish import publish as publish_month
from flows.reconcile import reconcile as reconcile_months
from flows.release import release as release_month
from flows.treasury import treasury as confirm_treasury
from tasks.office import believed_today, default_home

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Said = Annotated[str, Field(min_length=1)]


@flow(
    name="Nhận tệp",
    description="Nhận mọi tệp mới trong inbox/, ghi sổ, trả lại dòng sai.",
    flow_run_name="Nhận tệp",
    persist_result=False,
)
def ingest(home: str | None = None, today: Day | None = None) -> dict[str, Any]:
    """Nhận mọi tệp mới.

    Args:
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return ingest_files(*place(home, today))


@flow(
    name="Lập danh sách chi trả",
    description="Tính danh sách chi trả của kỳ đang mở, cho mã xác nhận để người khác duyệt.",
    flow_run_name="Lập kỳ {month}",
    persist_result=False,
)
def prepare(
    month: Month,
    by: Said,
    through: Month | None = None,
    home: str | None = None,
    today: Day | None = None,
) -> dict[str, Any]:
    """Lập danh sách chi trả, các danh sách kèm theo và trang kiểm tra dữ liệu.

    Args:
        month: Kỳ chi trả, dạng NNNN-TT, ví dụ 2024-07.
        by: Họ tên người lập.
        through: Chi trước đến tháng này (Tết), dạng NNNN-TT. Bỏ trống: đúng kỳ.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return prepare_month(*place(home, today), month, through, by, docs=True)


@flow(
    name="Duyệt chi",
    description="Người thứ hai duyệt đúng bảng đã lập; ghi tệp chi trả và bảng kho bạc.",
    flow_run_name="Duyệt kỳ {month}",
    persist_result=False,
)
def release(
    month: Month,
    digest: Said,
    approver: Said,
    accept: str | None = None,
    home: str | None = None,
    today: Day | None = None,
) -> dict[str, Any]:
    """Duyệt chi: từ đây bảng chi không đổi được nữa.

    Args:
        month: Kỳ chi trả, dạng NNNN-TT, ví dụ 2024-07.
        digest: Mã xác nhận của bảng chi mà bước lập đã in.
        approver: Họ tên người duyệt, khác người lập.
        accept: Lý do chấp nhận, bắt buộc khi bảng chi có cảnh báo.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return release_month(*place(home, today), month, digest, approver, accept)


@flow(
    name="Kho bạc xác nhận",
    description="Ghi Kho bạc đã xác nhận kỳ đã duyệt; ghi tệp chi trả nếu đang chờ việc này.",
    flow_run_name="Kho bạc xác nhận kỳ {month}",
    persist_result=False,
)
def treasury(
    month: Month,
    confirmed_on: Day,
    reference: Said,
    by: Said,
    home: str | None = None,
    today: Day | None = None,
) -> dict[str, Any]:
    """Ghi xác nhận của Kho bạc.

    Args:
        month: Kỳ đã duyệt chi, dạng NNNN-TT, ví dụ 2024-07.
        confirmed_on: Ngày Kho bạc xác nhận, dạng NNNN-TT-NN.
        reference: Số chứng từ hoặc công văn của Kho bạc.
        by: Họ tên người ghi.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return confirm_treasury(*place(home, today), month, confirmed_on, reference, by)


@flow(
    name="Đối soát",
    description="Đối chiếu kết quả của đơn vị chi trả với lệnh chi.",
    flow_run_name="Đối soát",
    persist_result=False,
)
def reconcile(
    month: Month | None = None, home: str | None = None, today: Day | None = None
) -> dict[str, Any]:
    """Đối soát kết quả đã nhận.

    Args:
        month: Kỳ chi trả, dạng NNNN-TT. Bỏ trống: mọi kỳ đã duyệt chi.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return reconcile_months(*place(home, today), month)


@flow(
    name="Công bố",
    description="Tính tiến độ, ghi báo cáo, thay số liệu cho người phân tích.",
    flow_run_name="Công bố kỳ {month}",
    persist_result=False,
)
def publish(
    month: Month, full: bool = False, home: str | None = None, today: Day | None = None
) -> dict[str, Any]:
    """Công bố số liệu của kỳ tính đến hôm nay.

    Args:
        month: Kỳ chi trả, dạng NNNN-TT, ví dụ 2024-07.
        full: Ghi thêm bản không che tên, số; có ghi lại người lấy.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    return publish_month(*place(home, today), month, full)


def place(home: str | None, today: str | None) -> tuple[str, str]:
    """Return folder and day of a run: as given, else as the machine that runs it says."""
    return os.path.abspath(home or default_home()), believed_today(today).isoformat()
