package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Demo.USERNAME;
import static adapter.interop.Demo.USER_WITHOUT_PHONE;
import static adapter.interop.Operations.login;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsDeliveryResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserAuthenticationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserDetailResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAndPasswordResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginTest extends ClientTest {
    @Test
    void a_username_leads_to_its_user() throws Exception {
        assertIsJohnDoe(webFlow.lookup(USERNAME));
    }

    @Test
    void a_user_id_leads_to_the_same_user() throws Exception {
        assertIsJohnDoe(webFlow.info(USER));
    }

    @Test
    void the_right_password_is_accepted() throws Exception {
        UserAuthenticationResponse answer = webFlow.authenticate(USER, PASSWORD);
        assertEquals(WebFlow.AUTHENTICATED, answer.getAuthenticationResult());
        assertNull(answer.getErrorMessage());
    }

    @Test
    void the_right_password_is_accepted_when_it_comes_encrypted() throws Exception {
        UserAuthenticationResponse answer =
                webFlow.authenticate(USER, Passwords.encrypted(PASSWORD), Passwords.ENCRYPTED);
        assertEquals(WebFlow.AUTHENTICATED, answer.getAuthenticationResult());
    }

    @Test
    void a_wrong_password_is_an_answer_and_no_error_so_that_web_flow_counts_it() throws Exception {
        assertFailed(webFlow.authenticate(USER, "wrong"));
        assertFailed(webFlow.authenticate(USER, Passwords.encrypted("wrong"), Passwords.ENCRYPTED));
    }

    @Test
    void after_five_wrong_passwords_the_right_one_fails_in_the_same_words() throws Exception {
        for (int wrong = 0; wrong < 5; wrong++) {
            assertFailed(webFlow.authenticate(USER, "wrong" + wrong));
        }
        assertFailed(webFlow.authenticate(USER, PASSWORD));
    }

    @Test
    void a_code_and_a_password_that_are_both_right_are_accepted_once() throws Exception {
        OperationContext login = login();
        Message message = adapter.message(webFlow.createCode(USER, login).getMessageId());
        assertEquals("Authorization code for login is " + message.code() + ".", message.text());
        assertEquals(Demo.PHONE, message.to());
        VerifySmsAndPasswordResponse answer = webFlow.verify(message.messageId(), message.code(), PASSWORD, login);
        assertEquals(WebFlow.CODE_ACCEPTED, answer.getSmsAuthorizationResult());
        assertEquals(WebFlow.AUTHENTICATED, answer.getUserAuthenticationResult());
        assertNull(answer.getErrorMessage());
        assertBothFailed(webFlow.verify(message.messageId(), message.code(), PASSWORD, login));
    }

    @Test
    void whichever_of_the_two_is_wrong_is_not_told() throws Exception {
        OperationContext login = login();
        Message message = adapter.message(webFlow.createCode(USER, login).getMessageId());
        assertBothFailed(webFlow.verify(message.messageId(), message.code(), "wrong", login));
        assertBothFailed(webFlow.verify(message.messageId(), message.wrongCode(), PASSWORD, login));
    }

    @Test
    void a_visitor_who_is_nobody_yet_seems_to_get_a_code_and_nothing_is_sent() throws Exception {
        CreateSmsAuthorizationResponse answer = webFlow.createCode(null, login());
        assertNotNull(answer.getMessageId());
        assertEquals(SmsDeliveryResult.SUCCEEDED, answer.getSmsDeliveryResult());
        assertNull(answer.getErrorMessage());
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void a_user_without_a_phone_gets_no_code_and_is_told_so() throws Exception {
        CreateSmsAuthorizationResponse answer = webFlow.createCode(USER_WITHOUT_PHONE, login());
        assertEquals(SmsDeliveryResult.FAILED, answer.getSmsDeliveryResult());
        assertEquals("smsAuthorization.deliveryFailed", answer.getErrorMessage());
    }

    private static void assertIsJohnDoe(UserDetailResponse user) {
        assertEquals(USER, user.getId());
        assertEquals("John", user.getGivenName());
        assertEquals("Doe", user.getFamilyName());
        assertEquals(RETAIL, user.getOrganizationId());
    }

    private static void assertFailed(UserAuthenticationResponse answer) {
        assertEquals(WebFlow.NOT_AUTHENTICATED, answer.getAuthenticationResult());
        assertEquals("login.authenticationFailed", answer.getErrorMessage());
        assertNull(answer.getRemainingAttempts());
        assertFalse(answer.getShowRemainingAttempts());
    }

    private static void assertBothFailed(VerifySmsAndPasswordResponse answer) {
        assertEquals(WebFlow.CODE_REFUSED, answer.getSmsAuthorizationResult());
        assertEquals(WebFlow.NOT_AUTHENTICATED, answer.getUserAuthenticationResult());
        assertEquals("login.authenticationFailed", answer.getErrorMessage());
        assertNull(answer.getRemainingAttempts());
    }
}
