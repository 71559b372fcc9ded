"""Phones, and the codes that prove them."""

from demo import BLOCKED, CODE, STRANGE_PHONE, USER, WITHOUT_PHONE, WRONG_CODE, Demo


class Codes(Demo):
    def mistype(self, times=3):
        for _ in range(times):
            self.assert_conflict("VERIFICATION_CODE_INVALID", self.user.verify, WRONG_CODE)

    def test_the_last_of_five_tries_can_be_right(self):
        self.user.enrol()
        self.mistype()
        self.assert_conflict("ONE_CHALLENGE_LIMIT_REMAINING", self.user.verify, WRONG_CODE)
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))

    def test_after_five_wrong_codes_even_the_right_one_is_refused_until_a_new_enrolment(self):
        self.user.enrol()
        self.mistype()
        self.assert_conflict("ONE_CHALLENGE_LIMIT_REMAINING", self.user.verify, WRONG_CODE)
        self.assert_conflict("CHALLENGE_LIMIT_EXCEEDED", self.user.verify, WRONG_CODE)
        for code in (CODE, WRONG_CODE):
            self.assert_conflict("STATE_INVALID", self.user.verify, code)
        self.unblock(USER)
        self.assert_conflict("STATE_INVALID", self.user.verify, CODE)
        self.user.enrol()
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))

    def test_enrolling_while_a_code_waits_sends_another_with_tries_of_its_own(self):
        self.user.enrol()
        self.mistype()
        messages = self.messages()
        self.user.enrol()
        self.assertLess(messages, self.messages())
        self.mistype(times=1)
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))

    def test_a_phone_that_is_proved_is_not_proved_again(self):
        self.user.enrol()
        self.user.verify(CODE)
        self.assert_conflict("CHANNEL_ALREADY_REGISTERED", self.user.verify, CODE)
        self.assert_conflict("CHANNEL_ALREADY_REGISTERED", self.user.enrol)

    def test_without_an_enrolment_there_is_nothing_to_verify(self):
        self.assert_conflict("STATE_INVALID", self.user.verify, CODE)
        self.assert_factors()

    def test_who_can_not_be_reached_can_not_enrol(self):
        refusals = {
            WITHOUT_PHONE: "MOBILE_NUMBER_NOT_AVAILABLE",
            STRANGE_PHONE: "MOBILE_NUMBER_INVALID",
            BLOCKED: "CREDENTIALS_INACTIVE",
        }
        for user, code in refusals.items():
            user = self.login(user)
            self.assert_conflict(code, user.enrol)
            self.assert_factors(user=user)
        self.assertEqual(0, self.messages())

    def test_a_code_is_six_digits(self):
        self.user.enrol()
        for code in ("", "12345", "1234567", "1" * 1000):
            self.assert_invalid("verificationCode", "SIZE", self.user.verify, code)
        for code in ("12345a", "abcdef", "12 456", "-12345", "12345\N{ARABIC-INDIC DIGIT SIX}"):
            self.assert_invalid("verificationCode", "REGEX", self.user.verify, code)
        for body in ({}, {"verificationCode": None}, {"code": CODE}):
            self.assert_invalid("verificationCode", "REQUIRED", self.user.verify_by, body)
        for body in ({"verificationCode": int(CODE)}, [], CODE, None):
            self.assert_refused(400, self.user.verify_by, body)
        # None of these was a try.
        self.mistype()
        self.user.verify(CODE)

    def test_a_channel_that_is_not_in_the_document_is_refused(self):
        for channel in ("sms", "EMAIL", "AUTHY", "x" * 300):
            self.assert_refused(400, self.user.enrol, channel)
            self.assert_refused(400, self.user.verify, CODE, channel)
        for channel in ("authy", "SMS", "FACE"):
            self.assert_refused(400, self.user.enrol_push, channel)
            self.assert_refused(400, self.user.unlink, channel)
        self.assert_factors()
