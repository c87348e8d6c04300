"""A form in, a session out; knows nothing of human rights, of Qt, of SQL or of PDF."""
