//! JSON that is taken literally, whichever API it comes to.

mod members;
mod reader;
mod strict;
mod text_guard;

pub(crate) use members::{Members, Text};
pub use reader::{Problem, Problems, Reader};
pub(crate) use reader::{Value, read_members};
pub use strict::Object;
pub(crate) use strict::{name_or_default, objects_or_none, optional_name, optional_object, optional_objects};
pub use text_guard::{DEEPEST, UnusableText, check_text};
