"""The window: the only package besides `app` that imports Qt. It shows what the services say and decides nothing."""

from hrddp_desktop.ui.immortal import make_immortal

make_immortal()
