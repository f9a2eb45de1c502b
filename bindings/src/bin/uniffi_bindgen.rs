//! Generates Kotlin and Swift from the built library, with the very UniFFI that the library was
//! built with: files of one version and a library of another do not load.

fn main() {
    uniffi::uniffi_bindgen_main();
}
