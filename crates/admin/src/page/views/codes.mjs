// What waits for an answer, and what became of its message.

import { find, make, nothing, table, to, userLink } from "../dom.mjs";
import { plain, time, until } from "../words.mjs";

const METHODS = { otp: "a code", push: "a push", client: "factors of the partner" };
const STATES = { handedOver: "With the gateway", delivered: "Delivered", undelivered: "Not delivered" };

const form = ({ parameters, go }) => find({ user: "User" }, parameters, (values) => go("codes", values));

export const codes = {
  title: "Open codes",
  form,
  async load(context) {
    const { parameters, ask } = context;
    const { challenges } = await ask("challenges", { query: { user: parameters.user } });
    return [form(context), codesTable(challenges)];
  },
};

export function codesTable(challenges) {
  if (challenges.length === 0) return nothing("Nothing waits for an answer.");
  const columns = {
    User: ({ userId }) => userLink(userId),
    "What for": (challenge) => [purpose(challenge), make("span", { class: "left" }, `by ${METHODS[challenge.type] ?? challenge.type}`)],
    Delivery: ({ type, delivery }) => told(type, delivery),
    "Good until": ({ createdAt, expiresAt }) => [until(expiresAt), make("span", { class: "left" }, "asked ", time(createdAt))],
    Operation: ({ operationId, operationName }) =>
      [plain(operationName), make("a", { class: "left", href: to("audit", { operation: operationId }) }, operationId)],
  };
  return table("Open codes", columns, challenges);
}

function purpose({ title, amount, currency, payee, operationName }) {
  if (amount === undefined) return title ?? plain(operationName);
  const payment = `${amount} ${currency} to ${payee}`;
  return title ? `${title}: ${payment}` : payment;
}

function told(type, delivery) {
  if (!delivery) return type === "otp" ? "Not known" : "";
  const { status, gateway, reason } = delivery;
  const mark = { delivered: "good", undelivered: "bad" }[status];
  const state = make(status === "undelivered" ? "strong" : "span", { class: mark }, STATES[status] ?? status);
  return [state, ` (${gateway}${reason ? `: ${reason}` : ""})`];
}
