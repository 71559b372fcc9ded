package adapter.interop;

import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static adapter.interop.Operations.login;

import io.getlime.core.rest.model.base.response.Response;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClient;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.AuthenticationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormDataChange;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationChange;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsAuthorizationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.UserAuthenticationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserAuthenticationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserDetailResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAndPasswordResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAuthorizationResponse;

/** The client of this version, and how Web Flow calls it. */
final class WebFlow {
    static final String DIALECT = "0.22";
    static final String OTHER_DIALECT = "1";

    static final UserAuthenticationResult AUTHENTICATED = UserAuthenticationResult.VERIFIED_SUCCEEDED;
    static final UserAuthenticationResult NOT_AUTHENTICATED = UserAuthenticationResult.VERIFIED_FAILED;
    static final SmsAuthorizationResult CODE_ACCEPTED = SmsAuthorizationResult.VERIFIED_SUCCEEDED;
    static final SmsAuthorizationResult CODE_REFUSED = SmsAuthorizationResult.VERIFIED_FAILED;

    /** What the other dialect says in place of {@link #AUTHENTICATED} and of {@link #CODE_ACCEPTED}. */
    static final String UNKNOWN_RESULT = "SUCCEEDED";

    final DataAdapterClient client;

    WebFlow(String url) {
        client = new DataAdapterClient(url);
    }

    UserDetailResponse lookup(String username) throws DataAdapterClientErrorException {
        return client.lookupUser(username, RETAIL, login()).getResponseObject();
    }

    UserDetailResponse info(String user) throws DataAdapterClientErrorException {
        return client.fetchUserDetail(user, RETAIL).getResponseObject();
    }

    UserAuthenticationResponse authenticate(String user, String password) throws DataAdapterClientErrorException {
        return authenticate(user, password, Passwords.CLEAR);
    }

    UserAuthenticationResponse authenticate(String user, String password, AuthenticationContext protection)
            throws DataAdapterClientErrorException {
        return client.authenticateUser(user, RETAIL, password, protection, login())
                .getResponseObject();
    }

    CreateSmsAuthorizationResponse createCode(String user, OperationContext operation)
            throws DataAdapterClientErrorException {
        return createCode(user, operation, "en", false);
    }

    CreateSmsAuthorizationResponse createCode(String user, OperationContext operation, String language, boolean resend)
            throws DataAdapterClientErrorException {
        return client.createAuthorizationSms(user, RETAIL, operation, language, resend)
                .getResponseObject();
    }

    VerifySmsAuthorizationResponse verify(String messageId, String code, OperationContext operation)
            throws DataAdapterClientErrorException {
        return client.verifyAuthorizationSms(messageId, code, USER, RETAIL, operation)
                .getResponseObject();
    }

    VerifySmsAndPasswordResponse verify(String messageId, String code, String password, OperationContext operation)
            throws DataAdapterClientErrorException {
        return client.verifyAuthorizationSmsAndPassword(
                        messageId, code, USER, RETAIL, password, Passwords.CLEAR, operation)
                .getResponseObject();
    }

    FormData decorate(OperationContext operation) throws DataAdapterClientErrorException {
        return client.decorateOperationFormData(USER, RETAIL, operation)
                .getResponseObject()
                .getFormData();
    }

    Response change(FormDataChange change, OperationContext operation) throws DataAdapterClientErrorException {
        return client.formDataChangedNotification(change, USER, RETAIL, operation);
    }

    Response end(OperationChange change, OperationContext operation) throws DataAdapterClientErrorException {
        return client.operationChangedNotification(change, USER, RETAIL, operation);
    }
}
