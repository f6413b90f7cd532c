"""Nobody but the browser that was let in gets anything from the page, and nothing that it sends becomes a path."""

from __future__ import annotations

import http.client
import http.server
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web import PATIENCE, SAMPLES, Served, chromium, opened, served

MEGABYTE = 1024 * 1024


class Client:
    """What may be asked of the server beside what browsers ask: any header, any body."""

    def __init__(self, server: Served) -> None:
        self.host, self.base = urlsplit(server.root).netloc, urlsplit(server.root).path
        self.cookie = ""
        status, headers, _ = self.ask("GET", entrance(server.link))
        assert status == 200
        self.set_cookie = headers["set-cookie"]
        self.cookie = self.set_cookie.split(";")[0]

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; a header that is empty is left out."""
        if not path.startswith(("/begin", self.base)):
            path = self.base + path
        connection = http.client.HTTPConnection(self.host, timeout=20)
        sent = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {})}
        if method == "POST":
            sent["Origin"] = f"http://{self.host}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Content-Length": str(len(body)), **sent}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found = answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        connection.close()
        return found


def entrance(link: str) -> str:
    return link[link.index("/begin") :]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(folder=tmp_path_factory.mktemp("tijdelijk")) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Client:
    return Client(server)


def test_it_listens_on_this_computer_alone(server: Served, client: Client) -> None:
    port = urlsplit(server.root).port
    assert port is not None
    listening = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    rows = [row.split() for row in listening]
    assert [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")] == [
        f"0100007F:{port:04X}"
    ]


def test_without_the_cookie_nothing_is_shown(client: Client) -> None:
    for method, path in [("GET", "/"), ("GET", "/static/app.js"), ("POST", "/files"), ("POST", "/stop")]:
        status, _, body = client.ask(method, path, Cookie="")
        assert status == 403
        assert b"<form" not in body
    assert client.ask("GET", "/", Cookie=f"{client.cookie}x")[0] == 403


def test_the_link_works_once_and_the_next_one_is_shown(server: Served, client: Client) -> None:
    assert client.ask("GET", entrance(server.link), Cookie="")[0] == 403
    fresh = entrance(server.next_link())
    assert client.ask("GET", fresh, Cookie="")[0] == 200
    assert client.ask("GET", "/begin?token=", Cookie="")[0] == 403


def test_who_comes_too_late_for_a_link_is_told_of_where_veldpdf_was_started(tmp_path: Path) -> None:
    """It may have been somebody else on this computer who was let in."""
    with served(folder=tmp_path, lang="en") as running:
        used = Client(running)
        assert used.ask("GET", entrance(running.link), Cookie="")[0] == 403
        running.process.send_signal(signal.SIGINT)
        out, _ = running.process.communicate(timeout=20)
    assert "Somebody tried a link that has been used." in out


def test_the_path_of_the_run_is_not_to_be_guessed_and_the_cookie_goes_nowhere_else(client: Client) -> None:
    """Cookies know no ports: one for all of 127.0.0.1 would be sent to any server on this machine."""
    assert f"path={client.base}" in client.set_cookie.lower().replace(client.base.lower(), client.base)
    assert len(client.base) > 16
    outside = http.client.HTTPConnection(client.host, timeout=20)
    outside.request("GET", "/", headers={"Cookie": client.cookie})
    answer = outside.getresponse()
    assert answer.status == 403
    assert client.base not in answer.read().decode() + str(answer.headers)
    outside.close()


@pytest.mark.parametrize("cookies", ['a={"json":1}; ', "user=J\u00f6rg; ", "a b=c; ", "nov; ", "veldpdf=x; "])
def test_cookies_of_other_programs_lock_nobody_out(cookies: str, client: Client) -> None:
    assert client.ask("GET", "/", Cookie=f"{cookies}{client.cookie}")[0] == 200


def test_what_another_page_puts_into_itself_is_refused_and_a_link_to_here_is_not(client: Client) -> None:
    assert client.ask("GET", "/report/preview", Sec_Fetch_Site="same-site", Sec_Fetch_Dest="iframe")[0] == 403
    assert client.ask("GET", "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="document")[0] == 200


def test_who_asks_nothing_is_hung_up_on(client: Client) -> None:
    host, _, port = client.host.partition(":")
    with socket.create_connection((host, int(port)), 30) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        begin = time.monotonic()
        assert line.recv(16) == b""
        assert 5 < time.monotonic() - begin < 20


def test_no_script_and_no_other_site_can_use_the_cookie(client: Client) -> None:
    assert "HttpOnly" in client.set_cookie
    assert "samesite=strict" in client.set_cookie.lower()


@pytest.mark.parametrize("host", ["veldpdf.example", "127.0.0.1", "127.0.0.1:1", "localhost.example:80", ""])
def test_a_forged_host_is_turned_away(host: str, client: Client) -> None:
    """A page elsewhere may have its name lead to 127.0.0.1 (DNS rebinding); the browser then sends that name."""
    assert client.ask("GET", "/", Host=host)[0] in (400, 421)


@pytest.mark.parametrize("origin", ["http://example.org", "null", "http://127.0.0.1:1", "http://localhost"])
def test_what_another_page_posts_is_turned_away(origin: str, client: Client) -> None:
    assert client.ask("POST", "/language", b"language=en", Origin=origin)[0] == 403
    assert client.ask("POST", "/stop", Origin=origin)[0] == 403


def test_a_post_of_unknown_origin_is_turned_away(client: Client) -> None:
    assert client.ask("POST", "/language", b"language=nl", Origin="")[0] == 403
    assert client.ask("POST", "/language", b"language=nl", Origin="", Sec_Fetch_Site="cross-site")[0] == 403
    assert client.ask("POST", "/language", b"language=nl", Origin="", Sec_Fetch_Site="same-origin")[0] == 204


def test_every_answer_says_what_may_run(client: Client) -> None:
    for path in ("/", "/static/app.css", "/nergens"):
        _, headers, _ = client.ask("GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


@pytest.mark.parametrize(
    "name", ["../../erin.pdf", "..%5C..%5Cerin.pdf", "/etc/passwd", "C:%5Cerin.pdf", "%00.pdf", "", "a" * 4000]
)
def test_no_name_becomes_a_path(name: str, server: Served, client: Client) -> None:
    status, _, _ = client.ask("POST", f"/files?name={name}", SAMPLES[0].read_bytes())
    assert status == 204
    folder = Path(f"/proc/{server.process.pid}/environ").read_bytes().split(b"TMPDIR=")[1]
    base = Path(os.fsdecode(folder.split(b"\0")[0]))
    (run,) = base.glob("veldpdf-web-*")
    assert {
        path.name for path in run.rglob("*") if path.name != "in-use" and not path.name.isdecimal()
    } == set()
    assert {path.name for path in base.iterdir()} == {run.name}
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in run.iterdir() if path.name.isdecimal())
    assert not Path("/erin.pdf").exists()


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"])
def test_nothing_but_its_own_files_is_served(path: str, client: Client) -> None:
    assert client.ask("GET", path)[0] == 404


def test_a_gigabyte_is_refused_before_it_is_sent(server: Served, client: Client) -> None:
    with socket.create_connection((client.host.split(":")[0], int(client.host.split(":")[1])), 10) as line:
        head = (
            f"POST {client.base}/files?name=groot.pdf HTTP/1.1\r\nHost: {client.host}\r\nOrigin: http://{client.host}\r\n"
            f"Cookie: {client.cookie}\r\nContent-Length: {1024 * MEGABYTE}\r\n\r\n"
        )
        line.sendall(head.encode())
        assert line.recv(64).startswith(b"HTTP/1.1 413 ")


def test_a_gigabyte_that_is_not_announced_is_cut_off(client: Client) -> None:
    connection = http.client.HTTPConnection(client.host, timeout=30)
    connection.putrequest("POST", f"{client.base}/files?name=groot.pdf", skip_host=True)
    for name, value in {
        "Host": client.host,
        "Origin": f"http://{client.host}",
        "Cookie": client.cookie,
        "Transfer-Encoding": "chunked",
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    piece = b"%x\r\n%b\r\n" % (MEGABYTE, bytes(MEGABYTE))
    sent = 0
    try:
        for _ in range(1024):
            connection.send(piece)
            sent += 1
        pytest.fail("all of it was taken")
    except OSError:  # the server hangs up
        assert sent < 500
    finally:
        connection.close()


def test_a_form_too_large_is_refused(client: Client) -> None:
    status, _, body = client.ask("POST", "/language", b"language=" + b"x" * 5 * MEGABYTE)
    assert status in (400, 413)
    assert b"problem" in body


def test_what_fails_tells_nothing_of_what_was_worked_on(client: Client) -> None:
    status, _, body = client.ask("POST", "/rows/9-9/partner", b"partner=GGD")
    assert status == 404
    assert b"GGD" not in body


def test_the_folder_goes_with_the_run_and_nothing_is_logged(tmp_path: Path) -> None:
    with served(folder=tmp_path) as running:
        Client(running).ask("POST", "/files?name=geheim.pdf", SAMPLES[0].read_bytes())
        assert len(list(tmp_path.iterdir())) == 1
        running.process.send_signal(signal.SIGINT)
        out, err = running.process.communicate(timeout=20)
    assert list(tmp_path.iterdir()) == []
    assert "geheim" not in out + err
    assert "Traceback" not in err
    assert running.process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_what_a_crash_leaves_goes_at_the_next_start_and_other_runs_stay(tmp_path: Path) -> None:
    with served(folder=tmp_path) as first, served(folder=tmp_path) as second:
        Client(first).ask("POST", "/files?name=geheim.pdf", SAMPLES[0].read_bytes())
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        assert len(list(tmp_path.iterdir())) == 2
        assert second.process.poll() is None
        with served(folder=tmp_path):
            assert len(list(tmp_path.iterdir())) == 2  # the second's, and its own
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told(server: Served) -> None:
    port = str(urlsplit(server.root).port)
    done = subprocess.run(
        [sys.executable, "-m", "veldpdf", "--lang", "en", "web", "--no-open", "--port", port],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "Name another port" in done.stderr


def test_what_is_missing_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['uvicorn'] = None", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "veldpdf", "--lang", "en", "web", "--no-open"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: The page in the browser needs the packages starlette, uvicorn.",
        "Install them with: pip install 'veldpdf[web]'.",
    ]


def test_another_server_on_this_machine_gets_no_cookie(tmp_path: Path) -> None:
    """It may belong to another user; a link on any page leads there, and for browsers it is the same site."""
    asked: list[str | None] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Cookie"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><link rel=icon href='data:,'><a href='/again'>again</a>")

        def log_message(self, *_: object) -> None:
            pass

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with chromium() as browser, served(folder=tmp_path) as running, opened(browser, running) as page:
            page.goto(f"http://127.0.0.1:{other.server_port}/")
            page.click("a")
            page.wait_for_url("**/again")
            page.goto(f"{running.root}/")
            page.wait_for_selector("#drop")  # here it still counts
    finally:
        other.shutdown()
        other.server_close()
    assert asked == [None, None]


def test_a_link_on_another_page_leads_inside(tmp_path: Path) -> None:
    """Browsers keep a strict cookie back along all redirections that another page began."""
    with chromium() as browser, served(folder=tmp_path) as running:
        context = browser.new_context()
        page = context.new_page()
        start = tmp_path / "start.html"
        start.write_text(f'<!DOCTYPE html><a href="{running.link}">veldpdf</a>', encoding="utf-8")
        page.goto(start.as_uri())
        page.click("a")
        page.wait_for_selector("#drop", timeout=PATIENCE)
        context.close()
