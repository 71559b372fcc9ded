// The audit log, newest lines first, with a mark where its chain is broken.

import { find, make, nothing, table, tableRow, to, userLink } from "../dom.mjs";
import { number, plain, time } from "../words.mjs";

const FIELDS = { user: "User", operation: "Operation id", request: "Request id" };

const form = ({ parameters, go }) => find(FIELDS, parameters, (values) => go("audit", values));

const COLUMNS = {
  When: ({ time: at }) => time(at),
  "What happened": (line) => happened(line),
  User: ({ user }) => (user ? userLink(user) : ""),
  "Who asked": ({ caller, operator }) => caller ?? operator?.name ?? "",
  Request: ({ requestId: request }) => (request ? make("a", { href: to("audit", { request }) }, request) : ""),
  Line: (line) => details(line),
};

export const audit = {
  title: "Audit log",
  form,
  async load(context) {
    const { parameters, ask, fail } = context;
    const { user, operation, request } = parameters;
    const read = (before) => ask("audit", { query: { user, operation, request, before } });
    const page = await read();
    const chains = make("div", {}, chainState(page.chain));
    const shown = make("div", {});
    const more = make("button", { type: "button", class: "quiet" }, "Look further back");
    const buttons = make("p", {}, more);
    let next;
    const add = (found) => {
      next = found.next;
      buttons.hidden = next === undefined;
      if (found.lines.length > 0) {
        shown.querySelector("p")?.remove();
        shown.append(linesTable(found));
      } else if (!shown.hasChildNodes()) {
        shown.append(nothing(next === undefined ? "There is no such line." : "There is no such line in what was read so far."));
      }
    };
    more.addEventListener("click", async () => {
      try {
        const older = await read(next);
        chains.append(chainState(older.chain));
        add(older);
      } catch (error) {
        fail(error);
      }
    });
    add(page);
    return [form(context), chains, shown, buttons];
  },
};

function chainState({ whole, first, last, breaks, unread }) {
  if (first === undefined && whole) return make("p", { class: "chain" }, "The audit log has no lines here.");
  const range = first === undefined ? "" : `Lines ${number(first)} to ${number(last)} were checked. `;
  if (whole) return make("p", { class: "chain" }, make("strong", { class: "good" }, "✓ The chain is whole. "), range);
  const places = breaks.map(({ file, after, why }) =>
    make("li", {}, `${file}, ${after === undefined ? "at the beginning" : `after line ${number(after)}`}: ${why}.`),
  );
  const files = unread.map((file) => make("li", {}, `${file} could not be read here: check it with data-adapter audit verify.`));
  const title = breaks.length > 0 ? "✗ The chain is broken. " : "✗ Not all of the log could be read. ";
  return make("div", { class: "chain bad", role: "alert" }, make("strong", {}, title), range, make("ul", {}, places, files));
}

/** Lines, with a mark between those where the chain breaks. */
function linesTable({ lines, chain }) {
  const rows = table("Lines of the audit log", COLUMNS, []);
  const broken = new Set(chain.breaks.map(({ after }) => after ?? 0));
  const mark = (after) => {
    if (!broken.delete(after)) return;
    const cell = make("td", { role: "cell", colspan: Object.keys(COLUMNS).length }, `✗ The chain is broken after line ${number(after)}.`);
    rows.tBodies[0].append(make("tr", { role: "row", class: "mark" }, cell));
  };
  for (const line of lines) {
    mark(line.sequence);
    rows.tBodies[0].append(tableRow(COLUMNS, line));
  }
  return rows;
}

function happened({ event, outcome, reason, view, factor, count }) {
  const what = [plain(event ?? "?"), view, factor].filter(Boolean).join(": ");
  const came = [outcome, reason].filter(Boolean).map(plain).join(", ");
  const mark = outcome === "succeeded" ? "good" : "warn";
  return [what, count > 1 ? ` (${number(count)} times)` : "", make("span", { class: `left ${mark}` }, came)];
}

function details(line) {
  return make("details", {}, make("summary", {}, number(line.sequence)), make("pre", { tabindex: 0 }, JSON.stringify(line, null, 2)));
}
