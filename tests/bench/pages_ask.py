"""Asks a served node as browsers and programs do, on connections that stay open, and takes the time."""

import http.client
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

PASSWORD = "tidegate-demonstration"
_SECONDS = 60
_asked = count(1)


@dataclass
class Asker:
    """Somebody who asks: a person with the cookies of a session, a program with its key, or anybody."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **further: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Return status, body and headers of an answer."""
        return self.ask("GET", path, headers=further)

    def ask(self, method: str, path: str, body: str | None = None, *, headers: dict[str, str]):
        """Ask anything; a connection that was closed meanwhile is opened again, once."""
        sent = {"Host": "localhost", "Accept": "text/html", **self.headers, **headers}
        for _attempt in range(2):
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
            try:
                self._connection.request(method, path, body, sent)
                answer = self._connection.getresponse()
                return answer.status, answer.read(), answer.headers
            except (http.client.HTTPException, OSError):
                self.close()
        raise ConnectionError(path)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def another(self) -> "Asker":
        """Return the same one on a connection of its own."""
        return Asker(self.port, self.headers)

    def first_octets(self, path: str, seconds: float) -> tuple[float, int]:
        """Return after how many seconds a stream began, and how many octets came in so many seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        began, octets = time.perf_counter(), 0
        connection.request("GET", path, headers={"Host": "localhost", "Accept": "text/html", **self.headers})
        answer = connection.getresponse()
        assert answer.status == 200, (path, answer.status)
        octets += len(answer.read(1))
        first = time.perf_counter() - began
        while time.perf_counter() - began < seconds and (part := answer.read1(65_536)):
            octets += len(part)
        connection.close()
        return first, octets


def signed_in(port: int, role: str) -> Asker:
    """Return somebody who signed in by the page."""
    with closing(Asker(port)) as asker:
        return Asker(port, {"Cookie": _signed_in(asker, role)})


def _signed_in(asker: Asker, role: str) -> str:
    _status, page, headers = asker.get("/accounts/login/")
    token = page.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    body = urlencode({"csrfmiddlewaretoken": token, "login": role, "password": PASSWORD})
    sent = {
        "Cookie": _cookies(headers), "Origin": "http://localhost",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    status, _page, headers = asker.ask("POST", "/accounts/login/", body, headers=sent)
    assert status == 302, (role, status)
    return _cookies(headers)


def _cookies(headers: http.client.HTTPMessage) -> str:
    return "; ".join(one.split(";")[0] for one in headers.get_all("Set-Cookie") or [])


def timed(asker: Asker, path: str, seconds: float, clients: int, **further: str) -> list[float]:
    """Return the sorted milliseconds of answers to so many clients, each asking as soon as it has one.

    ``{n}`` in a path is another number each time.

    Raises:
        AssertionError: an answer was another than 200, 204 or 304.
    """
    times: list[float] = []
    wrong: list[int] = []
    end = time.monotonic() + seconds

    def go_on() -> None:
        with closing(asker.another()) as one:
            while time.monotonic() < end and not wrong:
                start = time.perf_counter()
                status, _body, _headers = one.get(path.replace("{n}", str(next(_asked))), **further)
                times.append((time.perf_counter() - start) * 1000)
                if status not in (200, 204, 304):
                    wrong.append(status)

    threads = [threading.Thread(target=go_on) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, (path, wrong)
    return sorted(times)


def at(times: list[float], share: float) -> float:
    """Return the time that a share of sorted times does not pass."""
    return times[min(int(len(times) * share), len(times) - 1)]


def processor_seconds(processes: list[int]) -> float:
    """Return the processor time that processes have used so far, with the children they waited for."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(one) for one in fields[11:15])
    return ticks / 100
