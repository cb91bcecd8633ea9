"""The verbs: plain functions and SELECTs that take an office from files to reconciled payments."""
