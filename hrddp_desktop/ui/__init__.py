"""The window: it shows what the services say and decides nothing itself."""
