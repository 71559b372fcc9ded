"""What the tests of the client share: the demo that runs, and its people."""

import unittest

import requests

from factors.client import SECONDS, FactorsApi, Refused
from factors.inbox import Inbox
from factors.program import Program

API_KEY, OTHER_API_KEY = "demo-api-key", "other-api-key"
CODE, WRONG_CODE = "123456", "123457"

USER, OTHERS_USER, WITHOUT_PHONE, STRANGE_PHONE, BLOCKED = "12345678", "30000001", "20000003", "20000004", "20000005"

# Of `s3cret`, which no test needs.
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$3JfSOcYyS1DOzfb3y8xiOg$WgMoD4MBgTY2nJrILCGExRh9Lrws1yKzOWq3RMyvIQc"


def people():
    phones = {USER: "+420601000001", OTHERS_USER: "+420601000002", STRANGE_PHONE: "12", BLOCKED: "+420601000003"}
    users = []
    for user in (USER, OTHERS_USER, WITHOUT_PHONE, STRANGE_PHONE, BLOCKED):
        organization = "SME" if user == OTHERS_USER else "RETAIL"
        of_all = {"id": user, "username": f"user{user}", "organization": organization, "password_hash": PASSWORD_HASH}
        phone = {"phone": phones[user]} if user in phones else {}
        users.append(of_all | phone | ({"blocked": True} if user == BLOCKED else {}))
    return users


class Demo(unittest.TestCase):
    """A test with a demo of its own, and a user in it who has logged in."""

    SETTINGS = {}

    def setUp(self):
        self.program = Program(people(), **self.SETTINGS)
        self.addCleanup(self.program.end)
        self.program.start()
        self.user = self.login(USER)

    def login(self, user, programme="demo", api_key=API_KEY):
        body = {"userId": user, "programme": programme}
        token = self.http("POST", f"{self.program.urls[-1]}/sandbox/tokens", json=body).json()["token"]
        return FactorsApi(self.program.urls).user(token, api_key)

    def http(self, method, url, **more):
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, timeout=SECONDS, **more)
        answer.raise_for_status()
        return answer

    def messages(self):
        """How many messages were sent."""
        return sum(len(self.http("GET", f"{url}/sandbox/messages").json()) for url in self.program.urls)

    def unblock(self, user):
        headers = {"Authorization": "Bearer demo-admin-token"}
        self.http("POST", f"{self.program.urls[0]}/admin/users/{user}/unblock", headers=headers)

    def assert_factors(self, *expected, user=None):
        """Channels and how they are, in the order of enrolment."""
        answer = (user or self.user).factors()
        if not expected:
            self.assertNotIn("factors", answer)
            return
        types = {"SMS": "OTP", "AUTHY": "PUSH"}
        factors = [{"type": types[channel], "channel": channel, "status": status} for channel, status in expected]
        self.assertEqual({"factors": factors}, answer)

    def assert_refused(self, status, call, *arguments, **members):
        """Gives back the refusal."""
        with self.assertRaises(Refused) as refused:
            call(*arguments, **members)
        self.assertEqual(status, refused.exception.status, refused.exception)
        return refused.exception

    def assert_conflict(self, code, call, *arguments, **members):
        self.assertEqual({"errorCode": code}, self.assert_refused(409, call, *arguments, **members).body)

    def assert_invalid(self, field, error, call, *arguments, **members):
        """A request that is not as the document says: the one field that is not is named."""
        body = self.assert_refused(400, call, *arguments, **members).body
        self.assertEqual({"message", "syntaxErrors"}, set(body))
        invalid = {"params": [], "fieldName": field, "error": error}
        self.assertEqual({"invalidFields": [invalid]}, body["syntaxErrors"])


class WithInbox(Demo):
    """A test with somebody before the inbox."""

    @classmethod
    def setUpClass(cls):
        cls.inbox = Inbox()
        cls.addClassCleanup(cls.inbox.close)

    def decide(self, button, user=USER):
        self.inbox.decide(self.program.urls, user, button)
