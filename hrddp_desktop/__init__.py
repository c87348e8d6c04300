"""HRDDP Desktop: human rights due diligence assessments, offline, encrypted and signed."""

__version__ = "0.1.0"
