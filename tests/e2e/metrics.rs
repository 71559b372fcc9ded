//! What Prometheus reads: what is counted, and who may see it.

mod access;
mod counting;
mod documents;
pub(crate) mod scrape;

use scrape::Scrape;
