package adapter.interop;

import static adapter.interop.Operations.json;
import static adapter.interop.Operations.login;
import static adapter.interop.Operations.payment;
import static adapter.interop.Operations.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.getlime.security.powerauth.lib.dataadapter.model.entity.AuthMethodChoice;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.BankAccount;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.BankAccountChoice;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.attribute.Attribute;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.attribute.BankAccountChoiceAttribute;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormTest extends ClientTest {
    private final OperationContext payment = payment();

    @Test
    void the_form_of_a_payment_gets_the_accounts_of_the_user() throws Exception {
        BankAccountChoiceAttribute choice = choice(webFlow.decorate(payment));
        assertTrue(choice.isEnabled());
        assertEquals("CZ4012340000000012345678", choice.getDefaultValue());
        assertEquals(3, choice.getBankAccounts().size());
        BankAccount savings = choice.getBankAccounts().get(1);
        assertEquals("87654321/4321", savings.getNumber());
        assertEquals("CZ4043210000000087654321", savings.getAccountId());
        assertEquals("Spořící účet v CZK", savings.getName());
        assertEquals(new BigDecimal("158121.10"), savings.getBalance());
        assertEquals("CZK", savings.getCurrency());
        assertTrue(savings.isUsableForPayment());
        BankAccount empty = choice.getBankAccounts().get(2);
        assertFalse(empty.isUsableForPayment());
        assertEquals("Low account balance", empty.getUnusableForPaymentReason());
    }

    @Test
    void everything_else_in_the_form_comes_back_as_it_was_sent() throws Exception {
        FormData decorated = webFlow.decorate(payment);
        decorated.getParameters().remove(choice(decorated));
        assertEquals(json(payment.getFormData()), json(decorated));
    }

    @Test
    void a_form_that_is_decorated_twice_has_the_accounts_once() throws Exception {
        FormData once = webFlow.decorate(payment);
        FormData twice = webFlow.decorate(with(once, payment));
        assertEquals(json(once), json(twice));
    }

    @Test
    void the_form_of_a_login_comes_back_as_it_was_sent() throws Exception {
        OperationContext login = login();
        assertEquals(json(login.getFormData()), json(webFlow.decorate(login)));
    }

    @Test
    void the_choice_of_an_account_is_taken_note_of() throws Exception {
        BankAccountChoice choice = new BankAccountChoice();
        choice.setBankAccountId("CZ4012340000000012345678");
        assertEquals("OK", webFlow.change(choice, payment).getStatus());
    }

    @Test
    void the_choice_of_an_authentication_method_is_taken_note_of() throws Exception {
        AuthMethodChoice choice = new AuthMethodChoice();
        choice.setChosenAuthMethod(AuthMethodChoice.ChosenAuthMethod.SMS_KEY);
        assertEquals("OK", webFlow.change(choice, payment).getStatus());
    }

    private static BankAccountChoiceAttribute choice(FormData form) {
        List<Attribute> choices = form.getParameters().stream()
                .filter(BankAccountChoiceAttribute.class::isInstance)
                .toList();
        assertEquals(1, choices.size());
        return assertInstanceOf(BankAccountChoiceAttribute.class, choices.get(0));
    }
}
