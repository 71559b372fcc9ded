// The start page and its walks, as a person uses them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ANY_TEXT, launch, look, open, SCREENS } from "./browser.mjs";
import { DEMO, start } from "./program.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

const walkOf = (page, title) => page.locator("details.walk").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
const stepOf = (walk, title) => walk.locator("li.step").filter({ has: walk.page().getByRole("heading", { name: title, exact: true }) });
const request = (step) => step.getByRole("group", { name: "Request" });
const answer = (step) => step.getByRole("group", { name: "Answer" });

/** Opens a program's page. `use` gets it; nothing may go wrong in it but what matches `expected`. */
async function visit({ program = start(), screen = "desktop", colours = "light", expected, more }, use) {
  const running = await program;
  const { context, page, wrong } = await open(browser, screen, colours, more);
  try {
    await page.goto(`${running.url}/`);
    await use(page, running, context);
    assert.deepEqual(wrong.filter((entry) => !expected?.test(entry)), []);
  } finally {
    await context.close();
    await running.stop();
  }
}

/** Waits for what a step says of its answer. */
async function said(step) {
  await step.locator(".verdict:not(:empty)").waitFor();
  await step.page().waitForFunction(() => !document.querySelector("[aria-busy]"));
  return step.locator(".verdict").innerText();
}

/** Presses the button of a step; gives what it says then. */
async function press(walk, title) {
  const step = stepOf(walk, title);
  await step.getByRole("button").click();
  return said(step);
}

async function unfold(walk) {
  if ((await walk.getAttribute("open")) === null) await walk.locator("summary").click();
}

async function logIn(page, { later }, message = /“Authorization code for login is \d{8}\.”/) {
  const walk = walkOf(page, "Log in");
  assert.equal(await press(walk, "Who is it?"), "John Doe has the user id 12345678.");
  const lookup = stepOf(walk, "Who is it?");
  assert.match(await request(lookup).innerText(), /^POST \/powerauth-data-adapter(-1)?\/api\/auth\/user\/lookup\nHost: 127/);
  assert.match(await answer(lookup).innerText(), /^200 OK\n[^]*content-type: application\/json[^]*"givenName": "John"/);
  if (later) assert.match(await press(walk, "Begin the step"), /NOT_AVAILABLE/);
  assert.match(await press(walk, "Have a code sent"), /on its way/);
  assert.match(await press(walk, "Read the message"), message);
  assert.equal(await press(walk, "Check the code and the password"), "Both are right.");
  assert.match(await request(stepOf(walk, "Check the code and the password")).innerText(), /"password": "s3cret"/);
  assert.equal(await press(walk, "Is consent needed?"), "It is.");
  assert.match(await press(walk, "Show the form"), /CONSENT_LOGIN/);
  assert.equal(await press(walk, "Give consent"), "Consent is given.");
  assert.equal(await press(walk, "End the operation"), "Done.");
}

async function pay(page, { later }, message = /payment of 1234\.50 CZK to account 238400856\/0300 is \d{8}/) {
  const walk = walkOf(page, "Approve a payment");
  await unfold(walk);
  await press(walk, "Who is it?");
  if (later) await press(walk, "Begin the step");
  assert.match(await press(walk, "Fill in the form"), /3 accounts/);
  const form = await answer(stepOf(walk, "Fill in the form")).innerText();
  for (const number of ['"amount": 1234.50,', '"balance": 158121.10', '"balance": 1.90']) {
    assert.ok(form.includes(number), `${number} keeps its digits: ${form}`);
  }
  await press(walk, "Have a code sent");
  assert.match(await request(stepOf(walk, "Have a code sent")).innerText(), /"amount": 1234\.50,/);
  assert.match(await press(walk, "Read the message"), message);
  assert.match(await press(walk, "Check the code"), /The code is right/);
  assert.equal(await press(walk, "End the operation"), "Done.");
}

