"""Requests that wait for somebody, and the codes that approve them."""

from datetime import datetime, timedelta

from demo import CONSUMER, DATE_TIME, MEMBERS, OTHER_PARTNER, OTHERS_CONSUMER, WITHOUT_PHONE, Demo
from security.bank import wrong
from security.client import OTP, PUSH


class Codes(Demo):
    def test_a_login_is_approved_by_the_code_of_a_text_message(self):
        asked = self.asked_by_text_message()
        self.assertEqual((OTP, "SMS", ""), (asked["SCAType"], asked["AuthorizeOn"], asked["SCAIdentification"]))
        self.assertRegex(asked["SCAReferenceNumber"], "^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")
        self.assertEqual(set(), MEMBERS - set(asked))
        self.assertEqual((5, 5), (asked["RemainingFailAttempt"], asked["RemainingResendCount"]))
        start, expiry = asked["StartDateTime"], asked["ExpiryDateTime"]
        self.assertRegex(start, DATE_TIME)
        start, expiry = (datetime.fromisoformat(time[:26] + time[27:]) for time in (start, expiry))
        self.assertEqual(timedelta(minutes=5), expiry - start)
        self.assertIn(asked["SCAReferenceNumber"], self.references())
        code = self.bank.code(asked["SCAReferenceNumber"])
        approved = self.assert_code("000", self.partner.authorize(asked["SCAReferenceNumber"], code))
        self.assertEqual(asked["SCAReferenceNumber"], approved["SCAReferenceNumber"])
        self.assertIn("ReferenceID", approved)
        self.assertNotIn(asked["SCAReferenceNumber"], self.references())
        self.assert_code("903", self.partner.authorize(asked["SCAReferenceNumber"], code))

    def test_a_code_is_understood_with_and_without_the_padding_of_base64(self):
        for padded in (False, True):
            reference = self.asked_by_text_message()["SCAReferenceNumber"]
            encrypted = self.partner.key.encrypt(self.bank.code(reference), padded)
            self.assertEqual(44 if padded else 43, len(encrypted))
            self.assert_code("000", self.partner.authorize(reference, identification=encrypted))

    def test_a_partner_that_delivers_codes_itself_finds_them_in_the_answer(self):
        messages = self.bank.messages()
        other = self.api.login_by_multipart(*OTHER_PARTNER)
        asked = self.assert_code("000", other.post_login_details(OTHERS_CONSUMER, first=6, do_second=True))["SCARes"]
        code = other.key.decrypt(asked["SCAIdentification"])
        self.assertRegex(code, "^[0-9]{8}$")
        self.assertEqual(messages, self.bank.messages())
        self.assert_code("905", other.authorize(asked["SCAReferenceNumber"], wrong(code)))
        again = self.assert_code("000", other.regenerate(asked["SCAReferenceNumber"]))["SCARes"]
        code = other.key.decrypt(again["SCAIdentification"])
        self.assert_code("000", other.authorize(again["SCAReferenceNumber"], code))

    def test_whatever_is_no_right_code_spends_a_guess(self):
        reference = self.asked_by_text_message()["SCAReferenceNumber"]
        code = self.bank.code(reference)
        key = self.partner.key
        unreadable = [key.encrypt(wrong(code)), code, "!" * 50, key.encrypt(code[:7])]
        for left, identification in zip((4, 3, 2, 1), unreadable, strict=True):
            answer = self.partner.authorize(reference, identification=identification)
            self.assert_code("905", answer)
            self.assertEqual(left, answer["SCARes"]["RemainingFailAttempt"], identification)
        self.assert_code("000", self.partner.authorize(reference, code))

    def test_a_code_that_is_encrypted_under_the_key_of_another_login_is_wrong(self):
        reference = self.asked_by_text_message()["SCAReferenceNumber"]
        code = self.bank.code(reference)
        stranger = self.api.login_by_form("demopartner", "Partner#2026").key
        answer = self.partner.authorize(reference, identification=stranger.encrypt(code))
        self.assert_code("905", answer)
        self.assert_code("000", self.partner.authorize(reference, code))

    def test_a_code_that_was_made_anew_ends_the_one_before(self):
        asked = self.asked_by_text_message()
        first = self.bank.code(asked["SCAReferenceNumber"])
        again = self.assert_code("000", self.partner.regenerate(asked["SCAReferenceNumber"]))["SCARes"]
        self.assertEqual(asked["RemainingResendCount"] - 1, again["RemainingResendCount"])
        reference = again["SCAReferenceNumber"]
        second = self.bank.code(reference)
        if first != second:
            self.assert_code("905", self.partner.authorize(reference, first))
        self.assert_code("000", self.partner.authorize(reference, second))

    def test_a_code_is_made_anew_for_a_request_of_that_type_only(self):
        reference = self.asked_by_text_message()["SCAReferenceNumber"]
        self.assert_errors("SCAType", self.partner.regenerate, reference, PUSH)
        self.assert_code("000", self.partner.cancel(reference))

    def test_a_request_that_was_cancelled_is_over(self):
        reference = self.asked_by_text_message()["SCAReferenceNumber"]
        code = self.bank.code(reference)
        self.assert_code("000", self.partner.cancel(reference))
        self.assertNotIn(reference, self.references())
        for answer in (self.partner.authorize(reference, code), self.partner.cancel(reference)):
            self.assert_code("903", answer)
        self.assert_code("903", self.partner.regenerate(reference))

    def test_a_request_that_never_was_is_unknown(self):
        nowhere = "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A"
        for answer in (self.partner.authorize(nowhere, "12345678"), self.partner.regenerate(nowhere)):
            self.assert_code("903", answer)


class Factors(Demo):
    def test_two_factors_of_two_categories_log_a_consumer_in(self):
        self.assert_code("000", self.partner.post_login_details(CONSUMER, first=6, second=1))
        self.assert_code("000", self.partner.post_login_details(CONSUMER, first="Password", second="Face"))

    def test_two_factors_of_one_category_are_refused(self):
        for category in ((1, 4, 8), (2, 3, 9), (5, 6, 7)):
            for first in category:
                for second in category:
                    self.assert_errors("SCAOptionID2FA", self.partner.post_login_details, CONSUMER, first, second)

    def test_a_login_with_one_factor_needs_another(self):
        self.assert_code("907", self.partner.post_login_details(CONSUMER, first=6))

    def test_a_consumer_without_a_phone_gets_no_code(self):
        self.assert_code("906", self.partner.post_login_details(WITHOUT_PHONE, first=6, do_second=True))
        self.assertEqual([], self.references(WITHOUT_PHONE))

    def test_a_blank_is_no_answer_to_whether_a_second_factor_is_wanted(self):
        self.assert_errors("DoSecondFactor", self.partner.post_login_details, CONSUMER, 6, do_second="")
