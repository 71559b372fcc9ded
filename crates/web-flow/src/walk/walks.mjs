// The walks as data. A step is one request.
//
// `request` makes it, from the walk as it is so far; `needs` are the fields that it is made of beside those of the
// operation; `asksCode` shows the field for
// the code. `tell` says in a sentence what the answer means and keeps what later steps need; `undefined` when the answer is not
// the one that the walk goes on with. `only` leaves a step out of a walk, `skip` goes over it in one.

import * as api from "./requests.mjs";

const isRight = (walk, result) => result === walk.dialect.right;

const lookUp = {
  title: "Who is it?",
  purpose: "Somebody typed a username. Whose is it?",
  button: "Look the user up",
  needs: ["username"],
  request: api.lookup,
  tell({ object }, walk) {
    if (!object?.id) return undefined;
    walk.user = object;
    const name = [object.givenName, object.familyName].filter(Boolean).join(" ");
    return name === "" ? `The user id is ${object.id}.` : `${name} has the user id ${object.id}.`;
  },
};

const beginStep = {
  title: "Begin the step",
  purpose: "Later versions of Web Flow ask first whether a certificate can be used instead of a code.",
  button: "Begin the step",
  only: (walk) => walk.dialect.beginsSteps,
  request: api.beginStep,
  tell: ({ object }) => object && `Certificates: ${object.certificateAuthenticationMode}.`,
};

const createCode = (purpose) => ({
  title: "Have a code sent",
  purpose,
  button: "Send a code",
  request: api.createCode,
  tell({ object }, walk) {
    if (object?.smsDeliveryResult !== "SUCCEEDED") return undefined;
    walk.messageId = object.messageId;
    return "The message is on its way. Its id names the code from here on, not the code itself.";
  },
});

const readMessage = {
  title: "Read the message",
  purpose: "In place of a phone, the inbox of the sandbox has it.",
  button: "Read the inbox",
  only: (walk) => walk.inbox !== "",
  request: (walk) => ({ file: walk.inbox }),
  tell({ status, json }, walk) {
    if (status === 403) return "This caller may not read the inbox: have somebody read it who may, and type in the code below.";
    if (!Array.isArray(json)) return undefined;
    const message = json.find(({ messageId }) => messageId === walk.messageId);
    if (!message) return "It is not there, so another system sends codes: type in the one that arrived.";
    const codes = codesIn(message.text, walk);
    walk.setCode(codes.length === 1 ? codes[0] : "");
    if (codes.length === 1) return `“${message.text}” The code is filled in below.`;
    return `“${message.text}” ${codes.length > 1 ? "Several numbers" : "No number"} in it could be the code: type in the right one below.`;
  },
};

/** For a regular expression that finds this text. */
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Each number in the text that could be the code: it is as long as one, and nothing that the form has, nor a part of it. */
function codesIn(text, walk) {
  const given = walk.fields.map(({ value }) => value).filter((value) => value !== "");
  const rest = given.reduce((left, value) => left.replace(new RegExp(`(?<!\\d)${escaped(value)}(?!\\d)`, "g"), "…"), text);
  const digits = walk.digits || "6,9";
  return [...new Set(rest.match(new RegExp(`(?<![\\d.,/-])\\d{${digits}}(?![.,/-]?\\d)`, "g")))];
}

/** A code that is not this one. */
const otherCode = (code) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);

const isRefused = (walk, object) => object?.smsAuthorizationResult && !isRight(walk, object.smsAuthorizationResult);

const left = ({ remainingAttempts }) =>
  typeof remainingAttempts === "number" ? ` ${remainingAttempts} more guesses are allowed.` : "";

const verifyCode = (purpose) => ({
  title: "Check the code",
  purpose,
  button: "Check the code",
  asksCode: true,
  request: (walk) => api.verifyCode(walk),
  tell: ({ object }, walk) =>
    isRight(walk, object?.smsAuthorizationResult) ? "The code is right, for this amount and this payee." : undefined,
});

const endOperation = {
  title: "End the operation",
  purpose: "Web Flow tells that it is done. It gets no more codes after this; to begin again makes another one.",
  button: "End it",
  request: api.endOperation,
  tell: ({ isOk }) => (isOk ? "Done." : undefined),
};

