// The operator's page, as operators use it.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ANY_TEXT, launch, look, open, SCREENS } from "./browser.mjs";
import { asOperator, block, device, fill, post, RECORDED, request, shown, signIn, TOKEN, USER, view } from "./operator.mjs";
import { DEMO, start } from "./program.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const HTML = '<img src=x onerror="document.title=1"><b>bold</b>';

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** Opens the page of a program that keeps an audit log. `use` gets it; nothing may go wrong in it but what matches `expected`. */
async function visit({ program = start({ config: RECORDED }), screen = "desktop", colours = "light", expected, more, path = "" }, use) {
  const running = await program;
  const { context, page, wrong } = await open(browser, screen, colours, more);
  try {
    await page.goto(`${running.url}/admin/${path}`);
    await use(page, running, context);
    assert.deepEqual(wrong.filter((entry) => !expected?.test(entry)), []);
  } finally {
    await context.close();
    await running.stop();
  }
}

const status = (page) => page.getByRole("status");

async function said(page, text) {
  await status(page).filter({ hasText: text }).waitFor();
}

/** What axe-core says is wrong with the page as it is shown. */
async function accessible(page, name) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(told, [], name);
}

async function unblock(page, whose) {
  await page.getByRole("button", { name: `Unblock ${whose}` }).click();
  const question = page.getByRole("dialog", { name: `Unblock ${whose}?` });
  await question.getByRole("button", { name: "Unblock" }).click();
}

for (const screen of Object.keys(SCREENS)) {
  for (const colours of ["light", "dark"]) {
    test(`each view shows its data, on a ${colours} ${screen}`, async () => {
      await visit({ screen, colours }, async (page, { url }) => {
        const see = async (what) => {
          const name = `operator-${what}-${screen}-${colours}`;
          await look(page, name, ANY_TEXT);
          await accessible(page, name);
        };
        await fill(url);
        await see("1-sign-in");
        await signIn(page);
        const blocked = await shown(page, "Who is blocked");
        assert.match(await blocked.innerText(), /12345678[^]*Password[^]*5 wrong passwords[^]*in \d+ s/);
        await see("2-blocks");

        const codes = await view(page, "Open codes", "Open codes");
        assert.match(await codes.innerText(), /Payment: 100\.5 CZK to 238400856\/0300[^]*Change of the daily limit/);
        await see("3-codes");

        const sent = await view(page, "Sent", "What was sent");
        assert.match(await sent.innerText(), /All messages[^]*2 of 10,000 in a minute[^]*2 of 2,000,000 in a day[^]*Country CZ/);
        assert.match(await sent.innerText(), /Organization RETAIL/);
        await see("4-sent");

        await view(page, "Users", "Users");
        await page.getByLabel("User id").fill(USER);
        await page.getByRole("button", { name: "Show" }).click();
        const user = await shown(page, `User ${USER}`);
        const text = await user.innerText();
        for (const part of [/5 wrong passwords/, /Payment: 100\.5 CZK/, /2 of 1,000 in a minute/, /CONSENT_LOGIN/, /My phone/]) assert.match(text, part);
        await see("5-user");

        const audit = await view(page, "Audit log", "Audit log");
        assert.match(await audit.innerText(), /The chain is whole[^]*viewed: user[^]*device registered[^]*blocked: password/);
        await see("6-audit");

        const health = await view(page, "Health", "Health");
        assert.match(await health.innerText(), /Store[^]*Works/);
        await see("7-health");
      });
    });
  }
}

test("a blocked user is found and unblocked, and the audit log says who did it", async () => {
  await visit({}, async (page, { url }) => {
    await block(url);
    await signIn(page);
    await shown(page, "Who is blocked");
    await page.getByLabel("User or partner").fill("somebody else");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("Nothing of theirs is blocked.").waitFor();
    await page.getByLabel("User or partner").fill(USER);
    await page.getByRole("button", { name: "Show" }).click();
    await unblock(page, `password of ${USER}`);
    await said(page, `Unblocked: password of ${USER}.`);
    await page.getByText("Nothing of theirs is blocked.").waitFor();
    const { responseObject } = await post(url, "/api/auth/user/authenticate", {
      requestObject: { userId: USER, organizationId: "RETAIL", password: "s3cret", operationContext: { id: "after", name: "login" } },
    });
    assert.match(responseObject.authenticationResult, /SUCCEEDED$/);
    await view(page, "Audit log", "Audit log");
    await page.getByLabel("User", { exact: true }).fill(USER);
    await page.getByRole("button", { name: "Show" }).click();
    const line = page.getByRole("row").filter({ hasText: "unblocked: password" });
    assert.match(await line.innerText(), /succeeded[^]*12345678[^]*demo-operator/);
    await line.locator("summary").click();
    assert.match(await line.locator("pre").innerText(), /"event": "unblocked"/);
    await line.locator("a[href^='#audit?request']").click();
    await page.waitForFunction(() => document.querySelectorAll("#view tbody tr").length === 1);
    assert.match(await page.locator("#view tbody").innerText(), /unblocked: password/, "only that request");
  });
});

