// Chromium, and what a person sees in it.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SCREENSHOTS = fileURLToPath(new URL("../../target/screenshots", import.meta.url));

/** Widths and heights that people have before them. */
export const SCREENS = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 360, height: 740 },
};

export function launch() {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Names lead nowhere, so that not even the browser itself asks anybody.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** A window of this size and colour scheme, and what went wrong in it so far. */
export async function open(browser, screen, colorScheme, more = {}) {
  const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme, ...more });
  context.setDefaultTimeout(15_000);
  const wrong = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => wrong.push(`error: ${error.error().message}`));
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1") wrong.push(`request to ${request.url()}`);
  });
  return { context, page: await context.newPage(), wrong };
}

/** The least contrast that WCAG asks of texts at level AA: of large ones, and of all others. */
export const LARGE_TEXT = 3;
export const ANY_TEXT = 4.5;

/** Takes a picture, and checks that all of it can be seen: texts have this contrast at least. */
export async function look(page, name, least = LARGE_TEXT) {
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  assert.ok(content <= window, `${name} is ${content} pixels wide in a window of ${window}`);
  const faint = await page.evaluate(faintTexts, least);
  assert.deepEqual(faint, [], `${name} has texts that can hardly be seen`);
}

/** Texts with less contrast than that. Runs in the page. */
function faintTexts(least) {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const paper = matchMedia("(prefers-color-scheme: dark)").matches && !document.documentElement.className
    ? { r: 18, g: 18, b: 18, a: 1 }
    : { r: 255, g: 255, b: 255, a: 1 };
  const background = (element) => {
    const own = parse(getComputedStyle(element).backgroundColor);
    if (own.a === 1) return own;
    return over(own, element.parentElement ? background(element.parentElement) : paper);
  };
  const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  return [...document.querySelectorAll("body *")]
    .filter((element) => hasText(element) && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((element) => element.getBoundingClientRect().width > 0 && !["OPTION", "SCRIPT", "NOSCRIPT"].includes(element.tagName))
    .map((element) => {
      const under = background(element);
      const ratio = contrast(over(parse(getComputedStyle(element).color), under), under);
      return { text: element.textContent.trim().slice(0, 40), element: `${element.tagName}.${element.className}`, ratio };
    })
    .filter(({ ratio }) => ratio < least)
    .map(({ text, element, ratio }) => `${element} "${text}" ${ratio.toFixed(1)}`);
}
