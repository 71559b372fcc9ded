# Texty SMS zpráv. Operace na ně odkazuje klíčem `operations.NAME.sms_text`.
# K dispozici: $code, u platby navíc $amount, $amount_text (jak ji lidé píší), $currency a $account.
sms-login = Autorizační kód pro přihlášení je { $code }.
sms-payment = Autorizační kód pro platbu { $amount } { $currency } na účet { $account } je { $code }.
sms-approval = Autorizační kód ke schválení "{ $title }" je { $code }.
sms-enrolment = Kód pro potvrzení tohoto telefonu je { $code }.

# Na co se ptá zařízení; u platby $amount nebo $amount_text, $currency a $account.
push-title = Prosíme o potvrzení
push-payment = { $amount_text } { $currency } na účet { $account }
# Na co se ptá zařízení, které se má potvrdit.
push-enrolment-title = Potvrďte toto zařízení
push-enrolment = Přijměte, jen pokud jste o to žádali: odteď tu budete potvrzovat své operace.

# Co se řekne o nevyplněném souhlasu.
consent-incomplete = Vyplňte prosím celý formulář souhlasu.
consent-option-required = Pro dokončení operace potvrďte tuto volbu.
