// Times, numbers and the words of the API, as people read them.

import { make } from "./dom.mjs";

const pad = (number) => String(number).padStart(2, "0");

/** A time, as the clock of whoever looks shows it. */
export function time(text) {
  const at = new Date(text);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return make("time", { datetime: text }, `${day} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`);
}

/** A time that is ahead, with how long that is. */
export const until = (text) => [time(text), make("span", { class: "left" }, `in ${long((new Date(text) - Date.now()) / 1000)}`)];

/** A time that has passed, with how long that is. */
export const since = (text) => [time(text), make("span", { class: "left" }, `for ${long((Date.now() - new Date(text)) / 1000)}`)];

/** So many seconds. */
export function long(seconds) {
  const left = Math.max(0, Math.round(seconds));
  if (left < 100) return `${left} s`;
  if (left < 100 * 60) return `${Math.round(left / 60)} min`;
  return left < 100 * 3600 ? `${Math.round(left / 3600)} h` : `${Math.round(left / 86400)} days`;
}

/** A window of a limit. */
export function windowOf(seconds) {
  const named = { 60: "a minute", 3600: "an hour", 86400: "a day", 604800: "a week" };
  return named[seconds] ?? long(seconds);
}

export const number = (value) => value.toLocaleString("en");

/** What is blocked, at the beginning of a sentence. */
export const FACTORS = { code: "Codes", password: "Password", partner: "Password of the partner" };

/** Several names, as a sentence has them. */
export const list = (names) => new Intl.ListFormat("en").format(names);

/** A word such as `caller_refused`. */
export const plain = (word) => word.replaceAll("_", " ");
