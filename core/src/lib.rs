//! ClearPass sign-in core.
