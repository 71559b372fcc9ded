//! The gateway over SMSCs that nobody here wrote, started by each test: that of the package `smpp` for Node.js, and Cloudhopper's in
//! Java.

mod outages;
mod receipts;
mod refusals;
mod smsc;
mod support;
mod texts;
mod tls;
