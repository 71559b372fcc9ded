// Swagger UI and the inbox, as a person uses them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, look, open, SCREENS } from "./browser.mjs";
import { CALLER, start } from "./program.mjs";

const PAGE = "/powerauth-data-adapter/swagger-ui.html";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** Opens an operation by what it is called in links, ready to be edited. */
async function tryOut(page, tag, id) {
  const operation = page.locator(`#operations-${tag}-${id}`);
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  return operation;
}

/** Sends the request; gives the status and the body that the page shows. */
async function execute(operation) {
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table .response");
  await answer.waitFor();
  const status = (await answer.locator(".response-col_status").innerText()).trim();
  const body = await answer.locator(".response-col_description .highlight-code code").first().innerText();
  return { status, body: JSON.parse(body) };
}

async function close(operation) {
  await operation.locator(".opblock-summary-control").click();
}

for (const screen of Object.keys(SCREENS)) {
  for (const colours of ["light", "dark"]) {
    test(`a user is looked up and a code made, read and verified, on a ${colours} ${screen}`, async () => {
      const program = await start();
      const { context, page, wrong } = await open(browser, screen, colours);
      const shot = (name) => `${name}-${screen}-${colours}`;
      try {
        await page.goto(program.url + PAGE);
        await page.getByRole("heading", { name: "Data Adapter for Web Flow 0.22" }).waitFor();
        await page.locator(".opblock").nth(13).waitFor();
        await look(page, shot("1-page"));

        const lookup = await tryOut(page, "users", "lookup");
        const user = await execute(lookup);
        assert.equal(user.status, "200");
        assert.equal(user.body.responseObject.givenName, "John");
        await look(page, shot("2-lookup"));
        await close(lookup);

        const create = await tryOut(page, "codes", "createCode");
        const { messageId } = (await execute(create)).body.responseObject;
        await look(page, shot("3-create"));
        await close(create);

        const inbox = await context.newPage();
        const link = page.getByRole("link", { name: "inbox" });
        await inbox.goto(await link.evaluate((anchor) => anchor.href));
        const message = inbox.getByRole("article").filter({ hasText: messageId });
        const code = /is (\d{8})\./.exec(await message.innerText())[1];
        await look(inbox, shot("4-inbox"));

        const verify = await tryOut(page, "codes", "verifyCode");
        const editor = verify.locator("textarea.body-param__text");
        const request = JSON.parse(await editor.inputValue());
        Object.assign(request.requestObject, { messageId, authorizationCode: code });
        await editor.fill(JSON.stringify(request, null, 2));
        const verified = await execute(verify);
        assert.equal(verified.body.responseObject.smsAuthorizationResult, "VERIFIED_SUCCEEDED");
        await look(page, shot("5-verify"));

        assert.deepEqual(wrong, []);
      } finally {
        await context.close();
        await program.stop();
      }
    });
  }
}

for (const screen of Object.keys(SCREENS)) {
  test(`the API of later versions is chosen from the list, on a light ${screen}`, async () => {
    const program = await start();
    const { context, page, wrong } = await open(browser, screen, "light");
    try {
      await page.goto(program.url + PAGE);
      await page.locator("#select").selectOption({ label: "Web Flow 0.23 to 1.10" });
      await page.getByRole("heading", { name: "Data Adapter for Web Flow 0.23 to 1.10" }).waitFor();
      await page.locator(".opblock").nth(19).waitFor();
      await look(page, `7-later-${screen}-light`);
      const mapping = await tryOut(page, "operations", "mapOperation");
      const mapped = await execute(mapping);
      assert.equal(mapped.status, "200");
      assert.equal(mapped.body.responseObject.templateName, "authorize_payment");
      const authenticate = await tryOut(page, "users", "authenticate");
      const authenticated = await execute(authenticate);
      assert.equal(authenticated.body.responseObject.accountStatus, "ACTIVE");
      assert.deepEqual(wrong, []);
    } finally {
      await context.close();
      await program.stop();
    }
  });
}

test("a caller says who it is by Authorize, with a token alone or beside its name", async () => {
  const program = await start({ asksForToken: true });
  const { context, page, wrong } = await open(browser, "phone", "dark");
  const authorize = async (fill) => {
    await page.locator(".auth-wrapper .authorize").click();
    const dialog = page.locator(".dialog-ux .modal-ux");
    await fill(dialog);
    await dialog.locator(".close-modal").click();
  };
  try {
    await page.goto(`${program.url}/swagger-ui/`);
    const lookup = await tryOut(page, "users", "lookup");
    assert.equal((await fetch(`${program.url}/api/service/status`)).status, 401);

    await authorize(async (dialog) => {
      const bearer = dialog.locator(".auth-container").filter({ hasText: "bearer" });
      await bearer.locator("input").fill(program.token);
      await look(page, "6-authorize-phone-dark");
      await bearer.getByRole("button", { name: "Apply credentials" }).click();
    });
    assert.equal((await execute(lookup)).status, "200");

    await authorize(async (dialog) => {
      const bearer = dialog.locator(".auth-container").filter({ hasText: "bearer" });
      await bearer.getByRole("button", { name: "Remove authorization" }).click();
      const basic = dialog.locator(".auth-container").filter({ hasText: "basic" });
      await basic.locator("input[name=username]").fill(CALLER);
      await basic.locator("input[name=password]").fill(program.token);
      await basic.getByRole("button", { name: "Apply credentials" }).click();
    });
    assert.equal((await execute(lookup)).status, "200");

    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
    await program.stop();
  }
});
