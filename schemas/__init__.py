"""Every noun once: tables, file layouts, providers, code lists and the quality rules."""