async function beRefused(page, { later, result }) {
  const walk = walkOf(page, "Be refused");
  await unfold(walk);
  await press(walk, "Who is it?");
  if (later) await press(walk, "Begin the step");
  await press(walk, "Have a code sent");
  await press(walk, "Read the message");
  assert.match(await press(walk, "A wrong code"), /^Refused.* 4 more guesses/);
  assert.ok((await answer(stepOf(walk, "A wrong code")).innerText()).includes(`"smsAuthorizationResult": "${result}"`));
  assert.match(await press(walk, "Another amount"), /^Refused.* 3 more guesses/);
  assert.match(await request(stepOf(walk, "Another amount")).innerText(), /"amount": 91234\.50,/);
  assert.match(await press(walk, "The right one"), /The code is right/);
  assert.match(await press(walk, "The same again"), /^Refused/);
  assert.equal(await press(walk, "End the operation"), "Done.");
}

const VERSIONS = [
  { name: "Web Flow 0.22", screen: "desktop", colours: "light", result: "VERIFIED_FAILED" },
  { name: "Web Flow 0.22", screen: "phone", colours: "dark", result: "VERIFIED_FAILED" },
  { name: "Web Flow 0.23 to 1.10", screen: "desktop", colours: "dark", result: "FAILED", later: true },
  { name: "Web Flow 0.23 to 1.10", screen: "phone", colours: "light", result: "FAILED", later: true },
];

for (const version of VERSIONS) {
  const { name, screen, colours } = version;
  test(`a login, a payment and a wrong code are gone through by mouse as ${name}, on a ${colours} ${screen}`, async () => {
    await visit({ screen, colours }, async (page) => {
      const shot = (what) => `start-${what}-${screen}-${colours}`;
      await page.getByRole("heading", { name: "Data Adapter", exact: true }).waitFor();
      await look(page, shot("1-page"), ANY_TEXT);
      const versions = page.getByLabel("API");
      const label = (await versions.locator("option").allInnerTexts()).find((text) => text.startsWith(name));
      await versions.selectOption({ label });
      await page.getByLabel("Amount").fill("1234.50");
      await logIn(page, version);
      await look(page, shot("2-login"), ANY_TEXT);
      await pay(page, version);
      await look(page, shot("3-payment"), ANY_TEXT);
      await beRefused(page, version);
      await look(page, shot("4-refused"), ANY_TEXT);
    });
  });
}

/** Goes on with Tab, as somebody without a mouse does, until this has the focus, and can be seen to have it. */
async function tabTo(page, target) {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
      assert.equal(outline, "solid", "the focus is visible");
      return;
    }
  }
  assert.fail(`Tab does not get to ${target}`);
}

test("all of it is done by keyboard alone", async () => {
  await visit({ screen: "phone" }, async (page) => {
    await tabTo(page, page.getByRole("link", { name: "inbox", exact: true }));
    const login = walkOf(page, "Log in");
    for (const title of await login.getByRole("heading", { level: 4 }).allInnerTexts()) {
      await tabTo(page, stepOf(login, title).getByRole("button"));
      await page.keyboard.press("Enter");
      await said(stepOf(login, title));
      assert.match(await stepOf(login, title).getAttribute("class"), /good/, title);
    }
    const payment = walkOf(page, "Approve a payment");
    await tabTo(page, payment.locator("summary"));
    await page.keyboard.press("Enter");
    for (const title of await payment.getByRole("heading", { level: 4 }).allInnerTexts()) {
      if (title === "Check the code") {
        // Enter in the field does it as well.
        await tabTo(page, stepOf(payment, title).getByLabel("Code"));
      } else {
        await tabTo(page, stepOf(payment, title).getByRole("button"));
      }
      await page.keyboard.press("Enter");
      await said(stepOf(payment, title));
      assert.match(await stepOf(payment, title).getAttribute("class"), /good/, title);
    }
    await tabTo(page, payment.getByRole("button", { name: "Begin again" }));
    await page.keyboard.press("Enter");
    await stepOf(payment, "Who is it?").getByRole("button").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Look the user up");
    const refused = walkOf(page, "Be refused");
    await tabTo(page, refused.locator("summary"));
    await page.keyboard.press("Space");
    for (const title of ["Who is it?", "Have a code sent", "Read the message", "A wrong code"]) {
      await tabTo(page, stepOf(refused, title).getByRole("button"));
      await page.keyboard.press("Space");
      await said(stepOf(refused, title));
    }
    assert.match(await said(stepOf(refused, "A wrong code")), /^Refused/);
  });
});

