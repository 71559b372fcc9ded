import api.ApiClient;
import api.CodesApi;
import api.OperationsApi;
import api.UsersApi;
import api.model.*;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Logs in and pays, with the client that was generated into {@code api}. */
public class Client {
    private static final String ORGANIZATION = "RETAIL";
    private static final List<String> AMOUNTS = List.of("158121.10", "100", "0.1", "12345678901234567.89");

    private final ApiClient client = new ApiClient();
    private final URI inbox;

    private Client(String url, String inbox) {
        client.updateBaseUri(url);
        // A form is read into a tree first, in which a number is a double unless told otherwise.
        client.setObjectMapper(ApiClient.createDefaultObjectMapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false));
        this.inbox = URI.create(inbox);
    }

    public static void main(String[] arguments) throws Exception {
        Client client = new Client(arguments[0], arguments[1]);
        String user = client.logIn();
        for (String amount : AMOUNTS) {
            client.pay(user, new BigDecimal(amount));
        }
    }

    private static void check(boolean right, Object what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    private static String find(String pattern, String text) {
        var matcher = Pattern.compile(pattern).matcher(text);
        check(matcher.find(), text);
        return matcher.group(1);
    }

    /** The message that a code came in. */
    private String message(String id) throws Exception {
        var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(inbox).build(), BodyHandlers.ofString());
        for (JsonNode message : new ObjectMapper().readTree(answer.body())) {
            if (message.get("messageId").asText().equals(id)) {
                return message.get("text").asText();
            }
        }
        throw new AssertionError("no message");
    }

    /** Asks for a code, answers it, and says that the operation is done. Returns the message that the code came in. */
    private String approve(String user, OperationContext context) throws Exception {
        var codes = new CodesApi(client);
        var created = codes.createCode(new SmsCreateRequestEnvelope().requestObject(new SmsCreateRequest()
                .userId(user).organizationId(ORGANIZATION).operationContext(context).lang("en"))).getResponseObject();
        check(created.getSmsDeliveryResult() == SmsDeliveryResult.SUCCEEDED, created);
        String text = message(created.getMessageId());
        var verified = codes.verifyCode(new SmsVerifyRequestEnvelope().requestObject(new SmsVerifyRequest()
                .messageId(created.getMessageId()).authorizationCode(find("(\\d+)\\.$", text))
                .userId(user).organizationId(ORGANIZATION).operationContext(context))).getResponseObject();
        check(verified.getSmsAuthorizationResult().getValue().endsWith("SUCCEEDED"), verified);
        var done = new OperationsApi(client).operationChanged(new OperationChangeRequestEnvelope()
                .requestObject(new OperationChangeRequest().userId(user).organizationId(ORGANIZATION)
                        .operationContext(context).operationChange(OperationChange.DONE)));
        check(done.getStatus() == OkStatus.OK, done);
        return text;
    }

    private String logIn() throws Exception {
        var users = new UsersApi(client);
        var context = new OperationContext().id("login-1").name("login");
        var user = users.lookup(new UserLookupRequestEnvelope().requestObject(new UserLookupRequest()
                .username("user1234").organizationId(ORGANIZATION).operationContext(context))).getResponseObject();
        check(user.getId().equals("12345678") && user.getOrganizationId().equals(ORGANIZATION), user);
        var answer = users.authenticate(new UserAuthenticateRequestEnvelope().requestObject(new UserAuthenticateRequest()
                .userId(user.getId()).organizationId(ORGANIZATION).password("s3cret").operationContext(context)));
        var result = answer.getResponseObject().getAuthenticationResult();
        check(result.getValue().endsWith("SUCCEEDED"), answer);
        approve(user.getId(), context);
        return user.getId();
    }

    private void pay(String user, BigDecimal amount) throws Exception {
        var form = new FormData()
                .addParametersItem(new FormAttribute(new AmountAttribute().type("AMOUNT").id("operation.amount")
                        .amount(amount).currency("CZK").valueFormatType(ValueFormatType.AMOUNT)))
                .addParametersItem(new FormAttribute(new KeyValueAttribute().type("KEY_VALUE").id("operation.account")
                        .value("238400856/0300")));
        String id = "payment-" + amount;
        var context = new OperationContextWithForm().id(id).name("authorize_payment").formData(form);
        var decorated = new OperationsApi(client).decorateForm(new DecorateRequestEnvelope()
                .requestObject(new DecorateRequest().userId(user).organizationId(ORGANIZATION).operationContext(context)))
                .getResponseObject().getFormData();
        check(find(decorated, KeyValueAttribute.class).getValue().equals("238400856/0300"), decorated);
        var balances = find(decorated, BankAccountChoiceAttribute.class).getBankAccounts().stream()
                .map(BankAccount::getBalance).toList();
        var back = find(decorated, AmountAttribute.class).getAmount();
        var text = approve(user, new OperationContext().id(id).name("authorize_payment").formData(decorated));
        System.out.println(client.getObjectMapper().writeValueAsString(Map.of(
                "asked", find("payment of (\\S+)", text), "back", back, "balances", balances)));
    }

    private static <T> T find(FormData form, Class<T> kind) {
        return form.getParameters().stream().map(FormAttribute::getActualInstance).filter(kind::isInstance)
                .map(kind::cast).findFirst().orElseThrow();
    }
}
