"""What the tests of the client share: the demo that runs, its partners and its people."""

import os
import re
import unittest

from security.bank import Bank
from security.client import Refused, SecurityApi

URL = os.environ["SECURITY_URL"]
PARTNER = ("demopartner", "Partner#2026")
OTHER_PARTNER = ("otherpartner", "Partner#2027")

# Consumers of the first partner, one of the other, and one of nobody.
CONSUMER, SECOND_CONSUMER, WITHOUT_PHONE = 12345678, 20000002, 20000003
OTHERS_CONSUMER = 30000001
NOBODY = 99999999

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}(Z|[+-]\d\d:\d\d)")

# What says how a request is to be approved.
MEMBERS = {
    "SCAReferenceNumber",
    "SCAType",
    "AuthorizeOn",
    "AdditionalData",
    "StartDateTime",
    "ExpiryDateTime",
    "RemainingResendCount",
    "RemainingFailAttempt",
    "SCAIdentification",
    "Title",
}


class Demo(unittest.TestCase):
    """A test with a partner who has logged in."""

    @classmethod
    def setUpClass(cls):
        cls.api = SecurityApi(URL)
        cls.bank = Bank(URL)
        cls.partner = cls.api.login_by_form(*PARTNER)

    def assert_code(self, expected, envelope):
        self.assertEqual(expected, envelope["ResponseCode"], envelope)
        return envelope

    def asked_by_text_message(self, consumer=CONSUMER):
        """The `SCARes` of a login that waits for its code."""
        asked = self.partner.post_login_details(consumer, first=6, do_second=True)
        return self.assert_code("000", asked)["SCARes"]

    def references(self, consumer=CONSUMER):
        """What waits for this consumer, oldest first."""
        answer = self.assert_code("000", self.partner.pending(consumer))
        return [request["SCAReferenceNumber"] for request in answer["SCAPendingRequests"]]

    def assert_refused(self, status, call, *arguments, **members):
        """Gives back the JSON of the refusal."""
        with self.assertRaises(Refused) as refused:
            call(*arguments, **members)
        self.assertEqual(status, refused.exception.status, refused.exception)
        return refused.exception.body

    def assert_errors(self, member, call, *arguments, **members):
        """A body that is not as the document says: the list of errors names the member."""
        body = self.assert_refused(400, call, *arguments, **members)
        self.assertEqual(["Errors"], list(body))
        self.assertTrue(body["Errors"])
        for error in body["Errors"]:
            self.assertEqual({"Status", "Detail"}, set(error))
            self.assertTrue(isinstance(error["Status"], str) and isinstance(error["Detail"], str), error)
        self.assertIn(member, " ".join(error["Detail"] for error in body["Errors"]))
