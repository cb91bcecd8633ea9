"""`python -m schemas` prints the data dictionary."""

import sys

from schemas.dictionary import page

sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
print(page(), end="")
