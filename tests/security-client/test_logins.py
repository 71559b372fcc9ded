"""Logging in and out, and what a token is good for."""

from datetime import datetime, timedelta

from demo import CONSUMER, DATE_TIME, PARTNER, Demo


class Logins(Demo):
    def both_ways(self):
        return [self.api.login_by_multipart, self.api.login_by_form]

    def test_a_partner_logs_in_by_multipart_and_by_urlencoded(self):
        for login in self.both_ways():
            grant = login(*PARTNER).grant
            self.assertEqual("bearer", grant["token_type"])
            self.assertEqual(43199, grant["expires_in"])
            self.assertRegex(grant["Contis_SecurityKey"], "^[0-9A-Fa-f]{96}$")
            for name in (".issued", ".expires"):
                self.assertRegex(grant[name], DATE_TIME)
            # The seventh digit of a fraction is more than Python reads.
            issued, expires = (datetime.fromisoformat(grant[name][:26] + grant[name][27:]) for name in (".issued", ".expires"))
            self.assertEqual(timedelta(seconds=43199), expires - issued)

    def test_each_login_has_a_token_and_a_key_of_its_own(self):
        first, second = (login(*PARTNER).grant for login in self.both_ways())
        self.assertNotEqual(first["access_token"], second["access_token"])
        self.assertNotEqual(first["Contis_SecurityKey"], second["Contis_SecurityKey"])

    def test_whatever_is_wrong_with_a_login_the_answer_is_the_same(self):
        username, password = PARTNER
        for login in self.both_ways():
            refusals = [
                self.assert_refused(400, login, username, "Partner#2025"),
                self.assert_refused(400, login, "nobodyatall", password),
            ]
            for refusal in refusals:
                self.assertEqual("invalid_grant", refusal["error"])
                self.assertEqual(refusals[0], refusal)
                self.assertEqual({"error", "error_description"}, set(refusal))
            login(*PARTNER)

    def test_a_scheme_may_be_named_or_left_empty(self):
        for login in self.both_ways():
            for scheme_code in ("", "SCH001"):
                login(*PARTNER, scheme_code)

    def test_a_token_is_good_until_the_logout_and_no_other_ends_with_it(self):
        ending, staying = self.api.login_by_form(*PARTNER), self.api.login_by_multipart(*PARTNER)
        self.assert_code("000", ending.devices(CONSUMER))
        self.assert_code("000", ending.logout(LogoutReason=1, ClientRequestReference="bye"))
        self.assert_refused(401, ending.devices, CONSUMER)
        self.assert_refused(401, ending.logout)
        self.assert_code("000", staying.devices(CONSUMER))
        self.assert_code("000", staying.logout())

    def test_every_reason_for_a_logout_is_understood(self):
        names = ["None", "ManuallyLogout", "SessionTimeout", "LoggedIntoAnotherDevice", "LostConnection"]
        for reason in [*range(7), *names, "ForceCloseTheApp", "LoginDisabled"]:
            self.assert_code("000", self.api.login_by_form(*PARTNER).logout(LogoutReason=reason))
        self.assert_errors("LogoutReason", self.partner.logout, LogoutReason=7)


class Envelopes(Demo):
    def test_an_envelope_has_the_reference_a_time_and_a_number_that_rises(self):
        last = 0
        for reference in ["[ReferenceExample]", "", "№ 7 “quoted” \\ \N{GRINNING FACE}"]:
            answer = self.assert_code("000", self.partner.devices(CONSUMER, ClientRequestReference=reference))
            self.assertEqual(reference, answer["ClientRequestReference"])
            self.assertRegex(answer["ResponseDateTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$")
            self.assertGreater(answer["RequestID"], last)
            last = answer["RequestID"]

    def test_a_description_is_in_the_language_of_the_culture(self):
        told = [self.partner.devices(CONSUMER, CultureID=culture)["Description"] for culture in (1, 2, 3)]
        self.assertEqual("Success", told[0])
        self.assertRegex(told[1], "[А-я]")
        self.assertEqual(3, len(set(told)), told)
        self.assertEqual("Success", self.partner.devices(CONSUMER)["Description"])
        self.assert_errors("CultureID", self.partner.devices, CONSUMER, CultureID=4)
