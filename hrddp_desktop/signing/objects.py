"""Entries of a PDF dictionary, resolved and of the kind they must be; pyHanko's own `get` resolves nothing."""

from __future__ import annotations

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError


def entry(node: generic.DictionaryObject, key: str) -> generic.PdfObject | None:
    """The resolved value of `key`; None when it is absent or null."""
    try:
        value: generic.PdfObject = node[key]
    except KeyError:
        return None
    return value


def dictionary(node: generic.DictionaryObject, key: str) -> generic.DictionaryObject:
    """The dictionary at `key`, an empty one when absent. Raises PdfReadError when it is something else."""
    value = entry(node, key)
    if value is None:
        return generic.DictionaryObject()  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    if not isinstance(value, generic.DictionaryObject):
        raise PdfReadError(f"{key} is no dictionary")
    return value


def array(node: generic.DictionaryObject, key: str) -> generic.ArrayObject:
    """The array at `key`, an empty one when absent. Raises PdfReadError when it is something else."""
    value = entry(node, key)
    if value is None:
        return generic.ArrayObject()
    if not isinstance(value, generic.ArrayObject):
        raise PdfReadError(f"{key} is no array")
    return value


def text(node: generic.DictionaryObject, key: str) -> str:
    """The text or name at `key`, an empty one when absent. Raises PdfReadError when it is something else."""
    value = entry(node, key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise PdfReadError(f"{key} is no text")
    return str(value)


def reference(node: generic.DictionaryObject, key: str) -> generic.Reference:
    """What `key` refers to. Raises PdfReadError when it holds its value itself, or nothing."""
    value = node.raw_get(key) if key in node else None
    if not isinstance(value, generic.IndirectObject):
        raise PdfReadError(f"{key} is no reference")
    return value.reference