test("what a step says is told to a screen reader, and a walk that begins again is another operation", async () => {
  await visit({}, async (page) => {
    const walk = walkOf(page, "Approve a payment");
    await unfold(walk);
    const operation = async () => /"id": "(walk-[0-9a-f]{16})"/.exec(await request(stepOf(walk, "Who is it?")).innerText())[1];
    assert.equal(await stepOf(walk, "Who is it?").getByRole("status").count(), 1);
    await press(walk, "Who is it?");
    assert.equal(await stepOf(walk, "Who is it?").getByRole("status").innerText(), "John Doe has the user id 12345678.");
    const first = await operation();
    await walk.getByRole("button", { name: "Begin again" }).click();
    assert.equal(await stepOf(walk, "Who is it?").getByRole("status").innerText(), "");
    assert.equal(await walk.getByRole("button").count(), 2, "only the first step can be taken");
    await press(walk, "Who is it?");
    assert.notEqual(await operation(), first);
  });
});

test("without line breaks what is shown is what went over the wire, byte for byte", async () => {
  await visit({}, async (page) => {
    const walk = walkOf(page, "Approve a payment");
    await unfold(walk);
    await press(walk, "Who is it?");
    const step = stepOf(walk, "Fill in the form");
    const [sent] = await Promise.all([page.waitForResponse(/decorate$/), step.getByRole("button").click()]);
    await said(step);
    const body = async (pre) => (await pre.evaluate((element) => element.textContent)).split("\n\n").slice(1).join("\n\n");
    assert.notEqual(await body(answer(step)), await sent.text());
    await page.getByLabel("Break JSON into lines").uncheck();
    assert.equal(await body(answer(step)), await sent.text());
    assert.equal(await body(request(step)), sent.request().postData());
    const headers = await sent.request().allHeaders();
    for (const line of (await request(step).innerText()).split("\n\n")[0].split("\n").slice(1)) {
      const [name, value] = line.split(": ");
      assert.equal(headers[name.toLowerCase()] ?? new URL(page.url()).host, value, name);
    }
  });
});

test("what is typed and what comes is shown as text, however long it is", async () => {
  await visit({ screen: "phone" }, async (page) => {
    await page.getByLabel("Payee’s account").fill(`<i>${"A".repeat(200)}</i>`);
    const walk = walkOf(page, "Approve a payment");
    await unfold(walk);
    for (const title of ["Who is it?", "Fill in the form", "Have a code sent"]) await press(walk, title);
    assert.match(await press(walk, "Read the message"), /<i>A{200}<\/i> is \d{8}/);
    assert.match(await press(walk, "Check the code"), /The code is right/);
    assert.equal(await page.locator("i").count(), 0);
    await look(page, "start-6-long-phone-light", ANY_TEXT);
  });
});

test("an amount that is no number is not sent", async () => {
  await visit({}, async (page) => {
    const walk = walkOf(page, "Approve a payment");
    await unfold(walk);
    const asked = [];
    page.on("request", (sent) => asked.push(sent.url()));
    for (const amount of ["1,5", "", "1e3", '1}, "x": 2', "01"]) {
      await page.getByLabel("Amount").fill(amount);
      await stepOf(walk, "Who is it?").getByRole("button").click();
      assert.equal(await page.evaluate(() => document.activeElement.name), "amount", amount);
    }
    assert.deepEqual(asked, []);
  });
});

