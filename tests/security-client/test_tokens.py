"""Who is let in, and to whom."""

import base64
import hashlib
import os
import secrets
import time

from demo import CONSUMER, NOBODY, OTHER_PARTNER, OTHERS_CONSUMER, PARTNER, Demo
from security import tokens

KEY = base64.b64decode(os.environ["SECURITY_TOKEN_KEY"])


class Tokens(Demo):
    def setUp(self):
        self.token = self.partner.token
        self.head, self.claims = tokens.header(self.token), tokens.claims(self.token)

    def assert_let_in(self, token):
        self.assert_code("000", self.api.with_token(token).devices(CONSUMER))

    def assert_not_let_in(self, token):
        session = self.api.with_token(token)
        self.assert_refused(401, session.devices, CONSUMER)
        self.assert_refused(401, session.logout)

    def test_a_token_that_is_put_together_again_as_it_was_is_let_in(self):
        self.assert_let_in(tokens.signed(KEY, self.head, self.claims))

    def test_a_token_without_a_signature_is_refused(self):
        for algorithm in ("none", "None", "NONE", "nOnE", ""):
            for head in (self.head | {"alg": algorithm}, {"alg": algorithm}):
                self.assert_not_let_in(tokens.unsigned(head, self.claims))
                self.assert_not_let_in(tokens.unsigned(head, self.claims).rstrip("."))
                self.assert_not_let_in(tokens.signed(KEY, head, self.claims))
        self.assert_not_let_in(tokens.unsigned(self.head, self.claims))
        self.assert_not_let_in(tokens.unsigned({}, self.claims))

    def test_a_token_of_another_algorithm_with_the_same_key_is_refused(self):
        for algorithm, digest in (("HS384", hashlib.sha384), ("HS512", hashlib.sha512)):
            self.assert_not_let_in(tokens.signed(KEY, self.head | {"alg": algorithm}, self.claims, digest))

    def test_a_token_that_another_key_signed_is_refused(self):
        for key in (secrets.token_bytes(32), b"", KEY[:-1], base64.b64encode(KEY)):
            self.assert_not_let_in(tokens.signed(key, self.head, self.claims))

    def test_a_token_that_expired_is_refused(self):
        now = int(time.time())
        for expiry in (now - 1, now - 43199, 0, -1):
            self.assert_not_let_in(tokens.signed(KEY, self.head, self.claims | {"exp": expiry}))
        self.assert_let_in(tokens.signed(KEY, self.head, self.claims | {"exp": now + 60}))

    def test_a_token_that_lacks_a_claim_or_has_another_is_refused(self):
        for name in self.claims:
            less = {other: value for other, value in self.claims.items() if other != name}
            self.assert_not_let_in(tokens.signed(KEY, self.head, less))
        for name, value in (("iss", "somebody"), ("aud", "somewhere"), ("sub", "nobodyatall"), ("exp", "never")):
            self.assertIn(name, self.claims)
            self.assert_not_let_in(tokens.signed(KEY, self.head, self.claims | {name: value}))

    def test_a_token_that_was_revoked_is_refused_however_it_is_written(self):
        session = self.api.login_by_form(*PARTNER)
        session.logout()
        self.assert_not_let_in(session.token)
        head, claims = tokens.header(session.token), tokens.claims(session.token)
        self.assert_not_let_in(tokens.signed(KEY, head, dict(reversed(claims.items()))))
        self.assert_not_let_in(tokens.signed(KEY, head, claims | {"exp": claims["exp"] + 3600}))

    def test_what_is_no_token_is_refused(self):
        parts = self.token.split(".")
        for token in ("", "x", "a.b.c", "..", self.token[:-1], self.token + "x", ".".join(parts[:2]), ".".join(parts[::-1])):
            self.assert_not_let_in(token)


class Consumers(Demo):
    def each_operation(self, session, consumer):
        return [
            self.assert_refused(400, session.pending, consumer),
            self.assert_refused(400, session.devices, consumer),
            self.assert_refused(400, session.deregister, consumer, 1),
            self.assert_refused(400, session.post_login_details, consumer, first=6, second=1),
            self.assert_refused(400, session.post_login_details, consumer, first=6, do_second=True),
        ]

    def test_a_consumer_of_another_partner_is_answered_like_one_that_does_not_exist(self):
        messages = self.bank.messages()
        theirs = self.each_operation(self.partner, OTHERS_CONSUMER)
        self.assertEqual(self.each_operation(self.partner, NOBODY), theirs)
        other = self.api.login_by_multipart(*OTHER_PARTNER)
        self.assertEqual(self.each_operation(other, NOBODY), self.each_operation(other, CONSUMER))
        self.assertEqual(messages, self.bank.messages())
        self.assert_code("000", other.devices(OTHERS_CONSUMER))

    def test_a_request_of_another_partners_consumer_is_unknown(self):
        other = self.api.login_by_form(*OTHER_PARTNER)
        payment = self.bank.payment(CONSUMER, 100)
        self.assert_code("903", other.authorize(payment.reference, payment.code))
        self.assert_code("903", other.cancel(payment.reference))
        self.assert_code("903", other.regenerate(payment.reference))
        self.assertIn(payment.reference, self.references())
        self.assertEqual((True, None), payment.verify(payment.code))
