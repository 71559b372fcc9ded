"""What happens beside the Security API: payments in Web Flow, the phones of the sandbox, and the bank's own people."""

import re
import uuid

import requests

SECONDS = 30
ACCOUNT = "238400856/0300"


class Bank:
    """The demo, as everybody but a partner sees it."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def payment(self, user, amount, organization="RETAIL"):
        """A payment that waits for its code."""
        return Payment(self, user, organization, amount)

    def web_flow(self, operation, request):
        answer = self.http.post(f"{self.url}/api/auth/{operation}", json={"requestObject": request}, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()["responseObject"]

    def code(self, reference):
        """The newest code that was sent for this request."""
        texts = (entry["text"] for entry in self._list("messages") if entry["messageId"].upper() == reference.upper())
        return re.findall(r"\b\d{8}\b", next(texts))[-1]

    def messages(self):
        """How many messages were sent."""
        return len(self._list("messages"))

    def pushes(self, user):
        """What the devices of a user show, newest first."""
        return [push for push in self._list("pushes") if push["userId"] == str(user)]

    def decide(self, push, decision):
        """`accept` or `reject`."""
        answer = self.http.post(f"{self.url}/sandbox/pushes/{push['id']}/{decision}", json={}, timeout=SECONDS)
        answer.raise_for_status()

    def register_device(self, user, name):
        device = {"deviceName": name, "deviceType": "phone", "osVersion": "17"}
        return self._operator(f"users/{user}/devices", device)["sdkDeviceReferenceId"]

    def request(self, consumer, kind, **more):
        """A request for approval by this bank, such as of a payment elsewhere: `client`, `otp` or `push`."""
        request = {"consumerId": consumer, "type": kind, "title": "A new payee", **more}
        return self._operator("sca-requests", request)["scaReferenceNumber"]

    def _operator(self, path, body):
        headers = {"Authorization": "Bearer demo-admin-token"}
        answer = self.http.post(f"{self.url}/admin/{path}", json=body, headers=headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def _list(self, what):
        answer = self.http.get(f"{self.url}/sandbox/{what}", timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()


class Payment:
    """A payment of Web Flow, and the code that it waits for."""

    def __init__(self, bank, user, organization, amount):
        self.bank = bank
        self.members = {
            "userId": str(user),
            "organizationId": organization,
            "operationContext": context(str(uuid.uuid4()), amount),
        }
        sent = bank.web_flow("sms/create", self.members | {"lang": "en", "resend": False})
        assert sent["smsDeliveryResult"] == "SUCCEEDED", sent
        self.message = sent["messageId"]
        self.reference = self.message.upper()
        self.code = bank.code(self.message)

    def verify(self, code):
        """What Web Flow is answered: whether the code was right, and why not."""
        request = self.members | {"messageId": self.message, "authorizationCode": code}
        answer = self.bank.web_flow("sms/verify", request)
        return answer["smsAuthorizationResult"].endswith("SUCCEEDED"), answer["errorMessage"]


def context(operation, amount):
    amount = {"type": "AMOUNT", "id": "operation.amount", "amount": amount, "currency": "CZK"}
    payee = {"type": "KEY_VALUE", "id": "operation.account", "value": ACCOUNT}
    texts = {name: {"id": f"operation.{name}", "message": None} for name in ("title", "greeting", "summary")}
    form = texts | {"config": [], "banners": [], "parameters": [amount, payee], "userInput": {}}
    return {"id": operation, "name": "authorize_payment", "data": "A1*A100CZK", "formData": form}


def wrong(code):
    """Another code of the same length."""
    return "".join("1" if digit == "0" else "0" for digit in code)