test("nobody is unblocked without a yes", async () => {
  await visit({}, async (page, { url }) => {
    await block(url);
    await signIn(page);
    const button = page.getByRole("button", { name: `Unblock password of ${USER}` });
    for (const no of [() => page.getByRole("button", { name: "Cancel" }).click(), () => page.keyboard.press("Escape"), () => page.keyboard.press("Enter")]) {
      await button.click();
      await page.getByRole("dialog").waitFor();
      await no();
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
    const { blocks } = await (await fetch(`${url}/admin/blocks`, { headers: asOperator })).json();
    assert.equal(blocks.length, 1);
    assert.ok(await button.isVisible());
  });
});

test("a partner who is blocked is one, and is unblocked as one", async () => {
  await visit({}, async (page, { url }) => {
    for (let number = 0; number < 5; number += 1) {
      const form = new FormData();
      for (const [name, value] of [["GRANT_TYPE", "password"], ["UserName", "demopartner"], ["Password", "Partner#0000"]]) form.append(name, value);
      await fetch(`${url}/security/login`, { method: "POST", body: form });
    }
    await signIn(page);
    const blocked = await shown(page, "Who is blocked");
    assert.match(await blocked.innerText(), /Partner demopartner/);
    await unblock(page, "password of the partner demopartner");
    await said(page, "Unblocked: password of the partner demopartner.");
    await page.getByText("Nobody is blocked.").waitFor();
  });
});

test("a consent is withdrawn after a yes, and stays on record as withdrawn", async () => {
  await visit({}, async (page, { url }) => {
    await fill(url);
    await signIn(page);
    await page.goto(`${url}/admin/#user?id=${USER}`);
    await shown(page, `User ${USER}`);
    const row = page.getByRole("row").filter({ hasText: "CONSENT_LOGIN" });
    const withdraw = row.getByRole("button", { name: `Withdraw “login” of ${USER}` });
    await withdraw.click();
    await page.keyboard.press("Escape");
    assert.match(await row.innerText(), /Given/);
    await withdraw.click();
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await said(page, `Withdrawn: “login” of ${USER}.`);
    await row.getByText("Withdrawn").waitFor();
    assert.equal(await withdraw.count(), 0);
    await look(page, "operator-11-withdrawn-desktop-light", ANY_TEXT);
    await accessible(page, "a consent that was withdrawn");
    await page.goto(`${url}/admin/#audit?user=${USER}`);
    await shown(page, "Audit log");
    const line = page.getByRole("row").filter({ hasText: "consent withdrawn" });
    assert.match(await line.innerText(), /succeeded[^]*demo-operator/);
  });
});

test("a token that is not right shows nothing, and is kept nowhere", async () => {
  await visit({ expected: /status of 401/ }, async (page) => {
    for (const token of ["guessed", "žluťoučký", "two words"]) {
      await signIn(page, token);
      await said(page, "The token is not right.");
      assert.equal(await page.getByRole("navigation").count(), 0);
      assert.equal(await page.locator("#view").innerText(), "");
      assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length + document.cookie.length), 0);
      assert.equal(await page.getByLabel("Token of the operator").inputValue(), "");
      assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    }
    await signIn(page);
    await shown(page, "Who is blocked");
  });
});

