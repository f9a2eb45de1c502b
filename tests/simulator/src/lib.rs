//! ClearPass simulator.
