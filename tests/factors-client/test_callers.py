"""Who is let in, how often, and where."""

import re

from demo import API_KEY, CODE, OTHER_API_KEY, OTHERS_USER, USER, Demo
from factors.client import FactorsApi


def operations(user):
    return [user.factors, user.enrol, lambda: user.verify(CODE), user.enrol_push, user.unlink]


class Callers(Demo):
    def setUp(self):
        super().setUp()
        self.token = self.program.command("user", "token", USER, "--programme", "demo")

    def caller(self, token, api_key):
        return FactorsApi(self.program.urls).user(token, api_key)

    def test_a_token_of_the_command_line_is_let_in(self):
        self.caller(self.token, API_KEY).enrol()
        self.assert_factors(("SMS", "PENDING_VERIFICATION"))

    def test_without_an_api_key_a_request_is_not_understood(self):
        for operation in operations(self.caller(self.token, None)):
            self.assertIn("message", self.assert_refused(400, operation).body)

    def test_a_wrong_api_key_or_token_is_refused_without_a_word(self):
        callers = [(self.token, "another-api-key"), (None, API_KEY), ("x", API_KEY), (self.token + "x", API_KEY)]
        for token, api_key in callers:
            for operation in operations(self.caller(token, api_key)):
                self.assertIsNone(self.assert_refused(401, operation).body)
        self.assert_factors()

    def test_users_of_another_programme_are_not_to_be_had(self):
        callers = [self.caller(self.token, OTHER_API_KEY), self.login(OTHERS_USER)]
        for caller in callers:
            for operation in operations(caller):
                self.assertEqual({"errorCode": "INSUFFICIENT_PERMISSIONS"}, self.assert_refused(403, operation).body)
        self.assertEqual(0, self.messages())
        self.assert_factors(user=self.login(OTHERS_USER, "other", OTHER_API_KEY))

    def test_all_of_it_is_below_another_path_as_well(self):
        user = FactorsApi(self.program.urls, "/multi").user(self.token, API_KEY)
        user.enrol()
        user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))


class Limits(Demo):
    SETTINGS = {"FACTORS__LIMITS": "3;w=3600, 100;w=86400"}

    def test_who_calls_too_often_is_told_when_to_come_again(self):
        for _ in range(3):
            self.user.enrol()
        for _ in range(3):
            refused = self.assert_refused(429, self.user.enrol)
            self.assertEqual("3;w=3600, 100;w=86400", refused.headers["x-ratelimit-limit"])
            self.assertTrue(re.fullmatch(r"\d+;w=3600", refused.headers["x-ratelimit-reset"]), refused.headers)
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))
