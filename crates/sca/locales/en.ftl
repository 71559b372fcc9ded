# Texts of SMS messages. An operation names one of them in `operations.NAME.sms_text`.
# Available: $code, and for a payment $amount, $amount_text (as people write it), $currency and $account.
sms-login = Authorization code for login is { $code }.
sms-payment = Authorization code for payment of { $amount } { $currency } to account { $account } is { $code }.
sms-approval = Authorization code to approve "{ $title }" is { $code }.
sms-enrolment = The code to confirm this phone is { $code }.

# What is asked on a device; a payment with $amount or $amount_text, $currency and $account.
push-title = Please approve this
push-payment = { $amount_text } { $currency } to account { $account }
# What is asked when a device is to be confirmed.
push-enrolment-title = Confirm this device
push-enrolment = Accept only if you asked for this: from now on you will approve here what you do.

# What is told about a consent form that is not filled in.
consent-incomplete = Please fill in the whole consent form.
consent-option-required = Confirm this option to complete the operation.

# What partners read of the Security API: what became of a request, by its code, and what is approved.
security-000 = Success
security-901 = The user is blocked
security-902 = The one-time password could not be sent
security-903 = The SCA request is unknown or has expired
security-904 = The user is blocked after too many attempts
security-905 = The one-time password is wrong
security-906 = The contact data of the user are incomplete
security-907 = Strong customer authentication is required for this login
security-908 = The verification is pending
security-login = Login
security-payment = Payment
security-payment-details = { $amount } { $currency } to account { $account }
