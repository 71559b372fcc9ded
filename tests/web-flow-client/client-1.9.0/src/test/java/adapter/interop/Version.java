package adapter.interop;

import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;

import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClient;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.UserContact;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AccountStatus;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.SendAuthorizationSmsResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifyCertificateResponse;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthInstrument;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthMethod;
import java.util.List;

/** The calls that differ between versions of the client. In this one Web Flow can name the contacts of the user. */
final class Version {
    private static final String SIGNED_MESSAGE = "c2lnbmF0dXJl";

    private Version() {}

    static CreateSmsAuthorizationResponse createCode(
            DataAdapterClient client,
            String user,
            AccountStatus status,
            OperationContext operation,
            String language,
            boolean resend)
            throws DataAdapterClientErrorException {
        return client.createAndSendAuthorizationSms(
                        user, RETAIL, List.of(), status, AuthMethod.SMS_KEY, operation, language, resend)
                .getResponseObject();
    }

    static SendAuthorizationSmsResponse sendCode(
            DataAdapterClient client, OperationContext operation, String messageId, String code)
            throws DataAdapterClientErrorException {
        return sendCode(client, List.of(), operation, messageId, code);
    }

    static SendAuthorizationSmsResponse sendCode(
            DataAdapterClient client,
            List<UserContact> contacts,
            OperationContext operation,
            String messageId,
            String code)
            throws DataAdapterClientErrorException {
        return client.sendAuthorizationSms(
                        USER,
                        RETAIL,
                        contacts,
                        AccountStatus.ACTIVE,
                        AuthMethod.SMS_KEY,
                        operation,
                        messageId,
                        code,
                        "en",
                        false)
                .getResponseObject();
    }

    static VerifyCertificateResponse verifyCertificate(
            DataAdapterClient client, String certificate, OperationContext operation)
            throws DataAdapterClientErrorException {
        return client.verifyCertificate(
                        USER,
                        RETAIL,
                        certificate,
                        SIGNED_MESSAGE,
                        AuthInstrument.CLIENT_CERTIFICATE,
                        AuthMethod.LOGIN_SCA,
                        AccountStatus.ACTIVE,
                        operation)
                .getResponseObject();
    }
}
