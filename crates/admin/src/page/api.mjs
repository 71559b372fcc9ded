// Asks the admin API.

/** Something that went wrong, as a sentence. */
export class Problem extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/** The part of a path that is an id. */
export function part(id) {
  // A browser takes these two for folders, however they are written.
  if (id === "." || id === "..") throw new Problem("No browser can ask for this id.");
  return encodeURIComponent(id);
}

/** Amounts keep their digits where the browser can tell them. */
const digits = (name, value, context) => (name === "amount" && typeof value === "number" && context?.source ? context.source : value);

/** Asks for what is at this path, relative to the page; `body` is sent where there is one. */
export async function ask(token, path, { method = "GET", query = {}, body, signal } = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const url = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
  const headers = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const options = { method, headers, signal, cache: "no-store", credentials: "omit", redirect: "error" };
  let answer;
  let text;
  try {
    answer = await fetch(url, { ...options, body: body === undefined ? undefined : JSON.stringify(body) });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("The service does not answer. Is the network there? Try again.");
  }
  const read = parse(text);
  if (answer.ok && read !== undefined) return read;
  throw new Problem(sentence(read, answer.status), answer.status);
}

function parse(text) {
  try {
    return JSON.parse(text, digits);
  } catch {
    return undefined;
  }
}

function sentence(problem, status) {
  if (typeof problem?.detail !== "string") return `The service answers in a way that is not understood (${status}).`;
  const members = (problem.errors ?? []).map(({ member, detail }) => `“${member}” ${detail}.`);
  return [problem.detail, ...members].join(" ");
}
