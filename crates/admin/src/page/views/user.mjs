// What there is of one user.

import { part } from "../api.mjs";
import { find, make, nothing, table } from "../dom.mjs";
import { time } from "../words.mjs";
import { blocksTable, trail } from "./blocks.mjs";
import { codesTable } from "./codes.mjs";
import { consentsOf } from "./consents.mjs";
import { sentTable } from "./sent.mjs";

const form = ({ parameters, go }) => find({ id: "User id" }, parameters, (values) => go("user", values));

export const user = {
  title: "Users",
  form,
  async load(context) {
    const { parameters, ask } = context;
    const { id } = parameters;
    if (!id) return [form(context), nothing("Give the id of a user.")];
    const found = await ask(`users/${part(id)}`);
    const [{ counts }, consents] = await Promise.all([ask("sent", { query: { user: id } }), consentsOf(id, context)]);
    return [
      form(context),
      found.known ? "" : make("p", { class: "warning" }, "The directory does not know this user. This is what was left behind."),
      trail(id),
      make("h2", {}, "Blocked"),
      blocksTable(found.blocks, context, "Nothing is blocked."),
      make("h2", {}, "Open codes"),
      codesTable(found.challenges),
      make("h2", {}, "Sent"),
      sentTable(counts),
      make("h2", {}, "Consents"),
      ...consents,
      make("h2", {}, "Devices"),
      devices(found.devices),
    ];
  },
};

function devices(found) {
  if (found.length === 0) return nothing("There are none.");
  const columns = {
    Device: ({ deviceName }) => deviceName,
    Kind: ({ deviceType, osVersion }) => `${deviceType}, ${osVersion}`,
    Registered: ({ registeredAt }) => time(registeredAt),
  };
  return table("Devices", columns, found);
}
