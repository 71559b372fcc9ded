// The walks on the page: each step has a button that sends its request, and shows it with the answer.

import { indent, write } from "./json.mjs";
import { WALKS } from "./walks.mjs";
import { DIALECTS } from "./requests.mjs";

const root = document.querySelector("#walks");
const form = document.querySelector("#given");
const HIDDEN = "••••••";

const copy = (id) => document.querySelector(id).content.firstElementChild.cloneNode(true);
const given = (name) => form.elements[name]?.value ?? "";

/** Of 64 random bits. `randomUUID` is there over HTTPS and on this machine only. */
const randomName = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What was sent and what came, as it is shown: `read` gives the head, and the body as it went over the wire. */
class Shown {
  constructor(pre, read) {
    Object.assign(this, { pre, read });
    this.show();
  }

  show() {
    const { head, body } = this.read();
    const shown = form.elements.indent.checked ? indent(body) : body;
    this.pre.textContent = shown === "" ? head : `${head}\n\n${shown}`;
  }
}

/** One walk, from its first step on. */
class Walk {
  constructor(plan, element) {
    const api = form.elements.api;
    const { kind } = plan.operation;
    this.operation = { ...plan.operation, name: root.dataset[kind] };
    this.fields = [...form.elements].filter(({ dataset }) => dataset.of?.split(" ").includes(kind));
    this.operationId = `walk-${randomName()}`;
    this.folder = api.value.replace(/^\/+|\/+$/g, "");
    this.dialect = DIALECTS[api.selectedOptions[0].dataset.dialect];
    this.inbox = root.dataset.inbox;
    this.digits = root.dataset.digits;
    this.given = given;
    this.shown = [];
    const list = element.querySelector("ol");
    list.replaceChildren();
    const plans = plan.steps.filter(({ only }) => only?.(this) ?? true);
    this.steps = plans.map((step) => new Step(step, this, list.appendChild(copy("#step-template"))));
    this.goOn(0);
  }

  /** Those of the operation's form besides the amount, the payee's account first. */
  attributes() {
    const attributes = this.fields.filter(({ dataset }) => dataset.attribute !== undefined);
    return attributes.map(({ dataset, value }) => ({ id: dataset.attribute, format: dataset.format, value }));
  }

  /** The field for the code, which the first step that asks for it has. */
  get codeField() {
    return this.steps.find(({ plan }) => plan.asksCode).field;
  }

  code() {
    return this.codeField.value.trim();
  }

  setCode(code) {
    this.codeField.value = code;
  }

  /** Lets the step be taken that comes next. */
  goOn(index) {
    const step = this.steps[index];
    if (!step) return;
    if (step.plan.skip?.(this)) {
      step.leaveOut();
      this.goOn(index + 1);
    } else {
      step.open();
    }
  }
}

