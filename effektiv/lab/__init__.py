"""What `effektiv lab` adds to JupyterLab: its settings, in this folder, and the reports as pages.

JupyterLab shows a page that is asked for with every right taken from it, also the right to
follow a link. Reports refer to each other, so its server gives them as they are; they may run
no script.
"""

from __future__ import annotations

import os
from typing import Any

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.utils import url_path_join

FOLDER = "EFFEKTIV_LAB"
"""Environment variable with the folder whose pages are served; it tells notebooks that they are."""

ADDRESS = "/rapporter/"


class ReportHandler(AuthenticatedFileHandler):
    """Gives a file of the folder to who is logged in."""

    @property
    def content_security_policy(self) -> str:
        """Return what pages may do: be seen, and lead to others."""
        return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    folder = os.environ.get(FOLDER)
    if folder is not None:
        address = url_path_join(server.web_app.settings["base_url"], f"{ADDRESS}(.*)")
        server.web_app.add_handlers(".*$", [(address, ReportHandler, {"path": folder})])
