"""The five operations."""

import requests

SECONDS = 30


class Refused(Exception):
    """An answer that is no success: its HTTP status, its headers and, where there is one, its JSON."""

    def __init__(self, answer):
        super().__init__(f"HTTP {answer.status_code}: {answer.text[:300]}")
        self.status = answer.status_code
        self.headers = answer.headers
        self.body = answer.json() if answer.content else None


class FactorsApi:
    """Where the API is: each change goes to the next of these instances, and a look to another one than the change before it."""

    def __init__(self, urls, path=""):
        self.urls = urls
        self.changes = 0
        self.path = path
        self.http = requests.Session()
        self.http.trust_env = False

    def user(self, token, api_key):
        """A session of a user at a programme; either can be None and is left out then."""
        return User(self, token, api_key)

    def call(self, method, path, headers, **body):
        url = f"{self.urls[self.changes % len(self.urls)]}{self.path}/authentication_factors{path}"
        self.changes += method != "GET"
        answer = self.http.request(method, url, headers=headers, timeout=SECONDS, **body)
        assert answer.headers.get("request-ref"), f"{method} {path}: an answer without request-ref"
        if answer.status_code not in (200, 204):
            raise Refused(answer)
        assert answer.status_code == (200 if method == "GET" else 204), answer.status_code
        assert method == "GET" or not answer.content, answer.text
        return answer


class User:
    """A user who has logged in somewhere, and whose programme calls."""

    def __init__(self, api, token, api_key):
        self.api = api
        headers = {"Authorization": token and f"Bearer {token}", "api-key": api_key}
        self.headers = {name: value for name, value in headers.items() if value is not None}

    def factors(self):
        """The whole answer."""
        return self._call("GET", "").json()

    def enrol(self, channel="SMS", reference=None):
        self._call("POST", f"/otp/{channel}", reference)

    def verify(self, code, channel="SMS", reference=None):
        self.verify_by({"verificationCode": code}, channel, reference)

    def verify_by(self, body, channel="SMS", reference=None):
        """With a body that the document may not allow."""
        self._call("POST", f"/otp/{channel}/verify", reference, json=body)

    def enrol_push(self, channel="AUTHY", reference=None):
        self._call("POST", f"/push/{channel}", reference)

    def unlink(self, channel="AUTHY"):
        self._call("DELETE", f"/push/{channel}")

    def _call(self, method, path, reference=None, **body):
        headers = self.headers if reference is None else self.headers | {"idempotency-ref": reference}
        return self.api.call(method, path, headers, **body)