test("a caller puts in a token, which is shown to nobody and kept nowhere", async () => {
  const options = { program: start({ asksForToken: true }), colours: "dark", screen: "phone", expected: /status of 401/ };
  await visit(options, async (page, { token }, context) => {
    const walk = walkOf(page, "Log in");
    assert.match(await press(walk, "Who is it?"), /Put in the token/);
    assert.match(await answer(stepOf(walk, "Who is it?")).innerText(), /^401 Unauthorized\n[^]*error\.callerUnauthorized/);
    assert.equal(await walk.getByRole("button").count(), 2, "the walk does not go on");
    await page.getByLabel("Token of the caller").fill(token);
    assert.match(await press(walk, "Who is it?"), /John Doe/);
    assert.match(await request(stepOf(walk, "Who is it?")).innerText(), /Authorization: Bearer ••••••/);
    await press(walk, "Have a code sent");
    assert.match(await press(walk, "Read the message"), /code for login is/);
    await look(page, "start-5-token-phone-dark", ANY_TEXT);
    assert.ok(!(await page.locator("body").innerText()).includes(token));
    await page.getByLabel("and the token in what was sent").check();
    await press(walk, "Who is it?");
    assert.ok((await request(stepOf(walk, "Who is it?")).innerText()).includes(`Bearer ${token}`));
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]);
    assert.deepEqual(kept, [0, 0, "", page.url()]);
    assert.deepEqual(await context.cookies(), []);
    await page.reload();
    assert.equal(await page.getByLabel("Token of the caller").inputValue(), "");
  });
});

/** The demo with these texts, by their names, and more configuration. */
const withTexts = (texts, more = "", { digits = 8 } = {}) => {
  const file = Object.entries(texts).map(([name, text]) => `${name} = ${text}\n`).join("");
  // Operators pay to one account only.
  const demo = DEMO.replace("[admin]\nenabled = true", "[admin]\nenabled = false");
  const config = demo.replace("[otp]", `[otp]\ndigits = ${digits}`);
  return start({ config: `${config}\n[texts]\nfolder = "texts"\n${more}`, files: { "texts/en.ftl": file, "texts/cs.ftl": file } });
};

test("a payment has the attributes that its operation is bound to, and each can be changed", async () => {
  const more = `[operations.authorize_payment]
sms_text = "transfer"
payee = ["operation.creditorIban", "operation.creditorName"]
bind = ["operation.dueDate", "username"]
[operations.login_sca]
sms_text = "login-here"
bind = ["device"]
`;
  const texts = {
    transfer: "{ $amount_text } to { $creditorName }, { $creditorIban } on { $dueDate } for { $username } in { $currency }: { $code }",
    "login-here": "On { $device }: { $code }",
  };
  await visit({ program: withTexts(texts, more) }, async (page, { url }) => {
    assert.match(await page.getByLabel("Payee’s account").inputValue(), /^CZ\d{22}$/);
    assert.match(await page.getByLabel("Due date").inputValue(), /^\d{4}-\d\d-\d\d$/);
    await page.getByLabel("Payee’s account").fill("SK3112000000198742637541");
    await page.getByLabel("Creditor name").fill("Water works");
    await page.getByLabel("Amount").fill("1234.50");
    await pay(page, {}, /to Water works, SK3112000000198742637541 on \d{4}-\d\d-\d\d for \S/);
    const walk = walkOf(page, "Approve a payment");
    assert.match(await request(stepOf(walk, "Have a code sent")).innerText(), /"id": "operation.creditorIban",[^]*SK31/);
    await beRefused(page, { result: "VERIFIED_FAILED" });
    await page.getByLabel("Device").fill("Tablet");
    await logIn(page, {}, /“On Tablet: \d{8}”/);
    assert.equal((await (await fetch(`${url}/sandbox/messages`)).json()).length, 3);
  });
});

for (const [digits, phone, filledIn] of [
  [8, "800123456", true],
  [9, "800123456", false],
  [6, "800123", false],
]) {
  const what = filledIn ? "is filled in" : "is left to the person";
  test(`a code of ${digits} digits beside the number ${phone} ${what}`, async () => {
    const texts = { "sms-login": `Your code: { $code }. Not you? Call ${phone}.` };
    await visit({ program: withTexts(texts, "", { digits }) }, async (page, { url }) => {
      const walk = walkOf(page, "Log in");
      await press(walk, "Who is it?");
      await press(walk, "Have a code sent");
      const said = await press(walk, "Read the message");
      const [{ text }] = await (await fetch(`${url}/sandbox/messages`)).json();
      const code = /code: (\d+)\./.exec(text)[1];
      const field = stepOf(walk, "Check the code and the password").getByLabel("Code");
      assert.equal(await field.inputValue(), filledIn ? code : "");
      if (!filledIn) {
        assert.match(said, /Several numbers .* type in/);
        await field.fill(code);
      }
      assert.equal(await press(walk, "Check the code and the password"), "Both are right.");
    });
  });
}

