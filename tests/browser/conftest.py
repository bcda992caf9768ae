"""A living node and a real browser; skipped, saying so, where there is no Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import sync_playwright

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
PASSWORD = "tidegate-demonstration"
WIDTHS = {"narrow": (390, 844), "wide": (1440, 900)}
# What axe calls serious or critical, and nothing less.
_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter(v => ["serious", "critical"].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).slice(0, 3).join(" | ")}`);
}"""


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="package")
def living(tmp_path_factory):
    """The address of a demonstration that runs, with some history behind it."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: pages are not looked at")
    folder, port = tmp_path_factory.mktemp("living") / "node", _free_port()
    command = [sys.executable, "-m", "tidegate", "demo", "--node", str(folder), "--port", str(port)]
    with (folder.parent / "log").open("wb") as log:
        served = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, served, folder.parent / "log")
        yield address
    finally:
        served.send_signal(signal.SIGTERM)
        try:
            served.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(served.pid, signal.SIGKILL)


def _wait_for(address, served, log):
    end = time.monotonic() + 60
    while time.monotonic() < end and served.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the demonstration does not answer: {log.read_text()[-2000:]}")


@pytest.fixture(scope="package")
def chromium(living):
    del living
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Person:
    """Somebody at a browser: sees pages, and what axe and the console say of them."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.address = address
        self.complaints = []
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def goto(self, path):
        answer = self.page.goto(self.address + path)
        assert answer.status == 200, (path, answer.status)
        return self

    def sign_in(self, role):
        self.goto("/accounts/login/")
        self.page.fill("#id_login", role)
        self.page.fill("#id_password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        return self

    def resize(self, width):
        """Look at the same page on a screen of another width."""
        wide, high = WIDTHS[width]
        self.page.set_viewport_size({"width": wide, "height": high})
        return self

    def follow(self, link, *, within=60):
        """Follow the first link of a page that there is of a kind; it is waited for, as work arrives."""
        found = self.page.locator(link).first
        found.wait_for(state="attached", timeout=within * 1_000)
        return self.goto(found.get_attribute("href"))

    def violations(self):
        """Return what axe finds serious on the page as it is."""
        # Put in by the browser's own protocol, beside the page's policy, which would not let it in.
        self.page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
        return self.page.evaluate(_AXE)

    def overflow(self):
        """Return by how many pixels the page is wider than the screen."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture(scope="package")
def cookies():
    """What a role is known by once it signed in: one address may sign in only so often a minute."""
    return {}


@pytest.fixture
def person(chromium, living, cookies):
    """Return a maker of people: of a role, at a width, in a language; each begins on its first page."""
    contexts = []

    def make(role=None, *, width="wide", language="en"):
        wide, high = WIDTHS[width]
        viewport = {"width": wide, "height": high}
        context = chromium.new_context(viewport=viewport, locale=language, storage_state=cookies.get(role))
        context.set_default_timeout(30_000)
        contexts.append(context)
        made = Person(context, living)
        if role in cookies:
            return made.goto("/")
        if role:
            made.sign_in(role)
            cookies[role] = context.storage_state()
        return made

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def looker(chromium, living, cookies):
    """Return who looks at many pages: one for each role and language, kept from page to page."""
    kept = {}

    def look(role, language):
        if (role, language) not in kept:
            context = chromium.new_context(
                viewport={"width": 1440, "height": 900}, locale=language, storage_state=cookies.get(role)
            )
            context.set_default_timeout(30_000)
            made = Person(context, living)
            if role and role not in cookies:
                cookies[role] = made.sign_in(role).page.context.storage_state()
            kept[role, language] = made
        one = kept[role, language]
        one.complaints.clear()
        return one.resize("wide")

    yield look
    for one in kept.values():
        one.page.context.close()


@pytest.fixture(scope="session")
def screens():
    """Where screenshots are kept, when it is asked for by $TIDEGATE_SCREENS."""
    said = os.environ.get("TIDEGATE_SCREENS")
    if said:
        Path(said).mkdir(parents=True, exist_ok=True)
    return Path(said) if said else None


@pytest.fixture(scope="session")
def keep(screens):
    """Return what keeps screenshots of a page as it is, wide and narrow; nothing where none are asked for."""

    def kept(one, name):
        for width in WIDTHS if screens is not None else ():
            one.resize(width).page.screenshot(path=screens / f"{name}-{width}.png", full_page=True)
        one.resize("wide")

    return kept
