//! `quickaccess accounts`.

use quickaccess::{Account, Accounts, Error};
use serde_json::{Value, json};

use crate::{
    args::{self, AccountChange, Kept},
    exit::Failure,
    open::{self, Target},
    show,
    wait::wait,
};

/// So many digits of an id are shown: enough to tell a few accounts apart.
const SHOWN: usize = 8;

pub(crate) async fn run(args: &args::Accounts) -> Result<(), Failure> {
    let kept = &args.kept;
    let accounts = open::accounts(kept).await?;
    let done = match &args.change {
        None => return list(&accounts, kept),
        Some(AccountChange::Use { id }) => {
            let account = Kept::account(&accounts, id)?;
            accounts.set_default(&account.id)?;
            Target::of(kept, &account).remember(kept);
            format!("The commands use {} from now on.", name(&account))
        }
        Some(AccountChange::Remove { id }) => {
            let account = Kept::account(&accounts, id)?;
            remove(accounts.clone(), account.id.clone()).await?;
            format!("Removed {} from this machine.", name(&account))
        }
    };
    if kept.json {
        return list(&accounts, kept);
    }
    show::text(&done);
    Ok(())
}

/// Off the async threads, since the store may take its time.
async fn remove(accounts: Accounts, id: String) -> Result<(), Failure> {
    let removing = tokio::task::spawn_blocking(move || accounts.remove(&id));
    let removed: Result<Result<(), Error>, _> = wait("Removing the account", removing).await;
    Ok(removed.map_err(|error| Failure::machine(error.to_string()))??)
}

fn list(accounts: &Accounts, kept: &Kept) -> Result<(), Failure> {
    let accounts = accounts.list()?;
    if kept.json {
        let list: Vec<Value> = accounts.iter().map(one).collect();
        show::json(&json!({ "accounts": list }));
        return Ok(());
    }
    if accounts.is_empty() {
        show::text("No accounts. quickaccess sign-in makes the first one.");
        return Ok(());
    }
    let rows = accounts.iter().map(|account| {
        let mark = if account.is_default { "*" } else { " " };
        let state = if account.signed_in {
            "signed in"
        } else {
            "signed out"
        };
        let id: String = account.id.chars().take(SHOWN).collect();
        (
            format!("{mark} {id}"),
            format!("{}, {state}", name(account)),
        )
    });
    show::rows(&rows.collect::<Vec<_>>());
    Ok(())
}

fn one(account: &Account) -> Value {
    json!({
        "id": account.id,
        "server": account.server,
        "client_id": account.client_id,
        "username": account.username,
        "name": account.name,
        "signed_in": account.signed_in,
        "is_default": account.is_default,
    })
}

/// Who it is, where.
fn name(account: &Account) -> String {
    let who = match account.name.as_deref().unwrap_or(&account.username) {
        "" => &account.client_id,
        who => who,
    };
    format!("{} at {}", show::clean(who), account.server)
}
