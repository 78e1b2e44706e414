"""The command line. It imports no Qt, and no torch but for ``devices``; each command imports late."""
