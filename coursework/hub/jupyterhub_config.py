"""JupyterHub for one class on one machine: as root, `jupyterhub -f /etc/jupyterhub/jupyterhub_config.py`.

Everybody logs in as a user of the system, and their server runs as that user, so that the system itself keeps
them apart. Two of its groups say who is who: `kl-teachers` and `kl-students`.
"""

import grp
from pathlib import Path

COURSE = "kl"  # as in nbgrader_config.py beside this file, and in course.toml
STUDENT_SETTINGS = Path(__file__).with_name("student")

teachers, students = (set(grp.getgrnam(f"{COURSE}-{role}").gr_mem) for role in ("teachers", "students"))

c = get_config()  # noqa: F821 (JupyterHub provides it)
c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # a web server with a certificate stands before it
c.JupyterHub.authenticator_class = "pam"
c.JupyterHub.spawner_class = "localprocess"
c.Authenticator.allowed_users = teachers | students
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # seconds: a class logs in within the same minute

# nbgrader asks JupyterHub which courses somebody takes or gives.
c.JupyterHub.load_groups = {
    f"formgrade-{COURSE}": {"users": sorted(teachers)},
    f"nbgrader-{COURSE}": {"users": sorted(students)},
}


def settings(spawner: object) -> str:
    """Leave out of a student's JupyterLab what is a teacher's: formgrader and the making of assignments."""
    return "" if spawner.user.name in teachers else str(STUDENT_SETTINGS)


c.Spawner.environment = {"JUPYTER_CONFIG_PATH": settings}
