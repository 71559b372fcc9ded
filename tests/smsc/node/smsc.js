// smsc.js HOST PORT [KEY CERTIFICATE AUTHORITY]: an SMSC by the package smpp, over TLS if there are files in PEM. Each line that it
// prints is what happened, in JSON. Each line that it reads is what it is to do:
//   answer STATUS…   answer the next messages with these command_statuses, 0 for taking them, and the rest with the last of them
//   answer never     answer none
//   report STATE ID  deliver a receipt in text with that stat, for the message with that id
//   deliver TEXT     deliver a message as from a phone
//   enquire          ask whether the other side is there
//   unbind           end the session
//   close            close the connections
"use strict";
const fs = require("node:fs");
const readline = require("node:readline");
const smpp = require("smpp");

const SYSTEM_ID = "bank", PASSWORD = "s3cret";
const [host, port, key, certificate, authority] = process.argv.slice(2);
const sessions = new Set();
let statuses = ["0"], taken = 0;

const say = (event, what = {}) => console.log(JSON.stringify({ event, ...what }));

function bound(session, pdu) {
    const known = pdu.system_id === SYSTEM_ID && pdu.password === PASSWORD;
    say("bind", { systemId: pdu.system_id, systemType: pdu.system_type, version: pdu.interface_version, known });
    session.send(pdu.response({ command_status: known ? 0 : smpp.ESME_RBINDFAIL, system_id: "smsc" }));
}

function submitted(session, pdu) {
    const message = pdu.short_message, payload = pdu.message_payload;
    say("submit", {
        from: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr],
        to: [pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr],
        esmClass: pdu.esm_class,
        dataCoding: pdu.data_coding,
        receipt: pdu.registered_delivery,
        header: (message.udh ?? []).map((element) => element.toString("hex")).join(),
        sar: [pdu.sar_msg_ref_num, pdu.sar_segment_seqnum, pdu.sar_total_segments],
        text: payload ? payload.message ?? payload : message.message,
    });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status === "never") return;
    taken += 1;
    session.send(pdu.response({ command_status: Number(status), message_id: `n-${taken}` }));
}

function deliver(session, fields) {
    const pdu = { source_addr: "420777123456", destination_addr: "Bank", ...fields };
    session.deliver_sm(pdu, (answer) => say("delivered", { status: answer.command_status }));
}

const tls = key && {
    key: fs.readFileSync(key), cert: fs.readFileSync(certificate), ca: fs.readFileSync(authority), requestCert: true,
};
const server = smpp.createServer(tls || {}, (session) => {
    sessions.add(session);
    session.on("bind_transceiver", (pdu) => bound(session, pdu));
    session.on("submit_sm", (pdu) => submitted(session, pdu));
    session.on("enquire_link", (pdu) => { say("enquire"); session.send(pdu.response()); });
    session.on("unbind", (pdu) => { say("unbind"); session.send(pdu.response()); });
    session.on("unknown", (pdu) => session.send(pdu.response()));
    session.on("close", () => { sessions.delete(session); say("close"); });
    session.on("error", (error) => say("error", { error: error.message }));
});

const orders = {
    answer: (session, words) => { statuses = words; say("ready"); },
    report: (session, [state, id]) => {
        const text = `id:${id} sub:001 dlvrd:001 submit date:2611281000 done date:2611281001 stat:${state} err:011 text:x`;
        deliver(session, { esm_class: 4, short_message: text });
    },
    deliver: (session, words) => deliver(session, { short_message: words.join(" ") }),
    enquire: (session) => session.enquire_link({}, () => say("enquired")),
    unbind: (session) => session.unbind({}, () => { say("unbound"); session.close(); }),
    close: (session) => session.destroy(),
};
readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const [order, ...words] = line.split(" ");
    orders[order]([...sessions].at(-1), words);
}).on("close", () => process.exit());

server.on("tlsClientError", (error) => say("error", { error: error.message }));
server.listen(Number(port), host, () => say("listening"));
