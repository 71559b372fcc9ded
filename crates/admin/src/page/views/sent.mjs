// What was sent, against the limits of what may be sent.

import { find, make, nothing, table, userLink } from "../dom.mjs";
import { number, time, windowOf } from "../words.mjs";

const form = ({ parameters, go }) => find({ user: "User" }, parameters, (values) => go("sent", values));

export const sent = {
  title: "What was sent",
  form,
  async load(context) {
    const { parameters, ask } = context;
    const { counts, cut } = await ask("sent", { query: { user: parameters.user } });
    return [
      form(context),
      make("p", { class: "note" }, "Messages that were let through in the window that is running, whatever became of them."),
      sentTable(counts),
      cut ? nothing("There are more than can be shown. Ask for one user, or look at the metrics.") : "",
    ];
  },
};

export function sentTable(counts) {
  if (counts.length === 0) return nothing("Nothing is limited, and so nothing is counted.");
  const columns = {
    "Counted together": ({ scope, name }) => whose(scope, name),
    "Sent, of what may be": ({ limits }) => make("ul", {}, limits.map(limit)),
  };
  return table("Messages by limit", columns, counts);
}

function whose(scope, name) {
  if (scope === "all") return "All messages";
  if (scope === "user") return userLink(name);
  if (scope === "country") return name ? `Country ${name}` : "Numbers of no country";
  return `Organization ${name}`;
}

function limit({ limit: most, windowSeconds, sent: count, resetsAt }) {
  const text = `${number(count)} of ${number(most)} in ${windowOf(windowSeconds)}`;
  const bar = make("meter", { min: 0, max: most, low: most * 0.75, high: most * 0.95, optimum: 0, value: count, "aria-label": text });
  const state = count >= most ? make("strong", { class: "bad" }, " The limit is reached.") : null;
  const reset = resetsAt ? make("span", { class: "left" }, "counted anew from ", time(resetsAt)) : null;
  return make("li", {}, text, state, bar, reset);
}
