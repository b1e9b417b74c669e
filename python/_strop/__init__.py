"""Runs inside the measured interpreter: records and emits, never analyses. Standard library only, CPython 3.9+."""
