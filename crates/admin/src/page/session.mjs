// The token of the operator, for as long as this window is used.

const TOKEN = "data-adapter-operator";
const USED = "data-adapter-operator-used";

/** After so long without use nobody is signed in any more. */
export const IDLE = 15 * 60 * 1000;

/** The token; `null` where nobody is signed in. */
export function token() {
  return isIdle() ? null : sessionStorage.getItem(TOKEN);
}

/** Whether somebody was signed in, and has done nothing for too long. */
export function isIdle() {
  const used = Number(sessionStorage.getItem(USED) ?? 0);
  const passed = Date.now() - used;
  return sessionStorage.getItem(TOKEN) !== null && (passed >= IDLE || passed < -IDLE);
}

export function signIn(value) {
  sessionStorage.setItem(USED, String(Date.now()));
  sessionStorage.setItem(TOKEN, value);
}

export function signOut() {
  sessionStorage.removeItem(TOKEN);
  sessionStorage.removeItem(USED);
}

/** Somebody is there. */
export function use() {
  if (sessionStorage.getItem(TOKEN) !== null && !isIdle()) sessionStorage.setItem(USED, String(Date.now()));
}
