// Logs in and pays, with the types that were generated into api.d.ts.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

const organizationId = "RETAIL";
const amounts = [158121.10, 100, 0.1, 12345678901234567.89];
const [baseUrl = "", inbox = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });

// What an answer holds; an error where there is another answer.
function answered<T extends { status: string }>(result: { data?: T; error?: unknown }): T {
  assert.equal(result.error, undefined);
  assert.equal(result.data?.status, "OK");
  return result.data as T;
}

// Asks for a code, answers it, and says that the operation is done. Returns the message that the code came in.
async function approve(userId: string, operationContext: Schemas["OperationContext"]): Promise<string> {
  const created = answered(await client.POST("/api/auth/sms/create", {
    body: { requestObject: { userId, organizationId, operationContext, lang: "en" } },
  })).responseObject;
  assert.equal(created.smsDeliveryResult, "SUCCEEDED");
  const messages: { messageId: string; text: string }[] = await (await fetch(inbox)).json();
  const text = messages.find(message => message.messageId === created.messageId)?.text ?? "";
  const authorizationCode = /(\d+)\.$/.exec(text)?.[1] ?? "";
  const verified = answered(await client.POST("/api/auth/sms/verify", {
    body: {
      requestObject: { messageId: created.messageId, authorizationCode, userId, organizationId, operationContext },
    },
  })).responseObject;
  assert.match(verified.smsAuthorizationResult, /SUCCEEDED$/);
  answered(await client.POST("/api/operation/change", {
    body: { requestObject: { userId, organizationId, operationContext, operationChange: "DONE" } },
  }));
  return text;
}

async function logIn(): Promise<string> {
  const operationContext = { id: "login-1", name: "login" };
  const user = answered(await client.POST("/api/auth/user/lookup", {
    body: { requestObject: { username: "user1234", organizationId, operationContext } },
  })).responseObject;
  assert.deepEqual([user.id, user.organizationId], ["12345678", organizationId]);
  const answer = answered(await client.POST("/api/auth/user/authenticate", {
    body: { requestObject: { userId: user.id, organizationId, password: "s3cret", operationContext } },
  })).responseObject;
  assert.match(answer.authenticationResult, /SUCCEEDED$/);
  await approve(user.id, operationContext);
  return user.id;
}

async function pay(userId: string, amount: number): Promise<void> {
  const formData: Schemas["FormData"] = {
    parameters: [
      { type: "AMOUNT", id: "operation.amount", amount, currency: "CZK", valueFormatType: "AMOUNT" },
      { type: "KEY_VALUE", id: "operation.account", value: "238400856/0300" },
    ],
  };
  const context = { id: `payment-${amount}`, name: "authorize_payment" };
  const decorated = answered(await client.POST("/api/operation/formdata/decorate", {
    body: { requestObject: { userId, organizationId, operationContext: { ...context, formData } } },
  })).responseObject.formData;
  let back: number | null = null;
  let payee: string | null = null;
  let balances: (number | undefined)[] = [];
  for (const attribute of decorated.parameters ?? []) {
    if (attribute.type === "AMOUNT") back = attribute.amount;
    if (attribute.type === "KEY_VALUE") payee = attribute.value;
    if (attribute.type === "BANK_ACCOUNT_CHOICE") balances = (attribute.bankAccounts ?? []).map(({ balance }) => balance);
  }
  assert.equal(payee, "238400856/0300");
  const text = await approve(userId, { ...context, formData: decorated });
  const asked = /payment of (\S+)/.exec(text)?.[1];
  console.log(JSON.stringify({ asked, back, balances }));
}

const user = await logIn();
for (const amount of amounts) {
  await pay(user, amount);
}
