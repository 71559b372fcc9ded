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
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AccountStatus;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.SmsAuthorizationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.UserAuthenticationResult;
import io.getlime.security.powerauth.lib.dataadapter.model.response.CreateSmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserAuthenticationResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.UserDetailResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAndPasswordResponse;
import io.getlime.security.powerauth.lib.dataadapter.model.response.VerifySmsAuthorizationResponse;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthMethod;

/** A client of this dialect, and how Web Flow calls it. */
final class WebFlow {
    static final String DIALECT = "1";
    static final String OTHER_DIALECT = "0.22";

    static final UserAuthenticationResult AUTHENTICATED = UserAuthenticationResult.SUCCEEDED;
    static final UserAuthenticationResult NOT_AUTHENTICATED = UserAuthenticationResult.FAILED;
    static final SmsAuthorizationResult CODE_ACCEPTED = SmsAuthorizationResult.SUCCEEDED;
    static final SmsAuthorizationResult CODE_REFUSED = SmsAuthorizationResult.FAILED;

    /** What the other dialect says in place of {@link #AUTHENTICATED} and of {@link #CODE_ACCEPTED}. */
    static final String UNKNOWN_RESULT = "VERIFIED_SUCCEEDED";

    final DataAdapterClient client;

    WebFlow(String url) {
        try {
            client = new DataAdapterClient(url);
        } catch (DataAdapterClientErrorException e) {
            throw new IllegalArgumentException(url, e);
        }
    }

    UserDetailResponse lookup(String username) throws DataAdapterClientErrorException {
        return client.lookupUser(username, RETAIL, null, login()).getResponseObject();
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
        AccountStatus status = user == null ? null : AccountStatus.ACTIVE;
        return Version.createCode(client, user, status, operation, language, resend);
    }

    VerifySmsAuthorizationResponse verify(String messageId, String code, OperationContext operation)
            throws DataAdapterClientErrorException {
        return verify(messageId, code, USER, AccountStatus.ACTIVE, operation);
    }

    VerifySmsAuthorizationResponse verify(
            String messageId, String code, String user, AccountStatus status, OperationContext operation)
            throws DataAdapterClientErrorException {
        return client.verifyAuthorizationSms(messageId, code, user, RETAIL, status, operation)
                .getResponseObject();
    }

    VerifySmsAndPasswordResponse verify(String messageId, String code, String password, OperationContext operation)
            throws DataAdapterClientErrorException {
        return verify(messageId, code, USER, AccountStatus.ACTIVE, password, operation);
    }

    VerifySmsAndPasswordResponse verify(
            String messageId,
            String code,
            String user,
            AccountStatus status,
            String password,
            OperationContext operation)
            throws DataAdapterClientErrorException {
        return client.verifyAuthorizationSmsAndPassword(
                        messageId, code, user, RETAIL, status, password, Passwords.CLEAR, operation)
                .getResponseObject();
    }

    FormData decorate(OperationContext operation) throws DataAdapterClientErrorException {
        return client.decorateOperationFormData(USER, RETAIL, AuthMethod.SHOW_OPERATION_DETAIL, operation)
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
