// Who is blocked and why, and what lifts it.

import { part } from "../api.mjs";
import { ACTION, find, make, nothing, table, to, userLink } from "../dom.mjs";
import { FACTORS, number, until } from "../words.mjs";

const form = ({ parameters, go }) => find({ user: "User or partner" }, parameters, (values) => go("blocks", values));

export const blocks = {
  title: "Who is blocked",
  form,
  async load(context) {
    const { parameters, ask } = context;
    const found = await ask("blocks", { query: { user: parameters.user } });
    return [form(context), blocksTable(found.blocks, context, parameters.user ? "Nothing of theirs is blocked." : "Nobody is blocked.")];
  },
};

/** Blocks, each with a button that lifts it. */
export function blocksTable(found, context, otherwise) {
  if (found.length === 0) return nothing(otherwise);
  const columns = {
    Who: ({ userId, factor }) => (factor === "partner" ? `Partner ${userId}` : userLink(userId)),
    "What is blocked": ({ factor }) => FACTORS[factor],
    Why: (block) => why(block),
    Until: (block) => until(block.until),
    [ACTION]: (block) => unblock(block, context),
  };
  return table("Blocks", columns, found);
}

function why({ factor, failures }) {
  const what = factor === "code" ? ["wrong code", "wrong codes, or codes asked for too often"] : ["wrong password", "wrong passwords"];
  return `${number(failures)} ${failures === 1 ? what[0] : what[1]}`;
}

function unblock({ userId, factor }, { ask, act }) {
  const what = FACTORS[factor].toLowerCase();
  const whose = factor === "partner" ? `${what} ${userId}` : `${what} of ${userId}`;
  const question = {
    title: `Unblock ${whose}?`,
    text: "The failures are forgotten, and the next try may be made at once. Where there is an audit log, it says that you did it.",
    yes: "Unblock",
  };
  const path = factor === "partner" ? "partners" : "users";
  const lift = async () => {
    const { lifted } = await ask(`${path}/${part(userId)}/unblock`, { method: "POST", body: factor === "partner" ? undefined : { factor } });
    return lifted.length > 0 ? `Unblocked: ${whose}.` : `There was nothing to unblock: ${whose}.`;
  };
  const label = `Unblock ${whose}`;
  const button = make("button", { type: "button", class: "small", "aria-label": label, onclick: () => act(question, lift) }, "Unblock");
  return button;
}

/** Where the audit log tells of a user. */
export const trail = (user) => make("p", {}, make("a", { href: to("audit", { user }) }, "What the audit log says of them"));
