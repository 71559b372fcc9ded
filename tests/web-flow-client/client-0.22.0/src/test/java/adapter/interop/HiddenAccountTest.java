package adapter.interop;

import static adapter.interop.Demo.BLOCKED_USER;
import static adapter.interop.Demo.BLOCKED_USERNAME;
import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsDeliveryResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserAuthenticationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAuthorizationResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A visitor cannot learn that an account is blocked or that there is none. */
class HiddenAccountTest extends ClientTest {
    private final OperationContext login = Operations.login();

    @Test
    void a_blocked_user_is_found() throws Exception {
        assertEquals(BLOCKED_USER, webFlow.lookup(BLOCKED_USERNAME).getId());
    }

    @Test
    void the_right_password_of_a_blocked_user_fails_like_a_wrong_one() throws Exception {
        UserAuthenticationResponse answer = webFlow.authenticate(BLOCKED_USER, PASSWORD);
        assertEquals(WebFlow.NOT_AUTHENTICATED, answer.getAuthenticationResult());
        assertNull(answer.getUserDetail());
        assertEquals("login.authenticationFailed", answer.getErrorMessage());
    }

    @Test
    void a_blocked_user_seems_to_get_a_code_and_nothing_is_sent() throws Exception {
        CreateSmsAuthorizationResponse answer = webFlow.createCode(BLOCKED_USER, login);
        assertEquals(SmsDeliveryResult.SUCCEEDED, answer.getSmsDeliveryResult());
        assertNull(answer.getErrorMessage());
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void a_code_that_was_never_sent_fails_like_a_wrong_one() throws Exception {
        String message = webFlow.createCode(null, login).getMessageId();
        VerifySmsAuthorizationResponse answer = webFlow.client
                .verifyAuthorizationSms(message, "12345678", null, RETAIL, login)
                .getResponseObject();
        assertEquals(WebFlow.CODE_REFUSED, answer.getSmsAuthorizationResult());
        assertEquals("smsAuthorization.failed", answer.getErrorMessage());
        assertEquals(4, answer.getRemainingAttempts());
    }
}
