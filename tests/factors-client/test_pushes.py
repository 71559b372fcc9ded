"""Devices, and what is pushed to them."""

from demo import CODE, WithInbox


class Pushes(WithInbox):
    def test_a_push_that_nobody_decides_leaves_the_factor_pending(self):
        self.user.enrol_push()
        self.assert_factors(("AUTHY", "PENDING_VERIFICATION"))
        self.user.unlink()
        self.assert_factors()

    def test_a_push_that_is_rejected_can_be_followed_by_one_that_is_accepted(self):
        self.user.enrol_push()
        self.decide("Reject")
        self.assert_factors(("AUTHY", "INACTIVE"))
        self.user.enrol_push()
        self.decide("Accept")
        self.assert_factors(("AUTHY", "ACTIVE"))
        self.assert_conflict("CHANNEL_ALREADY_REGISTERED", self.user.enrol_push)

    def test_factors_are_listed_in_the_order_of_enrolment(self):
        self.user.enrol_push()
        self.user.enrol()
        self.user.verify(CODE)
        self.assert_factors(("AUTHY", "PENDING_VERIFICATION"), ("SMS", "ACTIVE"))
        self.decide("Accept")
        self.assert_factors(("AUTHY", "ACTIVE"), ("SMS", "ACTIVE"))

    def test_what_is_not_linked_can_not_be_unlinked(self):
        for channel in ("AUTHY", "BIOMETRIC"):
            self.assert_conflict("CHANNEL_NOT_REGISTERED", self.user.unlink, channel)
