// What operators see on their page, and what has to be there to be seen.

import assert from "node:assert/strict";
import { DEMO } from "./program.mjs";

/** The token of the demo's operator. */
export const TOKEN = "demo-admin-token";
/** The user of the demo. */
export const USER = "12345678";
/** The demo, with an audit log. */
export const RECORDED = `${DEMO}\n[audit]\ntarget = "file"\nfile = "audit.jsonl"\n`;

/** Gives the token, and presses the button. */
export async function signIn(page, token = TOKEN) {
  await page.getByLabel("Token of the operator").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes to a view by its link; gives it once it shows what it has. */
export async function view(page, link, title) {
  await page.getByRole("navigation").getByRole("link", { name: link, exact: true }).click();
  return shown(page, title);
}

/** Waits for a view to show what it has. */
export async function shown(page, title) {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  await page.locator("#view:not([aria-busy]):not(:empty)").waitFor();
  return page.locator("#view");
}

/** Calls an API as the program's other clients do. */
export async function post(url, path, body, headers = {}) {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  assert.ok(answer.status < 500, `${path}: ${answer.status}`);
  return answer.json();
}

/** The headers of an operator. */
export const asOperator = { authorization: `Bearer ${TOKEN}` };

/** Gets a password wrong so often that it is blocked. */
export async function block(url, userId = USER) {
  const operationContext = { id: "op-of-the-block", name: "login" };
  for (let number = 0; number < 5; number += 1) {
    await post(url, "/api/auth/user/authenticate", {
      requestObject: { userId, organizationId: "RETAIL", password: "wrong", operationContext },
    });
  }
}

/** Has something approved. */
export const request = (url, title, more = {}) =>
  post(url, "/admin/sca-requests", { consumerId: Number(USER), type: "otp", title, ...more }, asOperator);

/** Registers a device. */
export const device = (url, deviceName) =>
  post(url, `/admin/users/${USER}/devices`, { deviceName, deviceType: "iPhone 15", osVersion: "18.1" }, asOperator);

async function consent(url) {
  const requestObject = { userId: USER, organizationId: "RETAIL", operationContext: { id: "consented", name: "login" } };
  await post(url, "/api/auth/consent/create", { requestObject: { ...requestObject, lang: "en" } });
  const options = [{ id: "CONSENT_LOGIN", value: "CHECKED" }];
  await post(url, "/api/auth/consent/save", { requestObject: { ...requestObject, options } });
}

/** Everything that a view can show. */
export async function fill(url) {
  await block(url);
  await request(url, "Payment", { amount: 100.5, currency: "CZK", payee: "238400856/0300", description: "Invoice" });
  await request(url, "Change of the daily limit");
  await device(url, "My phone");
  await consent(url);
}
