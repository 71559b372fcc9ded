"""One request, seen by Web Flow and by a partner."""

from demo import CONSUMER, MEMBERS, Demo
from security.bank import ACCOUNT, wrong


class BothDoors(Demo):
    def test_a_payment_of_web_flow_waits_at_the_partner_with_what_it_pays(self):
        first, second = self.bank.payment(CONSUMER, 158.5), self.bank.payment(CONSUMER, 20)
        answer = self.assert_code("000", self.partner.pending(CONSUMER))
        pending = {request["SCAReferenceNumber"]: request for request in answer["SCAPendingRequests"]}
        self.assertEqual(set(), MEMBERS - set(pending[first.reference]))
        described = pending[first.reference]["Description"]
        for part in ("158.5", "CZK", ACCOUNT):
            self.assertIn(part, described)
        waiting = self.references()
        self.assertLess(waiting.index(first.reference), waiting.index(second.reference))
        for payment in (first, second):
            self.assertEqual((True, None), payment.verify(payment.code))
            self.assertNotIn(payment.reference, self.references())

    def test_a_code_that_was_right_at_the_partner_is_used_up_for_web_flow(self):
        payment = self.bank.payment(CONSUMER, 100)
        self.assert_code("000", self.partner.authorize(payment.reference, payment.code))
        self.assertEqual((False, "smsAuthorization.alreadyVerified"), payment.verify(payment.code))

    def test_a_code_that_was_right_in_web_flow_is_used_up_for_the_partner(self):
        payment = self.bank.payment(CONSUMER, 100)
        self.assertEqual((True, None), payment.verify(payment.code))
        self.assert_code("903", self.partner.authorize(payment.reference, payment.code))

    def test_a_payment_that_the_partner_cancels_has_no_code_any_more(self):
        payment = self.bank.payment(CONSUMER, 100)
        self.assert_code("000", self.partner.cancel(payment.reference))
        right, why = payment.verify(payment.code)
        self.assertFalse(right, why)
        self.assertNotIn(payment.reference, self.references())

    def test_guesses_at_both_doors_share_one_budget(self):
        payment = self.bank.payment(CONSUMER, 100)
        for left in (4, 2):
            answer = self.partner.authorize(payment.reference, wrong(payment.code))
            self.assert_code("905", answer)
            self.assertEqual(left, answer["SCARes"]["RemainingFailAttempt"])
            self.assertEqual((False, "smsAuthorization.failed"), payment.verify(wrong(payment.code)))
        self.assertEqual((True, None), payment.verify(payment.code))

    def test_a_code_that_the_partner_has_made_anew_is_right_in_web_flow(self):
        payment = self.bank.payment(CONSUMER, 100)
        again = self.assert_code("000", self.partner.regenerate(payment.reference))["SCARes"]
        payment.message = again["SCAReferenceNumber"].lower()
        self.assertEqual((True, None), payment.verify(self.bank.code(payment.message)))
