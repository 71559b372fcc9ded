// What the start page writes and shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Digits, indent, write } from "../../crates/web-flow/src/walk/json.mjs";

test("an amount is written as it is typed", () => {
  for (const amount of ["100.00", "0.10", "12345678901234567890.123456789", "1000000000000000000000000"]) {
    assert.equal(write({ amount: new Digits(amount) }), `{"amount":${amount}}`);
  }
});

test("everything else is written as any JSON is", () => {
  for (const value of [{}, [], { a: [1, "x\n\"ž\u2028", null, true, { b: {} }] }, "text", [[], [[]]], { "a b": 1, c: undefined }]) {
    assert.equal(write(value), JSON.stringify(value));
  }
});

test("to break JSON into lines changes no digit, no letter and no escape", () => {
  const text = '{"amount":158121.10,"big":1.0E7,"text":"a \\"b\\", {c} [d]: \\\\","none":null,"list":[1,[],{},[{"e":-0.0}]]}';
  const lines = [
    "{",
    '  "amount": 158121.10,',
    '  "big": 1.0E7,',
    '  "text": "a \\"b\\", {c} [d]: \\\\",',
    '  "none": null,',
    '  "list": [',
    "    1,",
    "    [],",
    "    {},",
    "    [",
    "      {",
    '        "e": -0.0',
    "      }",
    "    ]",
    "  ]",
    "}",
  ];
  assert.equal(indent(text), lines.join("\n"));
  assert.equal(indent(lines.join("\r\n\t")), lines.join("\n"));
});

test("what is no JSON is shown as it is", () => {
  for (const text of ["", "<html>\n  502</html>", '{"a":', "[1,]"]) assert.equal(indent(text), text);
});
