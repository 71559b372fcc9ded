package adapter.interop;

import static adapter.interop.Demo.BLOCKED_USER;
import static adapter.interop.Demo.BLOCKED_USERNAME;
import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.USER;
import static adapter.interop.Demo.USERNAME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AccountStatus;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsAuthorizationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsDeliveryResult;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.UserAuthenticationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserAuthenticationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAndPasswordResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAuthorizationResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether the account can be used goes along with every answer about a user, and back with every code. */
class AccountStatusTest extends ClientTest {
    private final OperationContext login = Operations.login();

    @Test
    void a_user_is_found_with_an_account_that_is_active() throws Exception {
        assertEquals(AccountStatus.ACTIVE, webFlow.lookup(USERNAME).getAccountStatus());
        assertEquals(AccountStatus.ACTIVE, webFlow.info(USER).getAccountStatus());
    }

    @Test
    void a_blocked_user_is_found_with_an_account_that_is_not_active() throws Exception {
        assertEquals(AccountStatus.NOT_ACTIVE, webFlow.lookup(BLOCKED_USERNAME).getAccountStatus());
        assertEquals(AccountStatus.NOT_ACTIVE, webFlow.info(BLOCKED_USER).getAccountStatus());
    }

    @Test
    void an_account_is_active_whether_the_password_is_right_or_wrong() throws Exception {
        assertEquals(AccountStatus.ACTIVE, webFlow.authenticate(USER, PASSWORD).getAccountStatus());
        assertEquals(AccountStatus.ACTIVE, webFlow.authenticate(USER, "wrong").getAccountStatus());
    }

    @Test
    void the_password_of_a_blocked_user_is_not_verified() throws Exception {
        for (String password : List.of(PASSWORD, "wrong")) {
            UserAuthenticationResponse answer = webFlow.authenticate(BLOCKED_USER, password);
            assertEquals(UserAuthenticationResult.SKIPPED, answer.getAuthenticationResult());
            assertEquals(AccountStatus.NOT_ACTIVE, answer.getAccountStatus());
            assertEquals("login.authenticationFailed", answer.getErrorMessage());
        }
    }

    @Test
    void a_blocked_user_seems_to_get_a_code_and_nothing_is_sent() throws Exception {
        var answer = Version.createCode(webFlow.client, BLOCKED_USER, AccountStatus.NOT_ACTIVE, login, "en", false);
        assertEquals(SmsDeliveryResult.SUCCEEDED, answer.getSmsDeliveryResult());
        assertNull(answer.getErrorMessage());
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void a_code_of_somebody_who_is_nobody_yet_is_not_verified() throws Exception {
        String message = webFlow.createCode(null, login).getMessageId();
        assertSkipped(webFlow.verify(message, "12345678", null, null, login));
        assertSkipped(webFlow.verify(message, "12345678", null, null, PASSWORD, login));
    }

    @Test
    void not_even_the_right_code_is_verified_while_the_account_is_not_active() throws Exception {
        Message message = adapter.message(webFlow.createCode(USER, login).getMessageId());
        assertSkipped(webFlow.verify(message.messageId(), message.code(), USER, AccountStatus.NOT_ACTIVE, login));
        assertSkipped(
                webFlow.verify(message.messageId(), message.code(), USER, AccountStatus.NOT_ACTIVE, PASSWORD, login));
    }

    @Test
    void an_account_is_active_when_code_and_password_are_right() throws Exception {
        Message message = adapter.message(webFlow.createCode(USER, login).getMessageId());
        assertEquals(
                AccountStatus.ACTIVE,
                webFlow.verify(message.messageId(), message.code(), PASSWORD, login)
                        .getAccountStatus());
    }

    private static void assertSkipped(VerifySmsAuthorizationResponse answer) {
        assertEquals(SmsAuthorizationResult.SKIPPED, answer.getSmsAuthorizationResult());
        assertEquals("smsAuthorization.failed", answer.getErrorMessage(), "it reads like any wrong code");
    }

    private static void assertSkipped(VerifySmsAndPasswordResponse answer) {
        assertEquals(SmsAuthorizationResult.SKIPPED, answer.getSmsAuthorizationResult());
        assertEquals(UserAuthenticationResult.SKIPPED, answer.getUserAuthenticationResult());
        assertEquals("login.authenticationFailed", answer.getErrorMessage());
    }
}
