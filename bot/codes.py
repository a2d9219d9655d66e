"""Exit codes of the command line: they are an interface, listed in the README."""

DONE, FAILED, BAD_INPUT, NO_DAEMON, HUMAN_NEEDED = range(5)
"""Done as asked; a failure nothing could be done about; bad input; no daemon answers; a person is needed."""
