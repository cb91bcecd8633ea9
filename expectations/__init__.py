"""What must hold: Great Expectations suites as plain data, compiled into one DuckDB scan."""
