# Тексты SMS-сообщений. Операция называет один из них в `operations.NAME.sms_text`.
# Доступны: $code, а для платежа $amount, $amount_text (как пишут люди), $currency и $account.
sms-login = Код подтверждения входа: { $code }.
sms-payment = Код подтверждения платежа { $amount } { $currency } на счёт { $account }: { $code }.
sms-approval = Код для подтверждения «{ $title }»: { $code }.
sms-enrolment = Код подтверждения этого телефона: { $code }.

# О чём спрашивает устройство; для платежа $amount или $amount_text, $currency и $account.
push-title = Пожалуйста, подтвердите
push-payment = { $amount_text } { $currency } на счёт { $account }
# О чём спрашивает устройство, которое нужно подтвердить.
push-enrolment-title = Подтвердите это устройство
push-enrolment = Примите, только если вы сами об этом просили: теперь вы будете подтверждать свои операции здесь.

# Что читают партнёры Security API: исход запроса по его коду и то, что подтверждается.
security-000 = Успешно
security-901 = Пользователь заблокирован
security-902 = Не удалось отправить одноразовый пароль
security-903 = Запрос SCA неизвестен или истёк
security-904 = Пользователь заблокирован после слишком многих попыток
security-905 = Неверный одноразовый пароль
security-906 = Контактные данные пользователя неполны
security-907 = Для этого входа требуется строгая аутентификация клиента
security-908 = Подтверждение ожидается
security-login = Вход
security-payment = Платёж
security-payment-details = { $amount } { $currency } на счёт { $account }
