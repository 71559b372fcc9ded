// What a user consented to.

import { make, nothing, table } from "../dom.mjs";
import { list, time } from "../words.mjs";

const COLUMNS = {
  Form: ({ form, version, language }) => `${form}, version ${version}, ${language}`,
  "What was ticked": ({ options }) => ticked(options),
  Given: ({ givenAt }) => time(givenAt),
};

/** The consents of a user, oldest first, with a button for those after them. */
export async function consentsOf(id, { ask, fail }) {
  const read = (after) => ask("consents", { query: { user: id, after } });
  const { consents, next } = await read();
  if (consents.length === 0) return [nothing("There are none.")];
  const shown = make("div", {}, table("Consents", COLUMNS, consents));
  if (next === undefined) return [shown];
  const more = make("button", { type: "button", class: "quiet" }, "Show later consents");
  let after = next;
  more.addEventListener("click", async () => {
    try {
      const page = await read(after);
      shown.append(table("Later consents", COLUMNS, page.consents));
      after = page.next;
      if (after === undefined) more.remove();
    } catch (error) {
      fail(error);
    }
  });
  return [shown, make("p", {}, more)];
}

function ticked(options) {
  const of = (wanted) => options.filter(({ checked }) => checked === wanted).map(({ id }) => id);
  const [yes, no] = [of(true), of(false)];
  return [yes.length > 0 ? list(yes) : "nothing", no.length > 0 ? make("span", { class: "left" }, `not ${list(no)}`) : null].filter(Boolean);
}
