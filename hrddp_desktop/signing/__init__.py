"""The signature proves: who signs, how a document is signed, and what a received one is worth.

`identity` and `trust` say who; `sign` and `verify` do the work and are the only ones that load pyHanko, so that
importing the others costs nothing.
"""
