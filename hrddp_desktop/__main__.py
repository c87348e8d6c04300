"""`python -m hrddp_desktop` is the same as `hrddp-desktop`."""

import sys

from hrddp_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
