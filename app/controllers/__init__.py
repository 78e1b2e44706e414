"""One controller a page: each joins a page of ``widgets`` to the open store."""
