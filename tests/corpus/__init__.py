"""Files as communes, providers and enemies send them, each made by code."""

from __future__ import annotations

from tests.corpus import banks, cells, hostile, names, rules, shapes, texts
from tests.corpus.case import CASES, Case, Expect

__all__ = [
    "CASES",
    "Case",
    "Expect",
    "banks",
    "cells",
    "hostile",
    "names",
    "rules",
    "shapes",
    "texts",
]
