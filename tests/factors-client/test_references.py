"""Calls that are made again under the same `idempotency-ref`."""

from demo import CODE, WRONG_CODE, Demo


class References(Demo):
    def test_the_same_call_has_one_effect(self):
        for _ in range(3):
            self.user.enrol(reference="one")
        messages = self.messages()
        self.user.enrol(reference="two")
        self.assertLess(messages, self.messages())
        for _ in range(3):
            self.user.verify(CODE, reference="three")
        self.assert_conflict("CHANNEL_ALREADY_REGISTERED", self.user.verify, CODE)

    def test_a_repeated_enrolment_sends_nothing(self):
        self.user.enrol(reference="one")
        messages = self.messages()
        for _ in range(4):
            self.user.enrol(reference="one")
        self.assertEqual(messages, self.messages())

    def test_another_call_under_a_reference_is_refused(self):
        self.user.enrol(reference="one")
        self.assert_refused(400, self.user.verify, CODE, reference="one")
        self.assert_refused(400, self.user.enrol_push, reference="one")
        self.assert_factors(("SMS", "PENDING_VERIFICATION"))

    def test_a_call_that_failed_frees_its_reference(self):
        self.user.enrol()
        self.assert_conflict("VERIFICATION_CODE_INVALID", self.user.verify, WRONG_CODE, reference="one")
        self.user.verify(CODE, reference="one")
        self.assert_factors(("SMS", "ACTIVE"))

    def test_an_empty_reference_is_none_and_an_over_long_one_too_large(self):
        self.user.enrol(reference="")
        self.user.enrol_push(reference="")
        self.user.verify(CODE, reference="x" * 255)
        self.assert_refused(413, self.user.enrol, reference="x" * 256)
