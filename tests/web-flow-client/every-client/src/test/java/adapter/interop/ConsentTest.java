package adapter.interop;

import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.ConsentOption;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.ConsentOptionValidationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.ConsentOptionValue;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateConsentFormResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.ValidateConsentFormResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsentTest extends ClientTest {
    private final OperationContext payment = Operations.payment();

    @Test
    void a_consent_is_asked_for() throws Exception {
        assertTrue(webFlow.client
                .initConsentForm(USER, RETAIL, payment)
                .getResponseObject()
                .getShouldDisplayConsentForm());
    }

    @Test
    void the_form_says_what_can_be_ticked() throws Exception {
        CreateConsentFormResponse form = form("en");
        assertTrue(form.getConsentHtml().startsWith("I consent that I have initiated this payment request"));
        assertEquals(
                List.of("CONSENT_INIT", "CONSENT_PAYMENT"),
                form.getOptions().stream().map(ConsentOption::getId).toList());
        ConsentOption option = form.getOptions().get(0);
        assertEquals("I consent that I have initiated this payment operation.", option.getDescriptionHtml());
        assertTrue(option.isRequired());
        assertEquals(ConsentOptionValue.NOT_CHECKED, option.getDefaultValue());
    }

    @Test
    void the_form_is_in_the_language_of_the_person() throws Exception {
        assertTrue(form("cs").getConsentHtml().startsWith("Souhlasím s tím, že jsem tuto platbu zahájil(a)"));
    }

    @Test
    void a_form_with_everything_ticked_passes_and_is_saved() throws Exception {
        List<ConsentOption> options = form("en").getOptions();
        options.forEach(option -> option.setValue(ConsentOptionValue.CHECKED));
        ValidateConsentFormResponse answer = validate(options);
        assertTrue(answer.getConsentValidationPassed());
        assertNull(answer.getValidationErrorMessage());
        assertTrue(webFlow.client
                .saveConsentForm(USER, RETAIL, payment, options)
                .getResponseObject()
                .isSaveSucceeded());
    }

    @Test
    void a_form_without_a_required_tick_does_not_pass_and_says_which() throws Exception {
        List<ConsentOption> options = form("en").getOptions();
        options.get(0).setValue(ConsentOptionValue.CHECKED);
        options.get(1).setValue(ConsentOptionValue.NOT_CHECKED);
        ValidateConsentFormResponse answer = validate(options);
        assertFalse(answer.getConsentValidationPassed());
        assertEquals("Please fill in the whole consent form.", answer.getValidationErrorMessage());
        ConsentOptionValidationResult failed = answer.getOptionValidationResults().stream()
                .filter(result -> !result.getValidationPassed())
                .reduce((one, other) -> new ConsentOptionValidationResult("more than one", false, null))
                .orElseThrow();
        assertEquals("CONSENT_PAYMENT", failed.getId());
    }

    @Test
    void a_form_without_a_required_tick_is_not_saved() throws Exception {
        List<ConsentOption> options = form("en").getOptions();
        options.forEach(option -> option.setValue(ConsentOptionValue.NOT_CHECKED));
        refusal(() -> webFlow.client.saveConsentForm(USER, RETAIL, payment, options));
    }

    private CreateConsentFormResponse form(String language) throws DataAdapterClientErrorException {
        return webFlow.client.createConsentForm(USER, RETAIL, payment, language).getResponseObject();
    }

    private ValidateConsentFormResponse validate(List<ConsentOption> options) throws DataAdapterClientErrorException {
        return webFlow.client
                .validateConsentForm(USER, RETAIL, payment, "en", options)
                .getResponseObject();
    }
}
