// Makes the pictures of the book: the operator's page with the demo behind it.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open } from "./browser.mjs";
import { fill, RECORDED, shown, signIn, USER, view } from "./operator.mjs";
import { start } from "./program.mjs";

const PICTURES = fileURLToPath(new URL("../../docs/pictures", import.meta.url));

mkdirSync(PICTURES, { recursive: true });
const program = await start({ config: RECORDED });
const browser = await launch();

const WIDTH = 1000;

/** What stands in the window, or all of the page where it is not as high. */
async function take(page, name) {
  const { width, height: most } = page.viewportSize();
  const height = Math.min(most, await page.evaluate(() => document.body.scrollHeight));
  await page.screenshot({ path: `${PICTURES}/operator-${name}.png`, clip: { x: 0, y: 0, width, height } });
}

try {
  await fill(program.url);
  const { page } = await open(browser, "desktop", "light");
  await page.setViewportSize({ width: WIDTH, height: 600 });
  await page.goto(`${program.url}/admin/`);
  await signIn(page);
  await shown(page, "Who is blocked");
  await take(page, "blocked");
  await page.getByRole("button", { name: /^Unblock/ }).click();
  await page.getByRole("dialog").waitFor();
  await page.setViewportSize({ width: WIDTH, height: 440 });
  await page.screenshot({ path: `${PICTURES}/operator-unblock.png` });
  await page.setViewportSize({ width: WIDTH, height: 600 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await view(page, "Sent", "What was sent");
  await take(page, "sent");
  await view(page, "Audit log", "Audit log");
  await take(page, "audit");

  const phone = await open(browser, "phone", "dark");
  await phone.page.goto(`${program.url}/admin/#user?id=${USER}`);
  await signIn(phone.page);
  await shown(phone.page, `User ${USER}`);
  await take(phone.page, "phone");
} finally {
  await browser.close();
  await program.stop();
}