test("whatever is HTML in names and titles stays text", async () => {
  await visit({ expected: /status of 404/ }, async (page, { url }) => {
    await device(url, HTML);
    await request(url, HTML);
    await fetch(`${url}/admin/users/${encodeURIComponent(HTML)}`, { headers: asOperator });
    await signIn(page);
    const check = async (what, times = 1) => {
      const text = await page.locator("#view").innerText();
      assert.ok(text.split(HTML).length > times, `${what}: ${text}`);
      assert.equal(await page.locator("#view img, #view b").count(), 0, what);
    };
    await view(page, "Open codes", "Open codes");
    await check("a title");
    await page.goto(`${url}/admin/#user?id=${USER}`);
    await shown(page, `User ${USER}`);
    await check("a title and a device", 2);
    await page.goto(`${url}/admin/#audit?user=${encodeURIComponent(HTML)}`);
    await shown(page, "Audit log");
    await page.getByRole("row").filter({ hasText: "unknown user" }).waitFor();
    await check("a user");
    await page.goto(`${url}/admin/#user?id=${encodeURIComponent(HTML)}`);
    await page.getByRole("heading", { name: `User ${HTML}` }).waitFor();
    assert.equal(await page.title(), `User ${HTML} · Data Adapter: operators`);
  });
});

test("everything is done by keyboard alone", async () => {
  await visit({}, async (page, { url }) => {
    await block(url);
    const at = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.name);
    const tab = async (wanted) => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press("Tab");
        if ((await at()) === wanted) return;
      }
      assert.fail(`${wanted} is not reached`);
    };
    assert.equal(await at(), "token", "the first field has the focus");
    await page.keyboard.type(TOKEN);
    await page.keyboard.press("Enter");
    await shown(page, "Who is blocked");
    assert.equal(await at(), "Who is blocked", "what is new is read out");
    await tab("Unblock");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await at(), "Cancel", "the safe answer has the focus");
    await page.keyboard.press("Tab");
    assert.equal(await at(), "Unblock");
    await page.keyboard.press("Enter");
    await said(page, `Unblocked: password of ${USER}.`);
    await page.getByText("Nobody is blocked.").waitFor();
    assert.equal(await at(), "Who is blocked");
    await page.keyboard.press("Shift+Tab");
    await tab("Audit log");
    await page.keyboard.press("Enter");
    await shown(page, "Audit log");
    await tab("user");
    await page.keyboard.type(USER);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.includes("user="));
    await shown(page, "Audit log");
    await page.goto(`${url}/admin/?again`);
    await shown(page, "Who is blocked");
    await page.keyboard.press("Tab");
    assert.equal(await at(), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await at(), "Who is blocked");
    await tab("Sign out");
    await page.keyboard.press("Enter");
    await said(page, "You are signed out.");
  });
});

test("back, forward and reload show what was shown, and after signing out nothing", async () => {
  await visit({}, async (page, { url }) => {
    await block(url);
    await signIn(page);
    await shown(page, "Who is blocked");
    await view(page, "Sent", "What was sent");
    await view(page, "Health", "Health");
    await page.goBack();
    await shown(page, "What was sent");
    await page.goForward();
    await shown(page, "Health");
    await page.reload();
    await shown(page, "Health");
    const other = await page.context().newPage();
    await other.goto(`${url}/admin/#health`);
    await other.getByLabel("Token of the operator").waitFor();
    await other.close();
    await page.getByRole("button", { name: "Sign out" }).click();
    await said(page, "You are signed out.");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    for (const again of [() => page.goBack(), () => page.goForward(), () => page.reload()]) {
      await again();
      await page.getByLabel("Token of the operator").waitFor();
      assert.equal(await page.locator("#view").innerText(), "");
    }
  });
});

test("who does nothing for 15 minutes is signed out, and who does something is not", async () => {
  await visit({}, async (page) => {
    await page.clock.install();
    await page.reload();
    await signIn(page);
    await shown(page, "Who is blocked");
    await page.clock.runFor(14 * 60 * 1000);
    await page.keyboard.press("Shift");
    await page.clock.runFor(14 * 60 * 1000);
    await shown(page, "Who is blocked");
    await page.clock.runFor(2 * 60 * 1000);
    await said(page, "nothing was done for 15 minutes");
    assert.equal(await page.locator("#view").innerText(), "");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });
});

