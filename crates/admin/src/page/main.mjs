// Who is signed in, and which view is shown: the fragment says it, so that back, forward and reload work.

import { ask, Problem } from "./api.mjs";
import { make, to } from "./dom.mjs";
import { isIdle, signIn, signOut, token, use } from "./session.mjs";
import { audit } from "./views/audit.mjs";
import { blocks } from "./views/blocks.mjs";
import { codes } from "./views/codes.mjs";
import { health } from "./views/health.mjs";
import { sent } from "./views/sent.mjs";
import { user } from "./views/user.mjs";

const VIEWS = { blocks, codes, sent, user, audit, health };

const at = (id) => document.getElementById(id);
const nav = document.querySelector("nav");

/** Ends what the view before still waits for. */
let leaving = new AbortController();

/** Says what came of something; screen readers read it out. */
function say(text, isBad = false) {
  at("status").classList.toggle("bad", isBad);
  at("status").textContent = text;
}

function place() {
  const [name, query = ""] = location.hash.slice(1).split(/\?(.*)/s);
  return { name: Object.hasOwn(VIEWS, name) ? name : "blocks", parameters: Object.fromEntries(new URLSearchParams(query)) };
}

function head(title, isSignedIn) {
  at("title").textContent = title;
  document.title = `${title} · Data Adapter: operators`;
  nav.hidden = !isSignedIn;
  at("sign-out").hidden = !isSignedIn;
  at("refresh").hidden = !isSignedIn;
  at("sign-in").hidden = isSignedIn;
}

/** Shows nothing of anybody, and asks for a token. */
function leave(why = "", isBad = false) {
  leaving.abort();
  signOut();
  if (at("question").open) at("question").close("no");
  at("view").replaceChildren();
  at("view").removeAttribute("aria-busy");
  at("token").value = "";
  head("Sign in", false);
  say(why, isBad);
  at("token").focus();
}

/** Asks whoever looks; true where they said yes. */
function confirm(title, text, yes) {
  const dialog = at("question");
  at("question-title").textContent = title;
  at("question-text").textContent = text;
  at("question-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** Shows the view of the fragment. `notice` is what came of what was done before. */
async function show({ notice = "", isNew = false } = {}) {
  if (token() === null) {
    leave(isIdle() ? "You were signed out, as nothing was done for 15 minutes." : "");
    return;
  }
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { name, parameters } = place();
  const { title, load } = VIEWS[name];
  const heading = name === "user" && parameters.id ? `User ${parameters.id}` : title;
  head(heading, true);
  for (const link of nav.querySelectorAll("a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (isNew) {
    at("view").replaceChildren();
    at("title").focus();
    scrollTo(0, 0);
  }
  say(notice);
  at("view").setAttribute("aria-busy", "true");
  const context = {
    parameters,
    signal,
    ask: (path, options) => ask(token() ?? "", path, { signal, ...options }),
    go: (view, values) => {
      if (to(view, values) === location.hash) show();
      else location.hash = to(view, values);
    },
    act: (question, action) => act(question, action),
    fail: (error) => fail(error, signal),
  };
  try {
    const content = await load(context);
    if (signal.aborted) return;
    at("view").replaceChildren(...[content].flat());
    if (!notice) say("");
  } catch (error) {
    if (!signal.aborted) at("view").replaceChildren(...[VIEWS[name].form?.(context)].filter(Boolean));
    fail(error, signal);
  } finally {
    if (!signal.aborted) at("view").removeAttribute("aria-busy");
  }
}

/** Does what was confirmed, and shows the view anew. */
async function act({ title, text, yes }, action) {
  const { signal } = leaving;
  if (!(await confirm(title, text, yes)) || signal.aborted) return;
  try {
    const notice = await action();
    if (signal.aborted) return;
    await show({ notice });
    at("title").focus();
  } catch (error) {
    fail(error, signal);
  }
}

function fail(error, signal) {
  if (signal.aborted) return;
  if (!(error instanceof Problem)) {
    say("This page has an error. Reload it.", true);
    throw error;
  }
  if (error.status === 401) leave("The token is not right.", true);
  else say(error.message, true);
}

at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const value = at("token").value.trim();
  // A header can hold nothing else.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    leave("The token is not right.", true);
    return;
  }
  signIn(value);
  at("token").value = "";
  show({ isNew: true });
});

at("sign-out").addEventListener("click", () => leave("You are signed out."));
at("refresh").addEventListener("click", () => show());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  at("title").focus();
});
addEventListener("hashchange", () => show({ isNew: true }));

for (const event of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(event, use, { passive: true });
const watch = () => {
  if (isIdle()) show();
};
setInterval(watch, 5000);
document.addEventListener("visibilitychange", watch);
addEventListener("pageshow", (event) => event.persisted && show());

show();