const login = {
  title: "Log in",
  purpose: "A password and a code together, then consent.",
  operation: { kind: "login", method: "LOGIN_SCA", pays: false },
  steps: [
    lookUp,
    beginStep,
    createCode("A code for this login, made here and sent to the user’s phone."),
    readMessage,
    {
      title: "Check the code and the password",
      purpose: "Both at once. A wrong one does not say which of them it was.",
      button: "Check both",
      asksCode: true,
      needs: ["password"],
      request: api.verifyCodeAndPassword,
      tell: ({ object }, walk) =>
        isRight(walk, object?.smsAuthorizationResult) && isRight(walk, object?.userAuthenticationResult)
          ? "Both are right."
          : undefined,
    },
    {
      title: "Is consent needed?",
      purpose: "Whether there is something to agree to before the login is complete.",
      button: "Ask",
      request: api.askForConsent,
      tell({ object }, walk) {
        if (!object) return undefined;
        walk.asksConsent = object.shouldDisplayConsentForm === true;
        return walk.asksConsent ? "It is." : "It is not, so the next two steps fall away.";
      },
    },
    {
      title: "Show the form",
      purpose: "What the user reads, and what there is to tick.",
      button: "Get the form",
      skip: (walk) => !walk.asksConsent,
      request: api.showConsent,
      tell({ object }, walk) {
        if (!Array.isArray(object?.options)) return undefined;
        walk.options = object.options;
        return `There is this to tick: ${object.options.map(({ id }) => id).join(", ")}.`;
      },
    },
    {
      title: "Give consent",
      purpose: "The user ticks everything; the answers are kept, with the version of the text.",
      button: "Tick and save",
      skip: (walk) => !walk.asksConsent,
      request: api.saveConsent,
      tell: ({ object }) => (object?.saveSucceeded === true ? "Consent is given." : undefined),
    },
    endOperation,
  ],
};

const pays = { kind: "payment", method: "APPROVAL_SCA", pays: true };

const payment = {
  title: "Approve a payment",
  purpose: "A code that is good for this amount and this payee only.",
  operation: pays,
  steps: [
    lookUp,
    beginStep,
    {
      title: "Fill in the form",
      purpose: "The user’s accounts to pay from come into the form. Amounts keep their digits.",
      button: "Decorate the form",
      request: api.decorate,
      tell({ object }) {
        const parameters = object?.formData?.parameters;
        if (!Array.isArray(parameters)) return undefined;
        const accounts = parameters.find(({ type }) => type === "BANK_ACCOUNT_CHOICE")?.bankAccounts ?? [];
        return accounts.length > 0 ? `There are ${accounts.length} accounts to choose from.` : "There are no accounts to choose from.";
      },
    },
    createCode("A code for this payment. The message names the amount and the payee, so that the user sees what is approved."),
    readMessage,
    verifyCode("The code is accepted once, with the amount and the payee that it was made for."),
    endOperation,
  ],
};

const refusals = {
  title: "Be refused",
  purpose: "A wrong code, then the right one for another amount, then the right one twice.",
  operation: pays,
  steps: [
    lookUp,
    beginStep,
    createCode("A code for another payment."),
    readMessage,
    {
      title: "A wrong code",
      purpose: "The last digit of the code is changed. That is an answer, not an error: the status is 200.",
      button: "Send a wrong code",
      asksCode: true,
      request: (walk) => api.verifyCode(walk, { code: otherCode(walk.code()) }),
      tell: ({ object }, walk) => (isRefused(walk, object) ? `Refused, as it should be.${left(object)}` : undefined),
    },
    {
      title: "Another amount",
      purpose: "The right code, but somebody on the way put a 9 before the amount.",
      button: "Send the code with another amount",
      request: (walk) => api.verifyCode(walk, { amount: `9${walk.given("amount")}` }),
      tell: ({ object }, walk) =>
        isRefused(walk, object) ? `Refused: the code is bound to what the message said.${left(object)}` : undefined,
    },
    {
      ...verifyCode("Nothing is changed any more. The count of wrong codes in a row begins anew."),
      title: "The right one",
      button: "Send the right code",
      asksCode: false,
    },
    {
      title: "The same again",
      purpose: "A code is accepted once.",
      button: "Send the right code again",
      request: (walk) => api.verifyCode(walk),
      tell: ({ object }, walk) => (isRefused(walk, object) ? "Refused: it has been used." : undefined),
    },
    endOperation,
  ],
};

export const WALKS = [login, payment, refusals];