test("what is wrong with what is sent is named", async () => {
  await visit({ expected: /status of 400/ }, async (page) => {
    const walk = walkOf(page, "Approve a payment");
    await unfold(walk);
    await press(walk, "Who is it?");
    await press(walk, "Fill in the form");
    for (const [label, value, code] of [
      ["Amount", "0", "amount.invalid"],
      ["Amount", "1".repeat(50), "amount.invalid"],
      ["Currency", "czk", "currency.invalid"],
      ["Payee’s account", "2384\u200b00856/0300", "account.invalid"],
    ]) {
      const field = page.getByLabel(label);
      const before = await field.inputValue();
      await field.fill(value);
      const verdict = await press(walk, "Have a code sent");
      assert.equal(verdict, `The walk does not go on with this answer: login.authenticationFailed (smsAuthorization.${code}).`);
      await field.fill(before);
    }
  });
});

test("the box that shows secrets acts on what is shown already, both ways", async () => {
  await visit({ program: start({ asksForToken: true }) }, async (page, { token }) => {
    await page.getByLabel("Token of the caller").fill(token);
    const walk = walkOf(page, "Log in");
    for (const title of ["Who is it?", "Have a code sent", "Read the message", "Check the code and the password"]) await press(walk, title);
    const shown = async () => [
      await request(stepOf(walk, "Who is it?")).innerText(),
      await request(stepOf(walk, "Check the code and the password")).innerText(),
    ];
    const box = page.getByLabel("and the token in what was sent");
    const secrets = [`Bearer ${token}`, '"password": "s3cret"'];
    const hidden = ["Bearer ••••••", '"password": "••••••"'];
    assert.deepEqual((await shown()).map((text, index) => text.includes(hidden[index])), [true, true]);
    await box.check();
    assert.deepEqual((await shown()).map((text, index) => text.includes(secrets[index])), [true, true]);
    await box.uncheck();
    assert.deepEqual((await shown()).map((text, index) => text.includes(hidden[index])), [true, true]);
    assert.ok(!(await page.locator("body").innerText()).includes(token));
  });
});

test("a user without names is called by the id alone", async () => {
  const config = 'sandbox.enabled = true\nbackends.memory.users_file = "users.toml"\n';
  const files = { "users.toml": '[[users]]\nid = "1"\nusername = "one"\norganization = "RETAIL"\npassword_hash = "$argon2id$v=19$m=19456,t=2,p=1$3JfSOcYyS1DOzfb3y8xiOg$WgMoD4MBgTY2nJrILCGExRh9Lrws1yKzOWq3RMyvIQc"\n' };
  await visit({ program: start({ config, files }) }, async (page) => {
    await page.getByLabel("Username").fill("one");
    await page.getByLabel("Organization").fill("RETAIL");
    assert.equal(await press(walkOf(page, "Log in"), "Who is it?"), "The user id is 1.");
  });
});

test("a caller who may not read the inbox types the code", async () => {
  const program = start({ asksForToken: true, mayUse: ["/api"] });
  await visit({ program, expected: /status of 403/ }, async (page, { token }) => {
    await page.getByLabel("Token of the caller").fill(token);
    const walk = walkOf(page, "Log in");
    await press(walk, "Who is it?");
    await press(walk, "Have a code sent");
    assert.match(await press(walk, "Read the message"), /may not read the inbox.* type in/);
    const check = stepOf(walk, "Check the code and the password");
    await check.getByLabel("Code").fill("00000000");
    await check.getByRole("button").click();
    assert.match(await said(check), /does not go on/, "it is sent");
  });
});

