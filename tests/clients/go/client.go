// Logs in and pays, with the client that was generated into api.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"

	"generated-client/api"
)

const organization = "RETAIL"

var amounts = []api.Amount{"158121.10", "100", "0.1", "12345678901234567.89"}

var (
	client *api.ClientWithResponses
	inbox  string
	ctx    = context.Background()
)

func check(right bool, what any) {
	if !right {
		panic(fmt.Sprintf("%+v", what))
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func to[T any](value T) *T { return &value }

// The message that a code came in.
func message(id string) string {
	answer := must(http.Get(inbox))
	defer answer.Body.Close()
	var messages []struct{ MessageId, Text string }
	check(json.NewDecoder(answer.Body).Decode(&messages) == nil, "the messages")
	for _, message := range messages {
		if message.MessageId == id {
			return message.Text
		}
	}
	panic("no message")
}

// Asks for a code, answers it, and says that the operation is done. Returns the message that the code came in.
func approve(user string, operation api.OperationContext) string {
	created := must(client.CreateCodeWithResponse(ctx, api.SmsCreateRequestEnvelope{RequestObject: api.SmsCreateRequest{
		UserId: &user, OrganizationId: to(organization), OperationContext: operation, Lang: to("en"),
	}})).JSON200.ResponseObject
	check(created.SmsDeliveryResult == "SUCCEEDED", created)
	text := message(created.MessageId)
	code := strings.TrimSuffix(regexp.MustCompile(`\d+\.$`).FindString(text), ".")
	verified := must(client.VerifyCodeWithResponse(ctx, api.SmsVerifyRequestEnvelope{RequestObject: api.SmsVerifyRequest{
		MessageId: created.MessageId, AuthorizationCode: &code, UserId: &user, OrganizationId: to(organization),
		OperationContext: operation,
	}})).JSON200.ResponseObject
	check(strings.HasSuffix(string(verified.SmsAuthorizationResult), "SUCCEEDED"), verified)
	change := api.OperationChangeRequest{
		UserId: &user, OrganizationId: to(organization), OperationContext: operation, OperationChange: "DONE",
	}
	done := must(client.OperationChangedWithResponse(ctx, api.OperationChangeRequestEnvelope{RequestObject: change}))
	check(done.JSON200.Status == "OK", done)
	return text
}

func logIn() string {
	operation := api.OperationContext{Id: "login-1", Name: "login"}
	found := must(client.LookupWithResponse(ctx, api.UserLookupRequestEnvelope{RequestObject: api.UserLookupRequest{
		Username: "user1234", OrganizationId: organization, OperationContext: operation,
	}})).JSON200.ResponseObject
	check(found.Id == "12345678" && found.OrganizationId == organization, found)
	request := api.UserAuthenticateRequest{
		UserId: found.Id, OrganizationId: organization, Password: "s3cret", OperationContext: operation,
	}
	answer := must(client.AuthenticateWithResponse(ctx, api.UserAuthenticateRequestEnvelope{RequestObject: request}))
	result := string(answer.JSON200.ResponseObject.AuthenticationResult)
	check(strings.HasSuffix(result, "SUCCEEDED"), result)
	approve(found.Id, operation)
	return found.Id
}

func find[T any](form api.FormData, kind string) T {
	for _, attribute := range *form.Parameters {
		if must(attribute.Discriminator()) == kind {
			return must(attribute.ValueByDiscriminator()).(T)
		}
	}
	panic("no " + kind)
}

func pay(user string, amount api.Amount) {
	var parameters [2]api.FormAttribute
	check(parameters[0].FromAmountAttribute(api.AmountAttribute{
		Id: to("operation.amount"), Amount: &amount, Currency: to("CZK"),
		ValueFormatType: to(api.ValueFormatType("AMOUNT")),
	}) == nil, amount)
	check(parameters[1].FromKeyValueAttribute(api.KeyValueAttribute{
		Id: to("operation.account"), Value: to("238400856/0300"),
	}) == nil, amount)
	form := api.FormData{Parameters: to(parameters[:])}
	id, name := "payment-"+amount.String(), "authorize_payment"
	request := api.DecorateRequest{
		UserId: user, OrganizationId: to(organization),
		OperationContext: api.OperationContextWithForm{Id: id, Name: name, FormData: form},
	}
	answer := must(client.DecorateFormWithResponse(ctx, api.DecorateRequestEnvelope{RequestObject: request}))
	decorated := answer.JSON200.ResponseObject.FormData
	back := find[api.AmountAttribute](decorated, "AMOUNT")
	payee := find[api.KeyValueAttribute](decorated, "KEY_VALUE")
	check(*payee.Value == "238400856/0300", payee)
	choice := find[api.BankAccountChoiceAttribute](decorated, "BANK_ACCOUNT_CHOICE")
	text := approve(user, api.OperationContext{Id: id, Name: name, FormData: &decorated})
	var balances []api.Amount
	for _, account := range *choice.BankAccounts {
		balances = append(balances, *account.Balance)
	}
	asked := regexp.MustCompile(`payment of (\S+)`).FindStringSubmatch(text)[1]
	line := map[string]any{"asked": asked, "back": back.Amount, "balances": balances}
	fmt.Println(string(must(json.Marshal(line))))
}

func main() {
	http.DefaultTransport.(*http.Transport).Proxy = nil
	client, inbox = must(api.NewClientWithResponses(os.Args[1])), os.Args[2]
	user := logIn()
	for _, amount := range amounts {
		pay(user, amount)
	}
}
