package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Operations.login;
import static adapter.interop.Operations.payment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.getlime.security.powerauth.lib.dataadapter.model.entity.DataAdapterError;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client of this version reads what an error says, and Web Flow shows its message to the person. */
class ErrorTest extends ClientTest {
    @Test
    void a_username_that_nobody_has_is_told_as_such() {
        DataAdapterError error = refusal(() -> webFlow.lookup("nobody"));
        assertError("USER_NOT_FOUND", "login.userNotFound", error);
        assertNull(error.getValidationErrors());
    }

    @Test
    void a_user_id_that_nobody_has_is_told_as_such() {
        assertError("USER_NOT_FOUND", "login.userNotFound", refusal(() -> webFlow.info("99999999")));
    }

    @Test
    void an_empty_username_is_refused_with_the_message_that_web_flow_knows() {
        DataAdapterError error = refusal(() -> webFlow.lookup(""));
        assertError("INPUT_INVALID", "login.username.empty", error);
        List<String> variants = List.of(
                "login.username.empty.objectRequest.requestObject.username",
                "login.username.empty.requestObject.username",
                "login.username.empty.username",
                "login.username.empty.java.lang.String",
                "login.username.empty");
        assertEquals(variants, error.getValidationErrors());
    }

    @Test
    void a_username_that_is_too_long_is_refused() {
        assertError("INPUT_INVALID", "login.username.long", refusal(() -> webFlow.lookup("u".repeat(41))));
    }

    @Test
    void a_password_that_is_empty_or_too_long_is_refused() {
        assertError("INPUT_INVALID", "login.password.empty", refusal(() -> webFlow.authenticate(USER, "")));
        assertError("INPUT_INVALID", "login.password.long", refusal(() -> webFlow.authenticate(USER, "p".repeat(129))));
    }

    @Test
    void a_login_without_an_operation_is_refused() {
        DataAdapterError error =
                refusal(() -> webFlow.client.authenticateUser(USER, RETAIL, PASSWORD, Passwords.CLEAR, null));
        assertError("INPUT_INVALID", "login.authenticationFailed", error);
        assertEquals(
                "operationContext.missing",
                error.getValidationErrors().get(error.getValidationErrors().size() - 1));
    }

    @Test
    void a_payment_of_nothing_gets_no_code() {
        OperationContext nothing = payment(BigDecimal.ZERO, Operations.ACCOUNT);
        DataAdapterError error = refusal(() -> webFlow.createCode(USER, nothing));
        assertEquals("INPUT_INVALID", error.getCode());
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void an_operation_that_nobody_knows_gets_no_code() {
        OperationContext unknown = login();
        unknown.setName("unknown");
        assertEquals(
                "OPERATION_CONTEXT_INVALID",
                refusal(() -> webFlow.createCode(USER, unknown)).getCode());
    }

    @Test
    void a_consent_without_a_required_tick_is_refused() {
        DataAdapterError error = refusal(() -> webFlow.client.saveConsentForm(USER, RETAIL, payment(), List.of()));
        assertError("CONSENT_DATA_INVALID", "consent.invalidRequest", error);
    }

    private static void assertError(String code, String message, DataAdapterError error) {
        assertEquals(code, error.getCode());
        assertEquals(message, error.getMessage());
    }
}
