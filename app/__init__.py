"""The program: command line, main window, actions, controllers, jobs."""

__version__ = "0.1.0"
