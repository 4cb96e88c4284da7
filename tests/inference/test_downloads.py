import hashlib
import shutil
import ssl
import subprocess
from functools import partial

import numpy as np
import pytest

from imaging.errors import CancelledError, DownloadError, UnreachableError, WriteError
from inference.downloads import Downloader, RemoteFile
from inference.web import WebSession

CONTENT = np.random.default_rng(5).bytes(1_500_000)
SIZE = len(CONTENT)


@pytest.fixture
def server(serve):
    return serve(CONTENT)


@pytest.fixture
def downloader(tmp_path):
    session = partial(WebSession, timeouts_s=(2.0, 0.5))
    return Downloader(tmp_path / "downloads", session, pause=lambda _seconds: None)


def file_at(url, content=CONTENT, max_bytes=2 * SIZE):
    return RemoteFile(url, "model.zip", "sha1", hashlib.sha1(content).hexdigest(), max_bytes)


def fetch(downloader, file, report=lambda _share, _text: None, is_cancelled=lambda: False):
    return downloader.fetch(file, report, is_cancelled)


def left_over(tmp_path):
    return sorted(path.name for path in (tmp_path / "downloads").iterdir())


def test_a_file_is_fetched_whole_and_its_progress_told(server, downloader, tmp_path):
    told = []
    path = fetch(downloader, file_at(server.url), lambda share, text: told.append((share, text)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (1.0, "Downloading, 2 of 2 MB")
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert left_over(tmp_path) == ["model.zip"]


def test_a_file_that_is_there_already_is_not_asked_for_again(server, downloader):
    first = fetch(downloader, file_at(server.url))
    assert fetch(downloader, file_at(server.url)) == first
    assert len(server.behaviour.requests) == 1


def test_a_damaged_file_that_is_there_is_fetched_anew(server, downloader):
    fetch(downloader, file_at(server.url)).write_bytes(b"damaged")
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT


def test_nothing_but_the_file_is_asked_for(server, downloader, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fetch(downloader, file_at(server.url))
    asked = {name.lower() for name in server.behaviour.requests[0]}
    assert asked == {"path", "host", "user-agent", "accept-encoding", "accept", "connection"}
    assert server.behaviour.requests[0]["User-Agent"] == "Maskwright"


@pytest.mark.parametrize("names_etag", [True, False])
def test_a_download_goes_on_where_the_connection_broke_off(server, downloader, names_etag):
    server.behaviour.names_etag = names_etag
    server.behaviour.cuts = [400_000, 300_000, 500_000]
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT
    assert server.behaviour.sent <= 1.1 * SIZE
    assert [r.get("Range") for r in server.behaviour.requests] == [
        None,
        "bytes=400000-",
        "bytes=700000-",
        "bytes=1200000-",
    ]


def test_a_later_start_goes_on_with_what_came(server, downloader, tmp_path):
    server.behaviour.cuts = [900_000, 0, 0, 0, 0]
    with pytest.raises(UnreachableError, match="broke off"):
        fetch(downloader, file_at(server.url))
    assert left_over(tmp_path) == ["model.zip.part", "model.zip.part.json"]
    server.behaviour.sent = 0
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT
    assert server.behaviour.sent == SIZE - 900_000
    assert server.behaviour.requests[-1]["If-Range"] == '"one"'


def test_a_cancelled_download_is_gone_on_with(server, downloader):
    server.behaviour.holds_after = 700_000
    told = []
    with pytest.raises(CancelledError, match="goes on there"):
        fetch(
            downloader,
            file_at(server.url),
            lambda share, _text: told.append(share),
            lambda: max(told, default=0) > 0,
        )
    server.behaviour.go_on.set()
    server.behaviour.holds_after = None
    fetch(downloader, file_at(server.url))
    assert "Range" in server.behaviour.requests[-1]


def test_a_server_that_falls_silent_is_asked_again(server, downloader):
    server.behaviour.holds_after = 800_000
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT
    assert server.behaviour.requests[1]["Range"] == "bytes=800000-"  # what had come was kept


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(server, downloader):
    server.behaviour.cuts = [600_000, 0, 0, 0, 0]
    with pytest.raises(UnreachableError):
        fetch(downloader, file_at(server.url))
    other = CONTENT[::-1]
    server.behaviour.content, server.behaviour.etag = other, '"two"'
    assert fetch(downloader, file_at(server.url, other)).read_bytes() == other


@pytest.mark.parametrize("names_etag", [True, False])
def test_parts_of_two_files_are_never_one_file(server, downloader, names_etag):
    server.behaviour.names_etag = names_etag
    server.behaviour.ignores_if_range = True
    server.behaviour.cuts = [600_000, 0, 0, 0, 0]
    with pytest.raises(UnreachableError):
        fetch(downloader, file_at(server.url))
    other = CONTENT[::-1]
    server.behaviour.content, server.behaviour.etag = other, '"two"'
    assert fetch(downloader, file_at(server.url, other)).read_bytes() == other


def test_a_server_without_ranges_is_asked_for_all(server, downloader):
    server.behaviour.ignores_ranges = True
    server.behaviour.cuts = [600_000]
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT


def test_another_file_than_the_one_wanted_is_thrown_away(server, downloader, tmp_path):
    server.behaviour.content = b"<html>Please sign in</html>"
    with pytest.raises(DownloadError, match="its SHA1 is not"):
        fetch(downloader, file_at(server.url))
    assert left_over(tmp_path) == []


def test_a_length_that_is_too_small_gives_no_file(server, downloader, tmp_path):
    server.behaviour.announced = SIZE - 1000
    with pytest.raises(DownloadError, match="nothing was installed"):
        fetch(downloader, file_at(server.url))
    assert left_over(tmp_path) == []


def test_a_length_that_is_too_large_is_seen_through(server, downloader):
    server.behaviour.announced = SIZE + 1000
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT
    assert server.behaviour.sent == SIZE


@pytest.mark.parametrize("is_chunked", [True, False])
def test_no_more_comes_than_the_file_can_have(server, downloader, tmp_path, is_chunked):
    server.behaviour.is_chunked = is_chunked
    with pytest.raises(DownloadError, match="larger than model"):
        fetch(downloader, file_at(server.url, max_bytes=SIZE // 2))
    assert left_over(tmp_path) == []


def test_an_answer_without_a_length_is_taken(server, downloader):
    server.behaviour.is_chunked = True
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT


def test_a_server_that_is_busy_is_asked_again(server, downloader):
    server.behaviour.statuses = [503, 429]
    assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404])
def test_a_file_that_is_not_given_out_is_asked_for_once(server, downloader, status):
    server.behaviour.statuses = [status] * 5
    with pytest.raises(UnreachableError, match=f"it answers {status}"):
        fetch(downloader, file_at(server.url))
    assert len(server.behaviour.requests) == 1


def test_a_redirect_is_followed(server, serve, downloader):
    front = serve(b"")
    front.behaviour.redirect = server.url
    assert fetch(downloader, file_at(front.url)).read_bytes() == CONTENT


def test_redirects_without_end_are_given_up(server, downloader):
    server.behaviour.redirect = server.url
    with pytest.raises(DownloadError, match="without end"):
        fetch(downloader, file_at(server.url))
    assert len(server.behaviour.requests) == 6


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/model.zip"])
def test_only_the_web_is_fetched_from(server, downloader, url):
    server.behaviour.redirect = url
    for address in (url, server.url):
        with pytest.raises(DownloadError, match="not fetched from"):
            fetch(downloader, file_at(address))


def test_a_proxy_is_used_where_one_is_named(server, tmp_path):
    session = partial(WebSession, proxy=server.url.removesuffix("/model.zip"))
    fetch(Downloader(tmp_path / "downloads", session), file_at("http://zoo.invalid/model.zip"))
    assert server.behaviour.requests[0]["path"] == "http://zoo.invalid/model.zip"


def test_a_proxy_of_the_environment_is_used(server, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/model.zip"))
    fetch(Downloader(tmp_path / "downloads"), file_at("http://zoo.invalid/model.zip"))
    assert server.behaviour.requests[0]["path"] == "http://zoo.invalid/model.zip"


def test_a_proxy_of_no_form_is_refused_in_a_sentence():
    with pytest.raises(DownloadError, match="begins with http://"):
        WebSession(proxy="proxy.hospital.org:3128")


def test_without_a_network_the_sentence_names_the_host(downloader, server):
    server.stop()
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 cannot be reached"):
        fetch(downloader, file_at(server.url))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
@pytest.mark.parametrize("is_trusted", [True, False])
def test_only_a_trusted_certificate_will_do(serve, downloader, tmp_path, monkeypatch, is_trusted):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = serve(CONTENT, context)
    if is_trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert fetch(downloader, file_at(server.url)).read_bytes() == CONTENT
        server.behaviour.redirect = server.url.replace("https", "http")
        with pytest.raises(DownloadError, match="not fetched from"):
            fetch(downloader, file_at(server.url, b"other"))
    else:
        with pytest.raises(UnreachableError, match="cannot be trusted"):
            fetch(downloader, file_at(server.url))
        assert server.behaviour.requests == []


def test_a_full_disk_is_noticed_before_the_file_comes(server, downloader, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(DownloadError, match="needs 2 MB more"):
        fetch(downloader, file_at(server.url))


def test_a_folder_that_cannot_be_written_is_a_sentence(server, tmp_path):
    (tmp_path / "downloads").touch()
    with pytest.raises(WriteError, match=r"model\.zip was not saved"):
        fetch(Downloader(tmp_path / "downloads"), file_at(server.url))
