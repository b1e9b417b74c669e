"""Runs beside or around a workload while a profiler records it: starts and stops tools, never reads what they say."""
