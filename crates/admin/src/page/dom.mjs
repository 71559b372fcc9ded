// Elements. Whatever comes from the API becomes text, never HTML.

/** An element with attributes and children, which are elements or texts; `null` and `undefined` are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** What stands where there is nothing. */
export const nothing = (text) => make("p", { class: "note" }, text);

/**
 * A table. `columns` are headings, each with what makes the content of a cell of its row. Roles are named, since a phone shows rows as
 * cards, and a table that is shown as something else is none to a screen reader.
 */
export function table(caption, columns, rows) {
  const body = make("tbody", { role: "rowgroup" });
  const element = make(
    "table",
    { role: "table" },
    make("caption", {}, caption),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, Object.keys(columns).map(heading))),
    body,
  );
  body.append(...rows.map((row) => tableRow(columns, row)));
  return element;
}

/** The column of buttons. */
export const ACTION = "Action";

const heading = (name) => make("th", { role: "columnheader", scope: "col", class: name === ACTION ? "do" : undefined }, name);

/** A row of such a table. */
export function tableRow(columns, row) {
  const cells = Object.entries(columns).map(([name, content]) => {
    // A button says by itself what it is for.
    const attributes = name === ACTION ? { class: "do" } : { "data-label": name };
    return make("td", { role: "cell", ...attributes }, [content(row) ?? ""].flat(2));
  });
  return make("tr", { role: "row" }, cells);
}

/** A form with these fields, which goes to a view when it is sent. */
export function find(fields, values, go) {
  const inputs = Object.entries(fields).map(([name, label]) =>
    make("label", {}, label, make("input", { name, value: values[name] ?? "", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "256" })),
  );
  const send = (event) => {
    event.preventDefault();
    go(Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()])));
  };
  return make("form", { class: "find", role: "search", onsubmit: send }, inputs, make("button", {}, "Show"));
}

/** The fragment of a view. */
export function to(view, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  return given.length === 0 ? `#${view}` : `#${view}?${new URLSearchParams(given)}`;
}

/** A link to what there is of a user. */
export const userLink = (id) => (id ? make("a", { href: to("user", { id }) }, id) : "nobody");
