// JSON whose numbers keep their digits: what is written here, and what is shown.

/** A number as it is typed: `100.00` stays `100.00`, where a number of JavaScript becomes `100`. */
export class Digits {
  constructor(text) {
    this.text = text;
  }
}

/** A value as JSON. */
export function write(value) {
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(",")}}`;
}

/** A text, a bracket, or anything else between blanks. */
const TOKENS = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** JSON with line breaks and nothing else changed. What is no JSON stays as it is. */
export function indent(text) {
  if (!isJson(text)) return text;
  let depth = 0;
  let shown = "";
  let last = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    const isEmpty = closes && (last === "{" || last === "[");
    if (last === ",") shown += line();
    else if ((closes && !isEmpty) || ((last === "{" || last === "[") && !closes)) shown += line();
    else if (last === ":") shown += " ";
    shown += token;
    if (token === "{" || token === "[") depth += 1;
    last = token;
  }
  return shown;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
