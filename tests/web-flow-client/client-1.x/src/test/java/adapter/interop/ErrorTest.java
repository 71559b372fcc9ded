package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Demo.USERNAME;
import static adapter.interop.Operations.ACCOUNT;
import static adapter.interop.Operations.login;
import static adapter.interop.Operations.payment;
import static org.junit.jupiter.api.Assertions.assertEquals;

import adapter.interop.harness.DataAdapter;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Clients of this dialect read no error: the status alone tells them who is to blame. */
class ErrorTest extends ClientTest {
    private static final String THE_CALLER = "DATA_ADAPTER_CLIENT_ERROR";
    private static final String A_SYSTEM_BEHIND = "REMOTE_ERROR";

    @Test
    void a_username_that_nobody_has_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.lookup("nobody"));
    }

    @Test
    void a_user_id_that_nobody_has_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.info("99999999"));
    }

    @Test
    void a_username_that_is_empty_or_too_long_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.lookup(""));
        assertBlames(THE_CALLER, () -> webFlow.lookup("u".repeat(41)));
    }

    @Test
    void a_password_that_is_empty_or_too_long_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.authenticate(USER, ""));
        assertBlames(THE_CALLER, () -> webFlow.authenticate(USER, "p".repeat(129)));
    }

    @Test
    void a_login_without_an_operation_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.client.authenticateUser(USER, RETAIL, PASSWORD, Passwords.CLEAR, null));
    }

    @Test
    void a_payment_of_nothing_gets_no_code() {
        assertBlames(THE_CALLER, () -> webFlow.createCode(USER, payment(BigDecimal.ZERO, ACCOUNT)));
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void an_operation_that_nobody_knows_gets_no_code() {
        OperationContext unknown = login();
        unknown.setName("unknown");
        assertBlames(THE_CALLER, () -> webFlow.createCode(USER, unknown));
        assertEquals(List.of(), adapter.messages());
    }

    @Test
    void a_consent_without_a_required_tick_is_an_error_of_the_caller() {
        assertBlames(THE_CALLER, () -> webFlow.client.saveConsentForm(USER, RETAIL, payment(), List.of()));
    }

    @Test
    void a_system_that_does_not_answer_is_no_error_of_the_caller(@TempDir Path folder) throws Exception {
        // Nobody listens on the port of the discard service.
        Path core = Files.writeString(folder.resolve("core.toml"), """
                sandbox.enabled = true
                web_flow.dialect = "%s"
                capabilities.authentication = "core"
                backends.memory.demo_users = true
                backends.core = { kind = "rest", url = "http://127.0.0.1:9" }
                """.formatted(WebFlow.DIALECT));
        try (DataAdapter cut = DataAdapter.start(core)) {
            WebFlow webFlow = new WebFlow(cut.at(DataAdapter.CONTEXT_PATH));
            assertEquals(USER, webFlow.lookup(USERNAME).getId());
            assertBlames(A_SYSTEM_BEHIND, () -> webFlow.authenticate(USER, PASSWORD));
        }
    }

    private static void assertBlames(String whom, Executable call) {
        assertEquals(whom, refusal(call).getCode());
    }
}
