"""The program that is the office's Prefect server: Prefect's own, which also knows our notices.

Automations send by a block; Prefect loads only blocks whose class it knows.
"""

from __future__ import annotations

from typing import Any

POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    b"connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'"
)


def main() -> None:
    """Serve until told to stop; address, password and database come from the environment."""
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    from flows import service_notice  # noqa: F401

    _let_schedules_make_runs()
    _let_writers_wait()
    api = get_current_settings().server.api
    app = at_home(create_app(final=True))
    uvicorn.run(app, host=api.host, port=api.port, log_level="warning")


def at_home(app: Any) -> Any:
    """Let browsers speak to this server alone: Prefect's pages ask a company for its settings."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), (b"content-security-policy", POLICY)]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_with_policy if scope["type"] == "http" else send)

    return call


def _let_schedules_make_runs() -> None:
    """Let Prefect 3.8.8 insert planned runs under SQLAlchemy 2.1.

    It hands over a `state` that is no column; 2.0 passed over it, 2.1 asks how to set it.
    """
    from prefect.server.database import orm_models

    def pass_over(_model: Any, _row: Any, _value: Any) -> None:
        """Leave the row as it is."""

    for model in (orm_models.FlowRun, orm_models.TaskRun):
        state: Any = model.__mapper__.all_orm_descriptors["state"]
        state.bulk_dml_setter = pass_over


def _let_writers_wait() -> None:
    """Let every transaction of Prefect 3.8.8 on SQLite begin as a writer, which waits its turn.

    One that begins by reading and then writes fails at once where another has written meanwhile:
    what an approver filled in would be answered by “database is locked”.
    """
    from prefect.server.database.configurations import AioSqliteConfiguration

    begin = AioSqliteConfiguration.begin_transaction

    def as_writer(self: Any, session: Any, with_for_update: bool = False) -> Any:
        return begin(self, session, with_for_update=True)

    changed: Any = AioSqliteConfiguration
    changed.begin_transaction = as_writer


if __name__ == "__main__":
    main()
