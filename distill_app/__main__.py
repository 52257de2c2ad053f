"""`python -m distill_app` opens the app."""

import sys

from distill_app.app import main

sys.exit(main())