class Step {
  constructor(plan, walk, element) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { plan, walk, element });
    this.button = find("button");
    this.verdict = find(".verdict");
    this.wire = find(".wire");
    this.field = find("input");
    find("h4").textContent = plan.title;
    find(".purpose").textContent = plan.purpose;
    this.button.textContent = plan.button;
    this.button.addEventListener("click", () => this.take());
    // Enter in the field does what the button does.
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.button.click();
    });
  }

  open() {
    this.element.querySelector(".send").hidden = false;
    this.element.querySelector(".code").hidden = !this.plan.asksCode;
    this.element.classList.add("open");
  }

  leaveOut() {
    this.verdict.textContent = "Not needed.";
  }

  /** Whether all that the request is made of is there. The browser says what is not. */
  isComplete() {
    const own = this.plan.asksCode ? [this.field] : [];
    const needed = (this.plan.needs ?? []).map((name) => form.elements[name]);
    const fields = [...needed, ...this.walk.fields, ...own];
    return fields.every((field) => field.reportValidity());
  }

  async take() {
    if (this.isUnderWay || !this.isComplete()) return;
    this.isUnderWay = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      await this.exchange();
    } catch (error) {
      this.tell(`No answer: ${error.message}`, false);
    } finally {
      this.isUnderWay = false;
      this.element.removeAttribute("aria-busy");
    }
  }

  async exchange() {
    const [request, answer] = this.wire.querySelectorAll("pre");
    const { url, options, read } = this.prepare();
    this.walk.shown = this.walk.shown.filter(({ pre }) => pre !== request && pre !== answer);
    answer.textContent = "";
    this.wire.hidden = false;
    this.walk.shown.push(new Shown(request, read));
    const response = await fetch(url, options);
    const text = await response.text();
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    const status = `${response.status} ${response.statusText}`.trim();
    const head = [status, ...headers].join("\n");
    this.walk.shown.push(new Shown(answer, () => ({ head, body: text })));
    this.judge(response, text);
  }

  /** The request as it is sent, and what reads it as it is shown. */
  prepare() {
    const { walk, plan } = this;
    const request = plan.request(walk);
    const file = request.file ?? `${walk.folder}${request.path}`.replace(/^\//, "");
    const url = new URL(file, document.baseURI);
    const headers = { Accept: "application/json" };
    const options = { method: "GET", headers, credentials: root.dataset.credentials, cache: "no-store" };
    if (request.body) {
      options.method = "POST";
      headers["Content-Type"] = "application/json";
      options.body = write(request.body);
    }
    const token = given("token").trim();
    if (token !== "") headers.Authorization = `Bearer ${token}`;
    const read = () => {
      const shown = { Host: url.host, ...headers };
      if (token !== "") shown.Authorization = `Bearer ${revealed(token)}`;
      const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value}`);
      const head = [`${options.method} ${url.pathname}`, ...lines].join("\n");
      return { head, body: request.body ? write(withoutPassword(request.body)) : "" };
    };
    return { url, options, read };
  }

  judge(response, text) {
    const json = parsed(text);
    const answer = { isOk: response.ok, status: response.status, json, object: response.ok ? json?.responseObject : undefined };
    const sentence = this.plan.tell(answer, this.walk);
    if (sentence !== undefined) {
      this.tell(sentence, true);
      this.walk.goOn(this.walk.steps.indexOf(this) + 1);
    } else {
      this.tell(`The walk does not go on with this answer${reason(response, json)}`, false);
    }
  }

  tell(sentence, isGood) {
    this.element.classList.toggle("good", isGood);
    this.element.classList.toggle("bad", !isGood);
    this.verdict.textContent = sentence;
  }
}

const revealed = (secret) => (form.elements.reveal.checked ? secret : HIDDEN);

function withoutPassword(body) {
  const { password } = body.requestObject;
  return password === undefined
    ? body
    : { requestObject: { ...body.requestObject, password: revealed(password) } };
}

/** For reading only: what is shown is the text itself. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(response, json) {
  if (response.status === 401) return ": it does not know who asks. Put in the token of a caller.";
  const why = json?.responseObject?.message ?? json?.responseObject?.errorMessage;
  const codes = complaints(json?.responseObject?.validationErrors ?? []);
  if (!why) return ".";
  return codes.length > 0 ? `: ${why} (${codes.join(", ")}).` : `: ${why}.`;
}

/** The codes of what is wrong: each comes with its variants, which are longer. */
const complaints = (codes) => codes.filter((code) => !codes.some((other) => code.startsWith(`${other}.`)));

const walks = WALKS.map((plan, index) => {
  const element = root.appendChild(copy("#walk-template"));
  element.open = index === 0;
  element.querySelector("h3").textContent = plan.title;
  element.querySelector(".purpose").textContent = plan.purpose;
  const state = { begin: () => (state.walk = new Walk(plan, element)) };
  element.querySelector(".again").addEventListener("click", () => {
    state.begin();
    element.querySelector("ol button").focus();
  });
  state.begin();
  return state;
});

form.addEventListener("submit", (event) => event.preventDefault());
form.elements.api.addEventListener("change", () => walks.forEach(({ begin }) => begin()));
for (const box of [form.elements.indent, form.elements.reveal]) {
  box.addEventListener("change", () => walks.forEach(({ walk }) => walk.shown.forEach((shown) => shown.show())));
}
root.hidden = false;
