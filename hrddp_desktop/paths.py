"""Where read-only data and the user's data are; the only module that asks."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """The folder that holds `forms` and `resources`: inside the wheel, else the repository's root."""
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def forms_dir() -> Path:
    """The shipped forms, one folder each."""
    return data_root() / "forms"


def resources_dir() -> Path:
    """Fonts, icons, colour profile and the app's own translations."""
    return data_root() / "resources"


def home_dir() -> Path:
    """The user's folder: settings, list of known signers, log, and by default the vault. `HRDDP_HOME` moves it."""
    named = os.environ.get("HRDDP_HOME")
    return Path(named) if named else Path(platformdirs.user_data_dir("hrddp-desktop", appauthor=False))


def settings_file() -> Path:
    """The settings; nothing personal in it."""
    return home_dir() / "settings.json"


def trust_file() -> Path:
    """The list of signers that this computer knows."""
    return home_dir() / "trust.json"


def default_vault() -> Path:
    """Where first start proposes to make the vault."""
    return home_dir() / "assessments.hrddp"


def cache_dir() -> Path:
    """Compiled forms, keyed by the hash of their sources; may be deleted at any time."""
    return home_dir() / "cache"
