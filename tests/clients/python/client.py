"""Logs in and pays, with the client that was generated into `api`."""

import json
import re
import sys

import httpx
from api.api.codes import create_code, verify_code
from api.api.operations import decorate_form, operation_changed
from api.api.users import authenticate, lookup
from api.client import Client
from api.models import (
    AmountAttribute,
    BankAccountChoiceAttribute,
    DecorateRequest,
    DecorateRequestEnvelope,
    FormData,
    KeyValueAttribute,
    OperationChange,
    OperationChangeRequest,
    OperationChangeRequestEnvelope,
    OperationContext,
    OperationContextWithForm,
    SmsCreateRequest,
    SmsCreateRequestEnvelope,
    SmsVerifyRequest,
    SmsVerifyRequestEnvelope,
    UserAuthenticateRequest,
    UserAuthenticateRequestEnvelope,
    UserLookupRequest,
    UserLookupRequestEnvelope,
)

ORGANIZATION = "RETAIL"
AMOUNTS = [158121.10, 100, 0.1, 12345678901234567.89]

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True, httpx_args={"trust_env": False})
inbox = sys.argv[2]


def approve(user, context):
    """Asks for a code, answers it, and says that the operation is done. Returns the message that the code came in."""
    request = SmsCreateRequest(context, user_id=user, organization_id=ORGANIZATION, lang="en")
    created = create_code.sync(client=client, body=SmsCreateRequestEnvelope(request)).response_object
    assert created.sms_delivery_result == "SUCCEEDED", created
    messages = httpx.get(inbox, trust_env=False).json()
    text = next(message["text"] for message in messages if message["messageId"] == created.message_id)
    code = re.search(r"\d+(?=\.$)", text).group()
    request = SmsVerifyRequest(
        created.message_id, context, authorization_code=code, user_id=user, organization_id=ORGANIZATION
    )
    verified = verify_code.sync(client=client, body=SmsVerifyRequestEnvelope(request)).response_object
    assert verified.sms_authorization_result.endswith("SUCCEEDED"), verified
    request = OperationChangeRequest(context, OperationChange.DONE, user_id=user, organization_id=ORGANIZATION)
    done = operation_changed.sync(client=client, body=OperationChangeRequestEnvelope(request))
    assert done.status == "OK", done
    return text


def log_in():
    context = OperationContext("login-1", "login")
    request = UserLookupRequest("user1234", ORGANIZATION, context)
    user = lookup.sync(client=client, body=UserLookupRequestEnvelope(request)).response_object
    assert (user.id, user.organization_id) == ("12345678", ORGANIZATION), user
    request = UserAuthenticateRequest(user.id, ORGANIZATION, "s3cret", context)
    answer = authenticate.sync(client=client, body=UserAuthenticateRequestEnvelope(request)).response_object
    assert answer.authentication_result.endswith("SUCCEEDED"), answer
    approve(user.id, context)
    return user.id


def pay(user, amount):
    form = FormData(
        parameters=[
            AmountAttribute(amount, "CZK", type_="AMOUNT", id="operation.amount", value_format_type="AMOUNT"),
            KeyValueAttribute("238400856/0300", type_="KEY_VALUE", id="operation.account"),
        ]
    )
    number = f"payment-{amount}"
    context = OperationContextWithForm(number, "authorize_payment", form)
    request = DecorateRequest(user, context, organization_id=ORGANIZATION)
    decorated = decorate_form.sync(client=client, body=DecorateRequestEnvelope(request)).response_object.form_data
    [back] = [attribute for attribute in decorated.parameters if isinstance(attribute, AmountAttribute)]
    [payee] = [attribute for attribute in decorated.parameters if isinstance(attribute, KeyValueAttribute)]
    assert payee.value == "238400856/0300", payee
    kind = BankAccountChoiceAttribute
    [choice] = [attribute for attribute in decorated.parameters if isinstance(attribute, kind)]
    text = approve(user, OperationContext(number, "authorize_payment", form_data=decorated))
    balances = [account.balance for account in choice.bank_accounts]
    asked = re.search(r"payment of (\S+)", text).group(1)
    print(json.dumps({"asked": asked, "back": back.amount, "balances": balances}))


user = log_in()
for amount in AMOUNTS:
    pay(user, amount)
