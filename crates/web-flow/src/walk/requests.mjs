// The requests of the PowerAuth Data Adapter API that the walks send.

import { Digits } from "./json.mjs";

/** What differs between the versions of Web Flow. */
export const DIALECTS = {
  "0.22": { right: "VERIFIED_SUCCEEDED", beginsSteps: false },
  1: { right: "SUCCEEDED", beginsSteps: true },
};

/** A request: its path under that of the API, and its body. */
const call = (path, object) => ({ path, body: { requestObject: object } });

/** The user who was looked up, and the operation. */
const party = (walk) => ({
  userId: walk.user.id,
  organizationId: walk.user.organizationId,
  operationContext: operation(walk),
});

/** The same where codes are asked for and checked: later versions pass on whether the account may be used. */
const account = (walk) => ({ ...party(walk), accountStatus: walk.user.accountStatus });

/** The operation as Web Flow describes it in every request. */
function operation(walk, amount = walk.given("amount")) {
  const text = (id) => ({ id, message: null });
  const attributes = walk.attributes();
  return {
    id: walk.operationId,
    name: walk.operation.name,
    data: walk.operation.pays ? `A1*A${amount}${walk.given("currency")}*Q${attributes[0].value}` : "A2",
    formData: {
      title: text("operation.title"),
      greeting: text("operation.greeting"),
      summary: text("operation.summary"),
      config: [],
      banners: [],
      parameters: [...(walk.operation.pays ? [paid(walk, amount)] : []), ...attributes.map(keyValue)],
      userInput: {},
    },
    applicationContext: { id: "DEMO", name: "Demo application", description: null, extras: {} },
  };
}

const paid = (walk, amount) => ({
  type: "AMOUNT",
  id: "operation.amount",
  label: null,
  valueFormatType: "AMOUNT",
  formattedValues: {},
  amount: new Digits(amount),
  currency: walk.given("currency"),
  currencyId: "operation.currency",
});

const keyValue = ({ id, format, value }) => ({
  type: "KEY_VALUE",
  id,
  label: null,
  valueFormatType: format,
  formattedValues: {},
  value,
});

export const lookup = (walk) =>
  call("/api/auth/user/lookup", {
    username: walk.given("username"),
    organizationId: walk.given("organization") || null,
    operationContext: operation(walk),
  });

export const beginStep = (walk) => call("/api/auth/method/init", { ...party(walk), authMethod: walk.operation.method });

export const decorate = (walk) => call("/api/operation/formdata/decorate", party(walk));

export const createCode = (walk) => call("/api/auth/sms/create", { ...account(walk), lang: "en", resend: false });

export const verifyCode = (walk, { code = walk.code(), amount } = {}) =>
  call("/api/auth/sms/verify", {
    messageId: walk.messageId,
    authorizationCode: code,
    ...account(walk),
    operationContext: operation(walk, amount),
  });

export const verifyCodeAndPassword = (walk) =>
  call("/api/auth/sms/password/verify", {
    messageId: walk.messageId,
    authorizationCode: walk.code(),
    ...account(walk),
    password: walk.given("password"),
    authenticationContext: { passwordProtection: "NO_PROTECTION", cipherTransformation: null, smsAuthorizationResult: null },
  });

export const askForConsent = (walk) => call("/api/auth/consent/init", party(walk));

export const showConsent = (walk) => call("/api/auth/consent/create", { ...party(walk), lang: "en" });

export const saveConsent = (walk) =>
  call("/api/auth/consent/save", {
    ...party(walk),
    options: walk.options.map(({ id }) => ({ id, value: "CHECKED" })),
  });

export const endOperation = (walk) => call("/api/operation/change", { ...party(walk), operationChange: "DONE" });
