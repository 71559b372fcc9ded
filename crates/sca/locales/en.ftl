# Texts of SMS messages. An operation names one of them in `operations.NAME.sms_text`.
# Available: $code, and for a payment $amount, $amount_text (as people write it), $currency and $account.
sms-login = Authorization code for login is { $code }.
sms-payment = Authorization code for payment of { $amount } { $currency } to account { $account } is { $code }.

# What is asked on a device; a payment with $amount or $amount_text, $currency and $account.
push-title = Please approve this
push-payment = { $amount_text } { $currency } to account { $account }

# What is told about a consent form that is not filled in.
consent-incomplete = Please fill in the whole consent form.
consent-option-required = Confirm this option to complete the operation.
