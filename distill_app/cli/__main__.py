"""`python -m distill_app.cli` is `distill`."""

import sys

from distill_app.cli.main import main

sys.exit(main())
