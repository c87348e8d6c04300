"""The encrypted vault; all SQL of the product.

This file imports nothing: the window imports the package while the passphrase is being typed, at the time it chooses.
"""
