// What a user consented to, and what withdraws it.

import { part } from "../api.mjs";
import { ACTION, make, nothing, table } from "../dom.mjs";
import { list, time } from "../words.mjs";

/** The consents of a user, oldest first, with a button for those after them. */
export async function consentsOf(id, context) {
  const { ask, fail } = context;
  const columns = {
    Form: ({ form, version, language }) => `${form}, version ${version}, ${language}`,
    "For whom": ({ clientId, scopes }) => client(clientId, scopes),
    "What was ticked": ({ options }) => ticked(options),
    Given: ({ givenAt }) => time(givenAt),
    State: (consent) => state(consent),
    [ACTION]: (consent) => withdraw(id, consent, context),
  };
  const read = (after) => ask(`users/${part(id)}/consents`, { query: { after } });
  const { consents, next } = await read();
  if (consents.length === 0) return [nothing("There are none.")];
  const shown = make("div", {}, table("Consents", columns, consents));
  if (next === undefined) return [shown];
  const more = make("button", { type: "button", class: "quiet" }, "Show later consents");
  let after = next;
  more.addEventListener("click", async () => {
    try {
      const page = await read(after);
      shown.append(table("Later consents", columns, page.consents));
      after = page.next;
      if (after === undefined) more.remove();
    } catch (error) {
      fail(error);
    }
  });
  return [shown, make("p", {}, more)];
}

function client(id, scopes = []) {
  if (id === undefined) return "";
  return [id, scopes.length > 0 ? make("span", { class: "left" }, list(scopes)) : null].filter(Boolean);
}

function state({ withdrawnAt, rememberedUntil }) {
  if (withdrawnAt !== undefined) return ["Withdrawn", make("span", { class: "left" }, time(withdrawnAt))];
  if (rememberedUntil !== undefined) return ["Remembered", make("span", { class: "left" }, "until ", time(rememberedUntil))];
  return "Given";
}

function withdraw(id, { form, clientId, withdrawnAt }, { ask, act }) {
  if (withdrawnAt !== undefined) return "";
  const whose = clientId === undefined ? `“${form}” of ${id}` : `“${form}” of ${id} for ${clientId}`;
  const question = {
    title: `Withdraw ${whose}?`,
    text: "All consents to this form are withdrawn, and stay here as withdrawn: the user is asked again the next time. Nothing gives them back.",
    yes: "Withdraw",
  };
  const end = async () => {
    const { withdrawn } = await ask(`users/${part(id)}/consents/withdraw`, { method: "POST", body: { form, clientId } });
    return withdrawn > 0 ? `Withdrawn: ${whose}.` : `There was nothing to withdraw: ${whose}.`;
  };
  return make("button", { type: "button", class: "small quiet", "aria-label": `Withdraw ${whose}`, onclick: () => act(question, end) }, "Withdraw");
}

function ticked(options) {
  const of = (wanted) => options.filter(({ checked }) => checked === wanted).map(({ id }) => id);
  const [yes, no] = [of(true), of(false)];
  return [yes.length > 0 ? list(yes) : "nothing", no.length > 0 ? make("span", { class: "left" }, `not ${list(no)}`) : null].filter(Boolean);
}
