"""The eight operations."""

import requests

from security.key import SecurityKey

SECONDS = 30

PASSWORD, OTHER_POSSESSION = 6, 8
CLIENT_MANAGED, OTP, PUSH = 0, 1, 2


class Refused(Exception):
    """An answer that is no envelope: its HTTP status and, where there is one, its JSON."""

    def __init__(self, answer):
        super().__init__(f"HTTP {answer.status_code}: {answer.text[:300]}")
        self.status = answer.status_code
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        self.body = answer.json() if is_json else None


class SecurityApi:
    """Where the API is, for those who have not logged in."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def login_by_multipart(self, username, password, scheme_code=None):
        """As the document says."""
        fields = {"GRANT_TYPE": "password", "UserName": username, "Password": password, "SchemeCode": scheme_code}
        parts = {name: (None, value) for name, value in fields.items() if value is not None}
        return self._login("/security/login", files=parts)

    def login_by_form(self, username, password, scheme_code=None):
        """As public clients do."""
        fields = {"grant_type": "password", "username": username, "password": password, "schemecode": scheme_code}
        return self._login("/Security/login", data=fields)

    def with_token(self, token):
        """A session with a token that came from elsewhere, and no key."""
        return Session(self, {"access_token": token}, None)

    def _login(self, path, **body):
        answer = self.http.post(self.url + path, timeout=SECONDS, **body)
        if answer.status_code != 200:
            raise Refused(answer)
        grant = answer.json()
        return Session(self, grant, SecurityKey(grant["Contis_SecurityKey"]))


class Session:
    """A partner who has logged in: `grant` is what the login answered, `key` encrypts codes."""

    def __init__(self, api, grant, key):
        self.api = api
        self.grant = grant
        self.key = key
        self.token = grant["access_token"]

    def post_login_details(self, consumer, first=None, second=None, do_second=None, **more):
        members = {"SCAOptionID1FA": first, "SCAOptionID2FA": second, "DoSecondFactor": do_second}
        return self.call("PostLoginDetails", ConsumerID=consumer, **members, **more)

    def authorize(self, reference, code=None, identification=None, **more):
        """With the code as the person reads it, or with what was made of it already."""
        if code is not None:
            identification = self.key.encrypt(code)
        return self.call("Authorize", SCAReferenceNumber=reference, SCAIdentification=identification, **more)

    def cancel(self, reference, **more):
        return self.call("Authorize", SCAReferenceNumber=reference, CancelRequest=True, **more)

    def regenerate(self, reference, kind=OTP, **more):
        return self.call("RegenerateSCA", SCAReferenceNumber=reference, SCAType=kind, **more)

    def pending(self, consumer, **more):
        return self.call("GetSCAPendingRequest", ConsumerID=consumer, **more)

    def devices(self, consumer, **more):
        return self.call("ListSDKDevices", ConsumerID=consumer, **more)

    def deregister(self, consumer, device, **more):
        return self.call("DeRegisterSDKDevice", ConsumerID=consumer, SDKDeviceReferenceID=device, **more)

    def logout(self, **more):
        return self.call("logout", **more)

    def call(self, operation, **members):
        """The envelope; a member that is `None` is left out."""
        body = {name: value for name, value in members.items() if value is not None}
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.api.url}/security/{operation}"
        answer = self.api.http.post(url, json=body, headers=headers, timeout=SECONDS)
        if answer.status_code != 200:
            raise Refused(answer)
        return answer.json()
