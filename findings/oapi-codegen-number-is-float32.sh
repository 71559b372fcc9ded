#!/usr/bin/env bash
# oapi-codegen 2.8.2 makes a Go float32 of a plain `type: number`, with seven digits and not the sixteen of a float64.
# Guessed before: float64, as encoding/json has for a number whose type nobody names. So an amount of 12345678.91 that a server
# sends is 12345679 in the client, with no error; `format: double` or `x-go-type: json.Number` in the document keeps more.
# Needs Go. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >document.yaml <<'DOCUMENT'
openapi: 3.0.3
info: {title: Payments, version: "1"}
paths: {}
components:
  schemas:
    Payment:
      type: object
      required: [amount]
      properties:
        amount: {type: number}
DOCUMENT
cat >main.go <<'PROGRAM'
package main

import (
	"encoding/json"
	"fmt"
)

func main() {
	var payment Payment
	if err := json.Unmarshal([]byte(`{"amount": 12345678.91}`), &payment); err != nil {
		panic(err)
	}
	back, _ := json.Marshal(payment)
	fmt.Printf("%T %s\n", payment.Amount, back)
}
PROGRAM
go mod init finding >/dev/null 2>&1
go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 \
    -package main -generate types,skip-prune -o payment.go document.yaml
seen=$(go run .)
echo "oapi-codegen 2.8.2: $seen"
[ "$seen" = 'float32 {"amount":12345679}' ]
