"""Frozen snapshot in, PDF bytes out; deterministic."""
