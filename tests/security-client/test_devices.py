"""Devices, what is pushed to them, and what a partner approves by itself."""

from demo import SECOND_CONSUMER as CONSUMER
from demo import Demo
from security.client import CLIENT_MANAGED, OTHER_POSSESSION, PASSWORD, PUSH


class Devices(Demo):
    def setUp(self):
        self.device = self.bank.register_device(CONSUMER, "Old phone")
        self.addCleanup(self.deregister_all)

    def deregister_all(self):
        for device in self.devices():
            self.assert_code("000", self.partner.deregister(CONSUMER, device))

    def devices(self):
        listed = self.assert_code("000", self.partner.devices(CONSUMER))["SDKDevicesList"]
        return [device["SDKDeviceReferenceID"] for device in listed]

    def asked_by_push(self):
        asked = self.partner.post_login_details(CONSUMER, first=PASSWORD, do_second=True)
        asked = self.assert_code("000", asked)["SCARes"]
        self.assertEqual((PUSH, "Push", ""), (asked["SCAType"], asked["AuthorizeOn"], asked["SCAIdentification"]))
        push = self.bank.pushes(CONSUMER)[0]
        self.assertEqual("pending", push["status"])
        return asked["SCAReferenceNumber"], push

    def test_a_device_is_listed_until_it_is_deregistered(self):
        newer = self.bank.register_device(CONSUMER, "New phone")
        self.assertEqual([self.device, newer], self.devices())
        listed = self.partner.devices(CONSUMER)["SDKDevicesList"][0]
        self.assertEqual(("Old phone", "phone", "17"), (listed["DeviceName"], listed["DeviceType"], listed["OSVersion"]))
        self.assertIn("RegisteredOn", listed)
        self.assert_code("000", self.partner.deregister(CONSUMER, self.device))
        self.assertEqual([newer], self.devices())
        self.assert_refused(400, self.partner.deregister, CONSUMER, self.device)

    def test_a_login_is_approved_on_the_device(self):
        reference, push = self.asked_by_push()
        self.assertIn(reference, self.references(CONSUMER))
        self.assert_code("908", self.partner.authorize(reference))
        self.bank.decide(push, "accept")
        self.assert_code("000", self.partner.authorize(reference))
        self.assert_code("903", self.partner.authorize(reference))

    def test_a_login_is_rejected_on_the_device(self):
        reference, push = self.asked_by_push()
        self.bank.decide(push, "reject")
        self.assert_code("903", self.partner.authorize(reference))
        self.assertNotIn(reference, self.references(CONSUMER))

    def test_a_partner_approves_with_two_factors_of_two_categories(self):
        reference = self.bank.request(CONSUMER, "client")
        one = {"FirstFactorSCAOptionType": PASSWORD}
        alike = {"SecondFactorSCAOptionType": 7}
        both = {"SecondFactorSCAOptionType": OTHER_POSSESSION}
        for members in ({}, one, one | alike, both):
            self.assert_refused(400, self.partner.authorize, reference, **members)
        self.assertIn(reference, self.references(CONSUMER))
        approved = self.assert_code("000", self.partner.authorize(reference, **one, **both))
        self.assertEqual(reference, approved["SCAReferenceNumber"])
        self.assert_code("903", self.partner.authorize(reference, **one, **both))

    def test_a_partner_cancels_without_any_factor(self):
        reference = self.bank.request(CONSUMER, "client")
        self.assert_errors("SCAType", self.partner.regenerate, reference, 1)
        self.assert_code("000", self.partner.cancel(reference))
        self.assert_code("903", self.partner.regenerate(reference, CLIENT_MANAGED))
