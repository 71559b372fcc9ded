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
)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """The document says what forms look like, but the server passes on whatever comes: that must be no failure."""
    schemas = raw_schema["components"]["schemas"]
    schemas["FormData"] = {"anyOf": [schemas["FormData"], {"not": {"type": "null"}}]}


@schemathesis.check
def validation_is_not_stricter_than_the_schema(ctx, response, case):
    """What the document calls valid may name nobody that there is, but never be refused for its shape."""
    meta = case.meta
    if response.status_code != 400 or meta is None or not meta.generation.mode.is_positive:
        return
    violations = response.json()["responseObject"]["validationErrors"] or []
    unknown = [code for code in violations if not code.startswith(NOT_IN_THE_SCHEMA)]
    if unknown:
        raise AssertionError(f"the schema does not say {unknown[0]}")
