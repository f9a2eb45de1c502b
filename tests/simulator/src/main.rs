//! The program `quickaccess-simulator`.

fn main() -> std::process::ExitCode {
    quickaccess_simulator::main()
}
