package adapter.interop;

import static adapter.interop.Demo.PHONE;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import adapter.interop.harness.Message;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.UserContact;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.AccountStatus;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.AuthMethod;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Where a code goes, when Web Flow knows contacts of the user. */
class ContactsTest extends ClientTest {
    private static final String OTHER_PHONE = "+420123456789";

    private final OperationContext payment = Operations.payment();

    @Test
    void a_phone_that_web_flow_names_goes_before_that_of_the_user() throws Exception {
        Message message = create(List.of(contact(UserContact.Type.PHONE, OTHER_PHONE)));
        assertEquals(OTHER_PHONE, message.to());
        assertEquals(
                WebFlow.CODE_ACCEPTED,
                webFlow.verify(message.messageId(), message.code(), payment).getSmsAuthorizationResult());
    }

    @Test
    void other_contacts_than_phones_leave_it_at_that_of_the_user() throws Exception {
        assertEquals(
                PHONE,
                create(List.of(contact(UserContact.Type.EMAIL, "john@example.org")))
                        .to());
    }

    @Test
    void a_code_that_web_flow_made_goes_to_the_phone_that_it_names() throws Exception {
        List<UserContact> contacts = List.of(contact(UserContact.Type.PHONE, OTHER_PHONE));
        String messageId = UUID.randomUUID().toString();
        Version.sendCode(webFlow.client, contacts, payment, messageId, "41947166");
        assertEquals(OTHER_PHONE, adapter.message(messageId).to());
    }

    private Message create(List<UserContact> contacts) throws DataAdapterClientErrorException {
        var answer = webFlow.client.createAndSendAuthorizationSms(
                USER, RETAIL, contacts, AccountStatus.ACTIVE, AuthMethod.SMS_KEY, payment, "en", false);
        return adapter.message(answer.getResponseObject().getMessageId());
    }

    private static UserContact contact(UserContact.Type type, String value) {
        UserContact contact = new UserContact();
        contact.setContactName("of the user");
        contact.setContactType(type);
        contact.setContactValue(value);
        contact.setPrimary(true);
        contact.setTimestampCreated(new Date());
        return contact;
    }
}
