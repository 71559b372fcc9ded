//! Data Adapter without another system behind it: users and accounts from a file ([`MemoryBackend`]), and a store that
//! forgets everything when the process ends ([`MemoryStore`]).

mod backend;
mod store;

pub use backend::{MemoryBackend, MemorySettings, Progress, UsersError, UsersFile};
pub use store::MemoryStore;
