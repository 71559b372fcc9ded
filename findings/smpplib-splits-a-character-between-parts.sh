#!/usr/bin/env bash
# smpplib 2.2.4 (Python) cuts a long text into parts of 153 septets or 134 octets, wherever that is: between the escape and the
# second half of a character of the extension table (3GPP TS 23.038), and between the two surrogates of UTF-16.
# Guessed before: it keeps both together, as 3GPP TS 23.038 and 23.040 have parts that can each be read alone. So a euro sign at the
# end of the first part leaves it as a lone escape, and the second part begins with the letter e; phones that join the text before
# they decode it show the euro sign, others a blank and `e`.
# Needs Python 3 with venv. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install smpplib==2.2.4
seen=$("$folder/venv/bin/python" - <<'PROGRAM'
from smpplib import gsm

UDH = 6
for name, text in (("euro", "a" * 152 + "€" + "b" * 10), ("surrogates", "ě" * 66 + "😀" + "ě" * 5)):
    parts, _, _ = gsm.make_parts(text)
    parts = [part[UDH:] for part in parts]
    print(name, parts[0][-2:].hex(), parts[1][:2].hex())
PROGRAM
)
echo "smpplib 2.2.4, the end of the first part and the beginning of the second:"
echo "$seen"
[ "$seen" = "$(printf 'euro 611b 6562\nsurrogates d83d de00')" ]
