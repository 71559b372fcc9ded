package adapter.interop;

import static adapter.interop.Demo.PHONE;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Demo.USERNAME;
import static adapter.interop.Operations.login;
import static adapter.interop.Operations.payment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AccountStatus;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AfsAction;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AfsAuthInstrument;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AfsType;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.CertificateAuthenticationMode;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.CertificateVerificationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsDeliveryResult;
import io.getlime.security.powerauth.lib.dataadapter.model.request.AfsRequestParameters;
import io.getlime.security.powerauth.lib.dataadapter.model.response.AfsResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateImplicitLoginOperationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.GetPAOperationMappingResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.InitAuthMethodResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.SendAuthorizationSmsResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifyCertificateResponse;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthMethod;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthStepResult;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Web Flow asks for since 0.23. */
class LaterOperationsTest extends ClientTest {
    @Test
    void certificates_are_not_offered_while_none_are_configured() throws Exception {
        InitAuthMethodResponse answer = webFlow.client
                .initAuthMethod(USER, RETAIL, AuthMethod.LOGIN_SCA, login())
                .getResponseObject();
        assertEquals(CertificateAuthenticationMode.NOT_AVAILABLE, answer.getCertificateAuthenticationMode());
        assertNull(answer.getCertificateVerificationUrl());
    }

    @Test
    void what_is_no_certificate_fails() throws Exception {
        String garbage = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        VerifyCertificateResponse answer = Version.verifyCertificate(webFlow.client, garbage, login());
        assertEquals(CertificateVerificationResult.FAILED, answer.getCertificateVerificationResult());
        assertNotNull(answer.getErrorMessage());
        assertEquals(AccountStatus.ACTIVE, answer.getAccountStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"login_sca", "authorize_payment_sca"})
    void the_login_of_a_longer_operation_is_shown_in_the_mobile_app_as_a_login(String name) throws Exception {
        OperationContext operation = payment();
        operation.setName(name);
        operation.getFormData().addUserInput("operation.bankAccountChoice", "CZ4012340000000012345678");
        GetPAOperationMappingResponse answer = map(AuthMethod.LOGIN_SCA, operation);
        assertEquals("login", answer.getTemplateName());
        assertEquals("login", answer.getOperationName());
        assertEquals("A2", answer.getOperationData());
        FormData form = answer.getFormData();
        assertEquals("login.title", form.getTitle().getId());
        assertEquals("login.greeting", form.getGreeting().getId());
        assertEquals("login.summary", form.getSummary().getId());
        assertEquals(operation.getFormData().getUserInput(), form.getUserInput());
    }

    @Test
    void any_other_step_is_shown_in_the_mobile_app_as_it_is() throws Exception {
        OperationContext payment = payment();
        payment.setName("authorize_payment_sca");
        GetPAOperationMappingResponse answer = map(AuthMethod.APPROVAL_SCA, payment);
        assertEquals("authorize_payment_sca", answer.getTemplateName());
        assertEquals("authorize_payment_sca", answer.getOperationName());
        assertEquals(payment.getData(), answer.getOperationData());
        assertEquals(Operations.json(payment.getFormData()), Operations.json(answer.getFormData()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aisp", "pisp"})
    void an_application_that_starts_without_an_operation_gets_a_login(String scope) throws Exception {
        String[] scopes = {"profile", scope};
        CreateImplicitLoginOperationResponse answer = webFlow.client
                .createImplicitLoginOperation("democlient", scopes)
                .getResponseObject();
        assertEquals("login_sca", answer.getName());
        assertNotNull(answer.getFormData().getTitle());
        assertNotNull(answer.getFormData().getGreeting());
        assertNotNull(answer.getFormData().getSummary());
        assertEquals("democlient", answer.getApplicationContext().getId());
        assertEquals(List.of(scopes), answer.getApplicationContext().getOriginalScopes());
    }

    @Test
    void a_code_that_web_flow_made_is_delivered_with_what_it_approves() throws Exception {
        String messageId = UUID.randomUUID().toString();
        SendAuthorizationSmsResponse answer = Version.sendCode(webFlow.client, payment(), messageId, "41947166");
        assertEquals(messageId, answer.getMessageId());
        assertEquals(SmsDeliveryResult.SUCCEEDED, answer.getSmsDeliveryResult());
        assertNull(answer.getErrorMessage());
        String text = "Authorization code for payment of 100.00 CZK to account 238400856/0300 is 41947166.";
        assertEquals(List.of(new Message(messageId, PHONE, text)), adapter.messages());
    }

    @Test
    void without_an_anti_fraud_system_no_step_is_skipped() throws Exception {
        AfsRequestParameters parameters = new AfsRequestParameters(
                AfsType.THREAT_MARK,
                AfsAction.APPROVAL_AUTH,
                "192.0.2.7",
                1,
                USERNAME,
                List.of(AfsAuthInstrument.CREDENTIAL, AfsAuthInstrument.OTP_KEY),
                AuthStepResult.CONFIRMED,
                null);
        AfsResponse answer = webFlow.client
                .executeAfsAction(USER, RETAIL, payment(), parameters, Map.of("tm_device_tag", "abc"))
                .getResponseObject();
        assertFalse(answer.isAfsResponseApplied());
    }

    private GetPAOperationMappingResponse map(AuthMethod method, OperationContext operation)
            throws DataAdapterClientErrorException {
        return webFlow.client
                .getPAOperationMapping(USER, RETAIL, method, operation)
                .getResponseObject();
    }
}
