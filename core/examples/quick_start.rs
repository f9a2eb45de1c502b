//! From nothing to a signed-in call: `docs/quick-start-rust.md`.

use quickaccess::{MacAddress, MemoryStore, Need, QuickAccess, trust::Trust};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect(); // the address, the folder with ca.pem
    let ca = std::fs::read_to_string(format!("{}/ca.pem", arguments[2]))?;
    let session = QuickAccess::builder(&arguments[1], "QuickAccess")
        .trust(Trust::with_roots_pem(ca)) // leave this out for a certificate that the device trusts
        .store(MemoryStore::new()) // or store::system_store("my-app")?, which outlives the program
        .build()?;
    session.sign_in("qa", "abc123").await?;
    let me = session.whoami().await?;
    println!("{} is signed in", me.name().unwrap_or("somebody"));
    let privileges = session.privileges().await?;
    if privileges.allows("cppm_endpoints", Need::Read) {
        let mac = MacAddress::parse("00-00-5E-00-53-01")?;
        println!("{}", session.endpoints().by_mac(mac).await?.status);
    }
    Ok(())
}
