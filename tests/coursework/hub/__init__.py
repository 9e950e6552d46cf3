"""The coursework on a real JupyterHub, from release to feedback: `make hub`, as root on Linux."""
