"""`distill …`: every command is one file that is listed in `program.COMMANDS`."""

from distill_app.cli.program import main

__all__ = ["main"]
