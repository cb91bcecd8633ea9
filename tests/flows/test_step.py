"""What a step is, without any Prefect."""

from __future__ import annotations

import pytest

from flows.step import StepFailed, _discreet, in_flow_run, step, told_of, watched
from tasks.office import Refused


@step("Đọc {arrival[name]} kỳ {month}", minutes=1, repeatable=True)
def read(arrival: dict[str, str], month: str = "2024-06") -> str:
    """Read nothing."""
    return arrival["name"] + month


def test_outside_a_flow_a_step_is_a_plain_call_that_says_its_label() -> None:
    heard: list[str] = []
    with watched(heard.append):
        assert read({"name": "a.xlsx"}) == "a.xlsx2024-06"
    read({"name": "b.xlsx"})
    assert heard == ["Đọc a.xlsx kỳ 2024-06"]
    assert not in_flow_run()


def test_a_refusal_is_said_as_it_is() -> None:
    def refusing() -> None:
        raise Refused("Chưa lập.")

    with pytest.raises(Refused, match="Chưa lập"):
        _discreet(refusing)()


def test_an_unexpected_error_tells_the_place_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("Lò Thị Bí Mật")

    monkeypatch.delenv("CHITRA_DEBUG", raising=False)
    with pytest.raises(StepFailed, match=r"^ValueError, test_step.py:\d+$") as found:
        _discreet(broken)()
    assert found.value.__suppress_context__
    assert told_of(found.value) == str(found.value)
