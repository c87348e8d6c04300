"""HRDDP Desktop: human rights due diligence assessments, offline, encrypted and signed."""

__version__ = "0.1.0"
__released__ = "2026-06-01"  # a day before this version was made: no computer can use it earlier
