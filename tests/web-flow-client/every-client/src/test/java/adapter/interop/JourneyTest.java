package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Demo.USERNAME;
import static adapter.interop.Operations.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.BankAccountChoice;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.ConsentOption;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.ConsentOptionValue;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationChange;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everything that one person does, in the order in which Web Flow asks. */
class JourneyTest extends ClientTest {
    @Test
    void a_person_mistypes_the_password_and_then_logs_in() throws Exception {
        OperationContext login = Operations.login();
        String user = webFlow.lookup(USERNAME).getId();
        assertEquals(
                WebFlow.NOT_AUTHENTICATED, webFlow.authenticate(user, "wrong").getAuthenticationResult());
        assertEquals(WebFlow.AUTHENTICATED, webFlow.authenticate(user, PASSWORD).getAuthenticationResult());
        consent(login);
        assertEquals("OK", webFlow.end(OperationChange.DONE, login).getStatus());
        assertEquals("Doe", webFlow.info(user).getFamilyName());
    }

    @Test
    void a_person_mistypes_the_code_and_then_approves_a_payment() throws Exception {
        OperationContext payment = Operations.payment();
        assertEquals(WebFlow.AUTHENTICATED, webFlow.authenticate(USER, PASSWORD).getAuthenticationResult());
        OperationContext shown = with(webFlow.decorate(payment), payment);
        BankAccountChoice account = new BankAccountChoice();
        account.setBankAccountId("CZ4012340000000012345678");
        assertEquals("OK", webFlow.change(account, shown).getStatus());
        Message message = adapter.message(webFlow.createCode(USER, shown).getMessageId());
        OperationContext chosen = with(chosen(webFlow.decorate(shown)), payment);
        assertEquals(
                WebFlow.CODE_REFUSED,
                webFlow.verify(message.messageId(), message.wrongCode(), chosen).getSmsAuthorizationResult());
        assertEquals(
                WebFlow.CODE_ACCEPTED,
                webFlow.verify(message.messageId(), message.code(), chosen).getSmsAuthorizationResult());
        consent(payment);
        assertEquals("OK", webFlow.end(OperationChange.DONE, payment).getStatus());
    }

    private static FormData chosen(FormData form) {
        form.addUserInput("operation.bankAccountChoice", "CZ4012340000000012345678");
        form.addUserInput("operation.bankAccountChoice.disabled", "true");
        return form;
    }

    private void consent(OperationContext operation) throws DataAdapterClientErrorException {
        assertTrue(webFlow.client
                .initConsentForm(USER, RETAIL, operation)
                .getResponseObject()
                .getShouldDisplayConsentForm());
        List<ConsentOption> options = webFlow.client
                .createConsentForm(USER, RETAIL, operation, "en")
                .getResponseObject()
                .getOptions();
        options.forEach(option -> option.setValue(ConsentOptionValue.CHECKED));
        assertTrue(webFlow.client
                .validateConsentForm(USER, RETAIL, operation, "en", options)
                .getResponseObject()
                .getConsentValidationPassed());
        assertTrue(webFlow.client
                .saveConsentForm(USER, RETAIL, operation, options)
                .getResponseObject()
                .isSaveSucceeded());
    }
}
