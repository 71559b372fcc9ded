//! Rules and an anti-fraud system, as whoever asks them sees them.

mod answers;
mod http;
mod refused;
mod rules;
mod service;
mod support;
