//! A store of two halves: the contracts of stores, and what is left when one half fails or the process dies between two calls.

mod contract;
mod faults;
mod halves;
