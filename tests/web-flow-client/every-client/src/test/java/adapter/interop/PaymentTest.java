package adapter.interop;

import static adapter.interop.Demo.USER;
import static adapter.interop.Operations.ACCOUNT;
import static adapter.interop.Operations.payment;
import static adapter.interop.Operations.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationChange;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsDeliveryResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAuthorizationResponse;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaymentTest extends ClientTest {
    private final OperationContext payment = payment();

    @Test
    void the_code_comes_with_what_it_approves() throws Exception {
        CreateSmsAuthorizationResponse answer = webFlow.createCode(USER, payment);
        assertEquals(SmsDeliveryResult.SUCCEEDED, answer.getSmsDeliveryResult());
        assertNull(answer.getErrorMessage());
        Message message = adapter.message(answer.getMessageId());
        String text =
                "Authorization code for payment of 100.00 CZK to account 238400856/0300 is " + message.code() + ".";
        assertEquals(text, message.text());
    }

    @Test
    void the_code_comes_in_the_language_of_the_person() throws Exception {
        Message message =
                adapter.message(webFlow.createCode(USER, payment, "cs", false).getMessageId());
        String text = "Autorizační kód pro platbu 100.00 CZK na účet 238400856/0300 je " + message.code() + ".";
        assertEquals(text, message.text());
    }

    @Test
    void the_right_code_is_accepted_once() throws Exception {
        Message message = send();
        assertAccepted(webFlow.verify(message.messageId(), message.code(), payment));
        assertRefused("smsAuthorization.alreadyVerified", webFlow.verify(message.messageId(), message.code(), payment));
    }

    @Test
    void a_wrong_code_leaves_four_more_tries() throws Exception {
        Message message = send();
        VerifySmsAuthorizationResponse answer = webFlow.verify(message.messageId(), message.wrongCode(), payment);
        assertEquals(WebFlow.CODE_REFUSED, answer.getSmsAuthorizationResult());
        assertEquals("smsAuthorization.failed", answer.getErrorMessage());
        assertEquals(4, answer.getRemainingAttempts());
        assertFalse(answer.getShowRemainingAttempts());
        assertAccepted(webFlow.verify(message.messageId(), message.code(), payment));
    }

    @Test
    void the_right_code_comes_too_late_after_five_wrong_ones() throws Exception {
        Message message = send();
        for (int left = 4; left >= 0; left--) {
            assertEquals(
                    left,
                    webFlow.verify(message.messageId(), message.wrongCode(), payment)
                            .getRemainingAttempts());
        }
        assertRefused(
                "smsAuthorization.maxAttemptsExceeded", webFlow.verify(message.messageId(), message.code(), payment));
    }

    @Test
    void an_amount_that_is_printed_otherwise_is_the_same_amount() throws Exception {
        Message message = send();
        FormData sameForm = payment(new BigDecimal("1.0E2"), ACCOUNT).getFormData();
        assertAccepted(webFlow.verify(message.messageId(), message.code(), with(sameForm, payment)));
    }

    @Test
    void a_code_does_not_approve_another_amount() throws Exception {
        Message message = send();
        FormData more = payment(new BigDecimal("100.01"), ACCOUNT).getFormData();
        assertRefused(
                "smsAuthorization.failed", webFlow.verify(message.messageId(), message.code(), with(more, payment)));
    }

    @Test
    void a_code_does_not_approve_another_payee() throws Exception {
        Message message = send();
        FormData other = payment(new BigDecimal("100.00"), "238400857/0300").getFormData();
        assertRefused(
                "smsAuthorization.failed", webFlow.verify(message.messageId(), message.code(), with(other, payment)));
    }

    @Test
    void of_two_codes_only_the_newer_one_is_accepted() throws Exception {
        Message older = send();
        Message newer =
                adapter.message(webFlow.createCode(USER, payment, "en", true).getMessageId());
        assertRefused("smsAuthorization.expired", webFlow.verify(older.messageId(), older.code(), payment));
        assertAccepted(webFlow.verify(newer.messageId(), newer.code(), payment));
    }

    @ParameterizedTest
    @EnumSource(OperationChange.class)
    void the_code_of_an_operation_that_has_ended_is_not_accepted_any_more(OperationChange change) throws Exception {
        Message message = send();
        assertEquals("OK", webFlow.end(change, payment).getStatus());
        assertRefused("smsAuthorization.expired", webFlow.verify(message.messageId(), message.code(), payment));
    }

    private Message send() throws Exception {
        return adapter.message(webFlow.createCode(USER, payment).getMessageId());
    }

    private static void assertAccepted(VerifySmsAuthorizationResponse answer) {
        assertEquals(WebFlow.CODE_ACCEPTED, answer.getSmsAuthorizationResult());
        assertNull(answer.getErrorMessage());
        assertNull(answer.getRemainingAttempts());
    }

    private static void assertRefused(String message, VerifySmsAuthorizationResponse answer) {
        assertEquals(WebFlow.CODE_REFUSED, answer.getSmsAuthorizationResult());
        assertEquals(message, answer.getErrorMessage());
    }
}
