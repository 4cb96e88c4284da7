"""Asks web servers for files: through the user's proxy, with TLS verified, nothing else sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import truststore
import urllib3
from requests.adapters import HTTPAdapter

from imaging.errors import DownloadError, UnreachableError

CONNECT_TIMEOUT_S = 15.0
SILENCE_TIMEOUT_S = 15.0
"""A server that sends nothing for so long has broken off; cancelling waits no longer than this."""

MAX_REDIRECTS = 5

CHUNK_BYTES = 2**18


class BrokenOffError(Exception):
    """The connection failed or ended early; another attempt may help."""


class WebSession:
    """One download's requests.

    ``proxy`` is an address such as ``http://proxy:3128``; without one the environment's variables
    hold (HTTPS_PROXY, NO_PROXY). Certificates are checked against those of the operating system,
    to which a hospital adds its own, and against those of REQUESTS_CA_BUNDLE.
    """

    def __init__(
        self,
        proxy: str = "",
        timeouts_s: tuple[float, float] = (CONNECT_TIMEOUT_S, SILENCE_TIMEOUT_S),
    ) -> None:
        if proxy and urlsplit(proxy).scheme not in ("http", "https"):
            raise DownloadError(
                "The proxy's address cannot be used. It begins with http://, such as "
                "http://proxy.hospital.org:3128."
            )
        self._proxies = {"http": proxy, "https": proxy} if proxy else None
        self._timeouts_s = timeouts_s
        self._session = requests.Session()
        self._session.mount("https://", _SystemTrust())
        self._session.auth = _no_credentials  # else those of ~/.netrc are sent
        self._session.headers["User-Agent"] = "Maskwright"
        self._session.headers["Accept-Encoding"] = "identity"  # ranges are of the bytes as stored

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer to a request, its body not read yet; few redirects are followed.

        Raises:
            BrokenOffError: there was no answer.
            UnreachableError: there will be none.
            DownloadError: the address is none that is asked.
        """
        is_encrypted = False
        for _ in range(MAX_REDIRECTS + 1):
            scheme = urlsplit(url).scheme
            if scheme not in ("http", "https") or (is_encrypted and scheme == "http"):
                raise DownloadError(
                    f"The server leads to an address that is not fetched from ({scheme}://). "
                    "Nothing was installed."
                )
            is_encrypted = scheme == "https"
            response = self._ask(url, headers)
            if not response.is_redirect:
                return response
            url = urljoin(url, response.headers["Location"])
            response.close()
        raise DownloadError("The server leads from one address to the next without end.")

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        host = urlsplit(url).hostname
        try:
            return self._session.get(
                url,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=self._timeouts_s,
                proxies=self._proxies,
            )
        except requests.exceptions.SSLError as error:
            raise UnreachableError(
                f"The certificate of {host} cannot be trusted, so nothing was fetched. If your "
                "network inspects such connections, its certificate must be in the operating "
                "system: ask those who run the network."
            ) from error
        except requests.exceptions.ProxyError as error:
            raise UnreachableError(
                f"The proxy does not let {host} through. Ask those who run the network for its "
                "address and whether it wants a password (http://name:password@proxy:port)."
            ) from error
        except (requests.ConnectionError, requests.Timeout) as error:
            raise BrokenOffError(f"{host} cannot be reached") from error
        except (requests.RequestException, ValueError) as error:  # such as an address of no form
            raise DownloadError(f"{host} cannot be asked ({type(error).__name__}).") from error


def chunks_of(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes.

    Raises:
        BrokenOffError: it ended before the length that was announced.
    """
    try:
        while data := response.raw.read1(CHUNK_BYTES, decode_content=False):
            yield data
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise BrokenOffError("The connection broke off") from error


class _SystemTrust(HTTPAdapter):
    """Trusts what the operating system trusts."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - not ours to name
        super().init_poolmanager(*args, ssl_context=_context(), **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - not ours to name
        return super().proxy_manager_for(proxy, ssl_context=_context(), **kwargs)


def _context() -> ssl.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
