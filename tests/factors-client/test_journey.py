"""All that a user does, one after the other."""

from demo import CODE, USER, WRONG_CODE, WithInbox


class Journey(WithInbox):
    def change_number(self, phone):
        """The bank's people change it, and the program reads its users at its start."""
        self.program.stop()
        for user in self.program.users:
            if user["id"] == USER:
                user["phone"] = phone
        self.program.start()

    def test_a_user_enrols_mistypes_verifies_changes_the_number_enrols_a_push_accepts_it_and_unlinks(self):
        self.assert_factors()
        self.user.enrol()
        self.assert_factors(("SMS", "PENDING_VERIFICATION"))
        self.assert_conflict("VERIFICATION_CODE_INVALID", self.user.verify, WRONG_CODE)
        self.assert_factors(("SMS", "PENDING_VERIFICATION"))
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))

        self.change_number("+420601999999")
        self.assert_factors(("SMS", "INACTIVE"))
        self.user.enrol()
        self.user.verify(CODE)
        self.assert_factors(("SMS", "ACTIVE"))

        self.user.enrol_push()
        self.assert_factors(("SMS", "ACTIVE"), ("AUTHY", "PENDING_VERIFICATION"))
        self.decide("Accept")
        self.assert_factors(("SMS", "ACTIVE"), ("AUTHY", "ACTIVE"))
        self.user.unlink()
        self.assert_factors(("SMS", "ACTIVE"))
        self.assert_conflict("CHANNEL_NOT_REGISTERED", self.user.unlink)
