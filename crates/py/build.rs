//! Tells the linker that Python's symbols come from the interpreter (macOS needs to be told, Linux does not).

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
