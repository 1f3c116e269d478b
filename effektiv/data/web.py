"""What clients of any service over HTTP share: the address that is asked, and whose certificates are trusted.

Certificates are those that the system trusts, since a municipality's proxy often signs
with one that its own computers know. `ssl` reads them from Windows' store and from
OpenSSL's folders, so no library is needed; truststore (small and looked after) would add
the macOS keychain, for which REQUESTS_CA_BUNDLE has to do.
"""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path
from reprlib import Repr
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from effektiv.errors import InputError


def api_address(text: str, service: str, example: str) -> str:
    """Return an address of an API as it is used and kept: with one slash at its end.

    Parameters
    ----------
    text
        The address.
    service, example
        Whose it is, and one that would be right.

    Raises
    ------
    InputError
        When it is no http or https address, or holds a user name or a query; what may be
        a password is not repeated.
    """
    if "@" in text:
        raise InputError(
            f"Adressen till {service} har ett användarnamn eller lösenord framför ett @, och det skulle hamna i "
            f"frysningen och i rapporterna: ange adressen utan det, till exempel {example}"
        )
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[?#\s]", text)
        # Also what the system and the library refuse only when something is asked.
        text.encode("utf-8")
        (parts.hostname or "").encode("idna")
        requests.Request("GET", text).prepare()
    except (ValueError, requests.exceptions.RequestException):
        usable = False
    if not usable:
        shown = brief(re.split("[?#]", text)[0])
        raise InputError(f"Adressen {shown} går inte att använda: den ska se ut som {example}")
    return text.rstrip("/") + "/"


class TrustingAdapter(HTTPAdapter):
    """Adapter that trusts certain certificates, also by way of a proxy."""

    def __init__(self, context: ssl.SSLContext, **options: Any) -> None:
        self._context = context
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Trust them on the way to the service."""
        super().init_poolmanager(*args, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Trust them on the way to a proxy."""
        own = {"proxy_ssl_context": self._context} if proxy.startswith("https") else {}
        return super().proxy_manager_for(proxy, ssl_context=self._context, **own, **options)


def trust() -> ssl.SSLContext:
    """Return a context with the system's certificates and those of a file that the environment names.

    Requests adds certifi's, or those of the same file.
    """
    context = create_urllib3_context()
    context.load_default_certs()
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        named = os.environ.get(variable)
        if named:
            place = "capath" if Path(named).is_dir() else "cafile"
            try:
                context.load_verify_locations(**{place: named})
            except OSError as error:
                raise InputError(
                    f"Miljövariabeln {variable} anger {named}, som inte går att läsa som certifikat: den ska ange "
                    "en fil i formatet PEM."
                ) from error
    return context


_brief = Repr()
_brief.maxlevel, _brief.maxdict, _brief.maxlist, _brief.maxstring = 4, 8, 4, 120


def brief(found: object) -> str:
    """Return something from outside as short text without anything invisible in it."""
    return _brief.repr(found)[:200]