test("the login is one that asks for consent, where there is one", async () => {
  const config = DEMO.replaceAll("consent.forms.login_sca", "consent.forms.other");
  await visit({ program: start({ config: `${config}\n[operations.other]\nbinds = "operation"\nsms_text = "sms-login"\n` }) }, async (page) => {
    await logIn(page, {});
    assert.match(await request(stepOf(walkOf(page, "Log in"), "Who is it?")).innerText(), /"name": "login"/);
  });
});

test("large text fits a narrow screen", async () => {
  await visit({ more: { viewport: { width: 320, height: 640 } } }, async (page) => {
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await look(page, "start-7-large-text-narrow", ANY_TEXT);
    await logIn(page, {});
    await look(page, "start-8-large-text-narrow-login", ANY_TEXT);
  });
});

test("without a sandbox the code is typed in from wherever it arrives, and a password is not shown", async () => {
  const behind = await start();
  const capabilities = ["users", "authentication", "operations", "sms_otp", "consent"].map((name) => `${name} = "core"\n`);
  const config = `swagger_ui.enabled = true\n[capabilities]\n${capabilities.join("")}[backends.core]\nkind = "rest"\nurl = "${behind.url}"\n`;
  try {
    await visit({ program: start({ config }) }, async (page) => {
      assert.match(await page.locator("#walks").innerText(), /there is no inbox/);
      for (const name of ["Username", "Organization", "Password"]) assert.equal(await page.getByLabel(name, { exact: true }).inputValue(), "");
      const walk = walkOf(page, "Log in");
      await stepOf(walk, "Who is it?").getByRole("button").click();
      assert.equal(await page.evaluate(() => document.activeElement.name), "username", "it is asked for");
      await page.getByLabel("Username").fill("user1234");
      await page.getByLabel("Organization").fill("RETAIL");
      await press(walk, "Who is it?");
      await press(walk, "Have a code sent");
      assert.equal(await stepOf(walk, "Read the message").count(), 0);
      const [message] = await (await fetch(`${behind.url}/sandbox/messages`)).json();
      await stepOf(walk, "Check the code and the password").getByLabel("Code").fill(/is (\d{8})/.exec(message.text)[1]);
      await page.getByLabel("Password", { exact: true }).fill("s3cret");
      const checked = page.waitForRequest(/password\/verify$/);
      assert.equal(await press(walk, "Check the code and the password"), "Both are right.");
      assert.match((await checked).postData(), /"password":"s3cret"/);
      const shown = await request(stepOf(walk, "Check the code and the password")).innerText();
      assert.match(shown, /"password": "••••••"/);
      assert.ok(!(await page.locator("body").innerText()).includes("s3cret"));
    });
  } finally {
    await behind.stop();
  }
});

test("where no consent is asked for the walk goes past it", async () => {
  const config = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";
  await visit({ program: start({ config }) }, async (page) => {
    const walk = walkOf(page, "Log in");
    const steps = ["Who is it?", "Have a code sent", "Read the message", "Check the code and the password"];
    for (const title of steps) await press(walk, title);
    assert.match(await press(walk, "Is consent needed?"), /fall away/);
    assert.equal(await said(stepOf(walk, "Give consent")), "Not needed.");
    assert.equal(await press(walk, "End the operation"), "Done.");
  });
});

test("a program that is gone is said to be", async () => {
  await visit({ expected: /ERR_CONNECTION_REFUSED/ }, async (page, program) => {
    await program.stop();
    assert.match(await press(walkOf(page, "Log in"), "Who is it?"), /^No answer/);
  });
});

for (const screen of Object.keys(SCREENS)) {
  test(`without JavaScript what is served is listed, and that the walk needs it, on a ${screen}`, async () => {
    await visit({ screen, more: { javaScriptEnabled: false } }, async (page) => {
      assert.equal(await page.getByRole("link", { name: "Try it out in Swagger UI" }).count(), 5);
      const note = page.locator("noscript p");
      assert.match(await note.innerText(), /JavaScript, which is off/);
      assert.ok(await note.isVisible());
      assert.ok(!(await page.locator("#walks").isVisible()));
    });
  });
}
