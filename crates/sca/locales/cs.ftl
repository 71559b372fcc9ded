# Texty SMS zpráv. Operace na ně odkazuje klíčem `operations.NAME.sms_text`.
# K dispozici: $code, u platby navíc $amount, $amount_text (jak ji lidé píší), $currency a $account.
sms-login = Autorizační kód pro přihlášení je { $code }.
sms-payment = Autorizační kód pro platbu { $amount } { $currency } na účet { $account } je { $code }.

# Co se řekne o nevyplněném souhlasu.
consent-incomplete = Vyplňte prosím celý formulář souhlasu.
consent-option-required = Pro dokončení operace potvrďte tuto volbu.
