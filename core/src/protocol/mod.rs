//! What goes over the wire: the bodies of token requests, and what the answers mean. Pure
//! functions over bytes; nothing here waits or remembers.

pub(crate) mod grant;
pub(crate) mod identity;
pub(crate) mod privileges;
pub(crate) mod problem;
pub(crate) mod token_reply;
