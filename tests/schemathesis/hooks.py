"""What schemathesis does not check by itself."""

import schemathesis

# A code asks more of a form than the document does; a password in clear may be shorter only than an encrypted one; a certificate
# stands in one of two places.
NOT_IN_THE_SCHEMA = (
    "smsAuthorization.amount.",
    "smsAuthorization.currency.",
    "smsAuthorization.account.",
    "login.password.long",
    "certificate.empty",
    # Of the Security API: a NUL in what is not read, a name that no header of a part can hold; whom and what there is, what a request
    # needs that was found, and factors that have to differ.
    "The body has to be",
    "ConsumerID is that of no consumer",
    "SDKDeviceReferenceID is that of no device",
    "SCAIdentification is missing, which",
    "FirstFactorSCAOptionType is missing, which",
    "SecondFactorSCAOptionType is missing, which",
    "SCAType has to be that of",
    "SCAOptionID2FA has to be of another category",
    "SecondFactorSCAOptionType has to be of another category",
    "DoSecondFactor has to be of another category",
    # Of the admin API: what people read has to be seen, and a payment has all of three members.
    "title may have",
    "deviceName may have",
    "deviceType may have",
    "osVersion may have",
    "description may have",
    "amount is missing, as a payment",
    "amount has to be more than zero",
    "currency is missing, as a payment",
    "currency has to be three capital letters",
    "payee is missing, as a payment",
    "payee may have",
    "userId has to be",
    "partner has to be",
    "user has to be",
    "operation has to be",
    "request has to be",
    "before has to be",
)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """The document says what forms look like, but the server passes on whatever comes: that must be no failure."""
    schemas = raw_schema["components"]["schemas"]
    if "FormData" in schemas:
        schemas["FormData"] = {"anyOf": [schemas["FormData"], {"not": {"type": "null"}}]}


@schemathesis.check
def validation_is_not_stricter_than_the_schema(ctx, response, case):
    """What the document calls valid may name nobody that there is, but never be refused for its shape."""
    meta = case.meta
    if response.status_code != 400 or meta is None or not meta.generation.mode.is_positive:
        return
    body = response.json()
    if "responseObject" in body:
        violations = body["responseObject"]["validationErrors"] or []
    else:
        violations = [error["Detail"] for error in body.get("Errors", [])]
        violations += [f"{error['member']} {error['detail']}" for error in body.get("errors", [])]
        fields = body.get("syntaxErrors", {}).get("invalidFields", [])
        violations += [f"{field['fieldName']} {field['error']}" for field in fields]
    unknown = [code for code in violations if not code.startswith(NOT_IN_THE_SCHEMA)]
    if unknown:
        raise AssertionError(f"the schema does not say {unknown[0]}")
