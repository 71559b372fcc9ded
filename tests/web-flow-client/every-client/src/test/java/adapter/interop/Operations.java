package adapter.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.PartyInfo;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.attribute.FormFieldConfig;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.BannerType;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.ValueFormatType;
import io.getlime.security.powerauth.lib.nextstep.model.entity.ApplicationContext;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** Operations as Web Flow describes them. Each is a new one. */
final class Operations {
    static final String ACCOUNT = "238400856/0300";

    private Operations() {}

    static OperationContext login() {
        FormData form = form("login", "Login", "Hello", "Use this operation for login.");
        return operation("login", "A2", form);
    }

    static OperationContext payment() {
        return payment(new BigDecimal("100.00"), ACCOUNT);
    }

    static OperationContext payment(BigDecimal amount, String account) {
        FormData form =
                form("operation", "Confirm Payment", "Hello,\nplease confirm following payment:", "Žluťoučký kůň");
        form.getConfig().add(new FormFieldConfig("operation.bankAccountChoice", true, "CZ4012340000000012345678"));
        form.addAmount("operation.amount", amount, "operation.currency", "CZK");
        form.addKeyValue("operation.account", account, ValueFormatType.ACCOUNT);
        form.addKeyValue("operation.dueDate", "2019-06-29", ValueFormatType.DATE);
        form.addNote("operation.note", "Utility Bill Payment – žluťoučký");
        form.addPartyInfo(
                "operation.partyInfo",
                new PartyInfo("https://example.org/logo.png", "Shop", "A shop", "https://example.org/"));
        form.addBannerBeforeField(BannerType.BANNER_INFO, "banner.info", form.getAttributeById("operation.note"));
        return operation("authorize_payment", "A1*A100CZK*Q238400856/0300", form);
    }

    /** The same operation with another form, as it is when something changed on the way. */
    static OperationContext with(FormData form, OperationContext operation) {
        OperationContext changed = operation(operation.getName(), operation.getData(), form);
        changed.setId(operation.getId());
        return changed;
    }

    /** Attributes are equal when their ids are: only their JSON tells all of them. */
    static String json(FormData form) throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(form);
    }

    private static OperationContext operation(String name, String data, FormData form) {
        OperationContext operation = new OperationContext();
        operation.setId(UUID.randomUUID().toString());
        operation.setName(name);
        operation.setData(data);
        operation.setFormData(form);
        operation.setApplicationContext(bank());
        return operation;
    }

    private static FormData form(String prefix, String title, String greeting, String summary) {
        FormData form = new FormData();
        form.addTitle(prefix + ".title").setMessage(title);
        form.addGreeting(prefix + ".greeting").setMessage(greeting);
        form.addSummary(prefix + ".summary").setMessage(summary);
        return form;
    }

    private static ApplicationContext bank() {
        ApplicationContext bank = new ApplicationContext();
        bank.setId("BANK_ADAPTER");
        bank.setName("Bank Adapter");
        bank.setDescription("An example bank");
        bank.getExtras().put("_requestedScopes", List.of("aisp"));
        return bank;
    }
}
