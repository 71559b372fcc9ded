"""The inbox of the sandbox, as a person uses it in Chromium."""

import os

from playwright.sync_api import expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # Names lead nowhere, so that not even the browser itself asks anybody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Inbox:
    def __init__(self):
        self.playwright = sync_playwright().start()
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        self.browser = self.playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        self.page = self.browser.new_page()

    def close(self):
        self.browser.close()
        self.playwright.stop()

    def decide(self, urls, user, button):
        """Presses `Accept` or `Reject` at the user's push, in the inbox of the instance that sent it."""
        for url in urls:
            pushes = self._pushes(url, user)
            waiting = pushes.filter(has=self.page.get_by_role("button", name=button, exact=True))
            if waiting.count():
                waiting.first.get_by_role("button", name=button, exact=True).click()
                decided = {"Accept": "accepted", "Reject": "rejected"}[button]
                expect(pushes.first.locator(f"dd.{decided}")).to_be_visible()
                expect(pushes.first.get_by_role("button")).to_have_count(0)
                return
        raise AssertionError(f"no push of {user} waits")

    def _pushes(self, url, user):
        """Newest first."""
        self.page.goto(f"{url}/sandbox/inbox")
        section = self.page.get_by_role("region", name="Pushes")
        return section.get_by_role("article").filter(has_text=user)
