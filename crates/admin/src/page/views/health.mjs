// How the store, back ends and gateways are.

import { make, table } from "../dom.mjs";
import { list, since } from "../words.mjs";

const KINDS = { store: "Store", audit: "Audit log", backend: "Back end", gateway: "SMS gateway" };
const STATES = { ok: ["good", "✓ Works"], warning: ["warn", "! Down, others go on"], down: ["bad", "✗ Down"] };

export const health = {
  title: "Health",
  async load({ ask }) {
    const { parts } = await ask("health");
    const columns = {
      Part: ({ kind, name }) => [KINDS[kind], name].filter(Boolean).join(" "),
      State: ({ status }) => make("strong", { class: STATES[status][0] }, STATES[status][1]),
      Since: (part) => since(part.since),
      "What is wrong": ({ why, unknownSettings }) => wrong(why, unknownSettings),
    };
    return [
      make("p", { class: "note" }, "As the instance that was asked sees it."),
      table("Parts of the system", columns, parts),
    ];
  },
};

function wrong(why, unknown) {
  const settings = unknown.length > 0 ? make("span", { class: "left" }, `Settings that name nothing there: ${list(unknown)}.`) : null;
  return [why ?? "", settings].filter((child) => child !== null && child !== "");
}
