package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.USER;
import static adapter.interop.Operations.payment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import adapter.interop.harness.DataAdapter;
import adapter.interop.harness.Message;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The client reads one dialect alone: swapping the two breaks it. */
class DialectTest {
    private static final String OTHER = "/other";

    @AutoClose
    final DataAdapter adapter = start(WebFlow.DIALECT);

    private final WebFlow own = new WebFlow(adapter.at(DataAdapter.CONTEXT_PATH));
    private final WebFlow other = new WebFlow(adapter.at(OTHER));

    @Test
    void the_result_of_an_authentication_can_be_read_in_its_own_dialect_alone() throws Exception {
        assertEquals(WebFlow.AUTHENTICATED, own.authenticate(USER, PASSWORD).getAuthenticationResult());
        assertEquals(WebFlow.UNKNOWN_RESULT, unreadable(() -> other.authenticate(USER, PASSWORD)));
    }

    @Test
    void the_result_of_a_verification_can_be_read_in_its_own_dialect_alone() throws Exception {
        OperationContext payment = payment();
        Message message = adapter.message(own.createCode(USER, payment).getMessageId());
        assertEquals(
                WebFlow.UNKNOWN_RESULT, unreadable(() -> other.verify(message.messageId(), message.code(), payment)));
        // Both paths lead to the same codes: the other answer could not be read, but it used this one up.
        assertEquals(
                "smsAuthorization.alreadyVerified",
                own.verify(message.messageId(), message.code(), payment).getErrorMessage());
    }

    @Test
    void its_own_dialect_can_be_the_one_at_the_other_path() throws Exception {
        try (DataAdapter swapped = start(WebFlow.OTHER_DIALECT)) {
            WebFlow there = new WebFlow(swapped.at(OTHER));
            assertEquals(
                    WebFlow.AUTHENTICATED, there.authenticate(USER, PASSWORD).getAuthenticationResult());
            WebFlow here = new WebFlow(swapped.at(DataAdapter.CONTEXT_PATH));
            assertEquals(WebFlow.UNKNOWN_RESULT, unreadable(() -> here.authenticate(USER, PASSWORD)));
        }
    }

    private static DataAdapter start(String dialect) {
        return DataAdapter.start(Map.of("WEB_FLOW__DIALECT", dialect, "WEB_FLOW__OTHER_CONTEXT_PATH", OTHER));
    }

    /** The value that the client cannot read. */
    private static Object unreadable(Executable call) {
        Throwable cause = assertThrows(Exception.class, call);
        while (cause != null && !(cause instanceof InvalidFormatException)) {
            cause = cause.getCause();
        }
        return assertInstanceOf(InvalidFormatException.class, cause).getValue();
    }
}
