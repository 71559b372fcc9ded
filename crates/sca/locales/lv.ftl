# SMS ziņojumu teksti. Darbība nosauc vienu no tiem ar `operations.NAME.sms_text`.
# Pieejami: $code, bet maksājumam arī $amount, $amount_text (kā raksta cilvēki), $currency un $account.
sms-login = Pieteikšanās apstiprinājuma kods ir { $code }.
sms-payment = Kods maksājumam { $amount } { $currency } uz kontu { $account } ir { $code }.
sms-approval = Kods, lai apstiprinātu "{ $title }", ir { $code }.
sms-enrolment = Kods šī tālruņa apstiprināšanai ir { $code }.

# Ko jautā ierīcē; maksājumam $amount vai $amount_text, $currency un $account.
push-title = Lūdzu, apstipriniet
push-payment = { $amount_text } { $currency } uz kontu { $account }
# Ko jautā ierīcē, kura jāapstiprina.
push-enrolment-title = Apstipriniet šo ierīci
push-enrolment = Pieņemiet tikai tad, ja jūs to lūdzāt: turpmāk savas darbības apstiprināsiet šeit.

# Ko partneri lasa no Security API: pieprasījuma iznākumu pēc tā koda un to, kas tiek apstiprināts.
security-000 = Izdevās
security-901 = Lietotājs ir bloķēts
security-902 = Vienreizējo paroli neizdevās nosūtīt
security-903 = SCA pieprasījums nav zināms vai ir beidzies
security-904 = Lietotājs ir bloķēts pēc pārāk daudziem mēģinājumiem
security-905 = Vienreizējā parole nav pareiza
security-906 = Lietotāja kontaktinformācija ir nepilnīga
security-907 = Šai pieteikšanās reizei nepieciešama stingra klienta autentifikācija
security-908 = Apstiprinājums vēl nav saņemts
security-login = Pieteikšanās
security-payment = Maksājums
security-payment-details = { $amount } { $currency } uz kontu { $account }
