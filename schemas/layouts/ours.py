"""What we put into workbooks ourselves, and so never read as something that a sender wrote."""

from __future__ import annotations

# The hidden sheet of a template says what it is: A1 the mark, B1 the kind, C1 the version.
TEMPLATE_SHEET = "_chitra"
TEMPLATE_MARK = "chitra-template"
TEMPLATE_VERSION = "1"
GUIDE_SHEET = "Hướng dẫn"

# A workbook that goes back: a sheet on top, and a column beside the sender's own.
SUMMARY_SHEET = "Tổng hợp lỗi"
ERROR_COLUMN = "Lỗi cần sửa"