test("a chain that is broken is marked where it breaks", async () => {
  await visit({}, async (page, { url, folder }) => {
    await block(url);
    const file = join(folder, "audit.jsonl");
    const lines = readFileSync(file, "utf8").split("\n");
    const altered = lines.findIndex((line) => line.includes('"event":"authentication"'));
    const { sequence } = JSON.parse(lines[altered]);
    lines[altered] = lines[altered].replace("failed", "succeeded");
    writeFileSync(file, lines.join("\n"));
    await signIn(page);
    const audit = await view(page, "Audit log", "Audit log");
    const alert = page.getByRole("alert");
    assert.match(await alert.innerText(), /The chain is broken/);
    assert.ok((await alert.innerText()).includes(`audit.jsonl, after line ${sequence}: this line does not carry the hash`));
    const rows = await audit.getByRole("row").allInnerTexts();
    const mark = rows.findIndex((row) => row.includes(`The chain is broken after line ${sequence}.`));
    assert.match(rows[mark + 1], /authentication/, "the line that was altered is the one below");
    for (const [screen, viewport] of Object.entries(SCREENS)) {
      await page.setViewportSize(viewport);
      await look(page, `operator-8-broken-${screen}-light`, ANY_TEXT);
    }
    appendFileSync(file, "");
  });
});

test("older lines are shown when they are asked for", async () => {
  await visit({}, async (page, { url }) => {
    for (let number = 0; number < 110; number += 1) await fetch(`${url}/admin/blocks`, { headers: asOperator });
    await signIn(page);
    const audit = await view(page, "Audit log", "Audit log");
    const rows = audit.locator("tbody tr");
    assert.equal(await rows.count(), 100);
    await page.getByRole("button", { name: "Look further back" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#view tbody tr").length > 110);
    assert.match(await rows.last().innerText(), /opened/);
    assert.ok(!(await page.getByRole("button", { name: "Look further back" }).isVisible()), "there are no more");
  });
});

test("a back end that is down is shown as down, with what follows from it", async () => {
  const config = `${DEMO}\n[capabilities]\nconsent = "core"\n[backends.core]\nkind = "rest"\nurl = "http://127.0.0.1:9"\n`;
  await visit({ program: start({ config }) }, async (page) => {
    await signIn(page);
    const health = await view(page, "Health", "Health");
    assert.match(await health.innerText(), /Back end core[^]*Down[^]*can't be reached[^]*try again later/);
    await look(page, "operator-9-down-desktop-light", ANY_TEXT);
  });
});

test("what the API refuses is told as sentences", async () => {
  await visit({ program: start(), expected: /status of (404|409)/ }, async (page, { url }) => {
    await signIn(page);
    await page.goto(`${url}/admin/#user?id=nobody`);
    await said(page, "There is no such user.");
    assert.equal(await page.getByLabel("User id").inputValue(), "nobody", "another one can be asked for");
    await page.goto(`${url}/admin/#user?id=..`);
    await said(page, "No browser can ask for this id.");
    await page.goto(`${url}/admin/#audit`);
    await said(page, "There is no audit log in a file");
  });
});

test("a service that is gone is said to be", async () => {
  await visit({ expected: /ERR_CONNECTION_REFUSED/ }, async (page, program) => {
    await signIn(page);
    await shown(page, "Who is blocked");
    await program.stop();
    await page.getByRole("button", { name: "Refresh" }).click();
    await said(page, "The service does not answer.");
  });
});

test("large text fits a narrow screen", async () => {
  await visit({ more: { viewport: { width: 320, height: 640 } } }, async (page, { url }) => {
    await fill(url);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await signIn(page);
    for (const [link, title] of [["Open codes", "Open codes"], ["Sent", "What was sent"], ["Audit log", "Audit log"]]) {
      await view(page, link, title);
      await look(page, `operator-10-large-${link.replace(" ", "-")}`, ANY_TEXT);
    }
  });
});

test("without JavaScript the page says that it needs it", async () => {
  await visit({ more: { javaScriptEnabled: false } }, async (page) => {
    const note = page.locator("noscript p");
    assert.match(await note.innerText(), /JavaScript, which is off/);
    assert.ok(await note.isVisible());
  });
});

test("the page has its slash, and is gone where it is switched off", async () => {
  await visit({ program: start({ config: DEMO.replace("[admin]\n", "[admin]\npage = false\n") }), expected: /404/ }, async (page, { url }) => {
    assert.equal((await fetch(`${url}/admin/`)).status, 404);
    assert.equal((await fetch(`${url}/admin/blocks`, { headers: asOperator })).status, 200);
  });
  await visit({}, async (page, { url }) => {
    await page.goto(`${url}/admin`);
    assert.equal(page.url(), `${url}/admin/`);
  });
});
