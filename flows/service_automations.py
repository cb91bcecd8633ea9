"""The Prefect automations that tell people of runs that failed, are late, hang or broke off."""

from __future__ import annotations

from typing import Any

from flows.service_settings import HEARTBEAT_SECONDS, LATE_AFTER_SECONDS

Row = dict[str, Any]

TAG = "chi-tra"  # of every deployment of prefect.yaml
STUCK_AFTER_SECONDS = 3 * 3600
SILENT_AFTER_SECONDS = 6 * HEARTBEAT_SECONDS
RUN = "prefect.flow-run"
ENDED = [f"{RUN}.{how}" for how in ("Completed", "Failed", "Crashed", "Cancelled", "TimedOut")]
WAITING = [f"{RUN}.{how}" for how in ("Paused", "Suspended")]  # for a person: that may take days
LOOK = "Lượt chạy “{{ flow_run.name }}”: {{ flow_run|ui_url }}"


def automations(notice: str) -> list[Row]:
    """Return every automation; `notice` is the id of the block that tells people."""
    return [
        _automation(
            "Chi Trả: việc hỏng",
            "Báo khi một việc kết thúc mà không xong.",
            _at(["Failed", "Crashed", "TimedOut"]),
            _tell(
                notice,
                "Việc không xong: {{ flow.name }}",
                "Việc này dừng vì có lỗi. Mở trang của việc, đọc dòng cuối của Logs rồi làm "
                "theo; sửa xong thì bấm Run lần nữa, chạy lại không hại gì.",
            ),
        ),
        _automation(
            "Chi Trả: việc trễ",
            f"Báo khi một việc quá giờ {LATE_AFTER_SECONDS // 60} phút mà chưa bắt đầu.",
            _at(["Late"]),
            _tell(
                notice,
                "Việc trễ: {{ flow.name }}",
                "Việc này đã quá giờ mà chưa bắt đầu. Nếu không có việc nào khác đang chạy thì "
                "worker đã dừng: chạy “chitra up”.",
            ),
        ),
        _automation(
            "Chi Trả: việc chạy quá lâu",
            f"Báo khi một việc chạy quá {STUCK_AFTER_SECONDS // 3600} giờ.",
            _missing([f"{RUN}.Running"], [*ENDED, *WAITING], STUCK_AFTER_SECONDS),
            _tell(
                notice,
                "Việc chạy quá lâu: {{ flow.name }}",
                "Việc này vẫn chưa xong. Mở trang của việc xem đang ở bước nào; bấm Cancel rồi "
                "Run lại nếu nó đứng yên.",
            ),
        ),
        _automation(
            "Chi Trả: việc bị đứt",
            "Đánh dấu hỏng khi tiến trình của một việc không còn báo về (máy tắt, bị dừng).",
            _missing(
                [f"{RUN}.heartbeat"],
                [f"{RUN}.heartbeat", *ENDED, *WAITING, f"{RUN}.Scheduled"],
                SILENT_AFTER_SECONDS,
            ),
            {
                "type": "change-flow-run-state",
                "state": "CRASHED",
                "name": "Crashed",
                "message": "Tiến trình của việc không còn báo về. Chạy “chitra up”, rồi bấm Run.",
            },
        ),
    ]


def _automation(name: str, description: str, trigger: Row, action: Row) -> Row:
    return {
        "name": name,
        "description": description,
        "enabled": True,
        "tags": [TAG],
        "trigger": trigger,
        "actions": [action],
    }


def _at(states: list[str]) -> Row:
    """Return what waits for a run of ours to enter one of these states."""
    return _trigger("Reactive", [f"{RUN}.{state}" for state in states], [], 0)


def _missing(after: list[str], expected: list[str], seconds: int) -> Row:
    """Return what waits for a run of ours to say nothing expected in so many seconds."""
    return _trigger("Proactive", expected, after, seconds)


def _trigger(posture: str, expected: list[str], after: list[str], seconds: int) -> Row:
    return {
        "type": "event",
        "posture": posture,
        "match": {"prefect.resource.id": f"{RUN}.*"},
        "match_related": {
            "prefect.resource.role": "tag",
            "prefect.resource.id": f"prefect.tag.{TAG}",
        },
        "for_each": ["prefect.resource.id"],
        "expect": expected,
        "after": after,
        "threshold": 1,
        "within": seconds,
    }


def _tell(notice: str, subject: str, body: str) -> Row:
    return {
        "type": "send-notification",
        "block_document_id": notice,
        "subject": subject,
        "body": f"{body}\n{LOOK}",
    }
