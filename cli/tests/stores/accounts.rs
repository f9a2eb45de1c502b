//! Several accounts on one machine.

use serde_json::Value;

use crate::support::{
    Server,
    person::{Person, of_each},
    run,
};

/// The accounts as scripts see them.
fn list(person: &Person) -> Vec<Value> {
    let json = person.run(&["accounts", "--json"]).with(0).json();
    json["accounts"].as_array().unwrap().clone()
}

fn id(account: &Value) -> String {
    account["id"].as_str().unwrap().to_owned()
}

/// A second person signs in beside the first.
fn with_an_admin(person: &Person, server: &Server) {
    let server = server.address();
    let arguments = ["sign-in", "--username", "api-admin", "--new-account"];
    let mut command = person.command(&arguments);
    command.args(["--server", &server]);
    run(command, "abc123").with(0).says("as api-admin");
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn two_people_share_a_machine_and_each_is_used_by_name() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        with_an_admin(&person, &server);
        person.run(&["whoami"]).with(0).says("api-admin");
        let accounts = list(&person);
        let names: Vec<&Value> = accounts
            .iter()
            .map(|account| &account["username"])
            .collect();
        assert_eq!(names, ["qa", "api-admin"]);
        let (qa, admin) = (id(&accounts[0]), id(&accounts[1]));
        person
            .run(&["accounts"])
            .with(0)
            .says(&format!("  {}  qa at ", &qa[..8]))
            .says(&format!("* {}  api-admin at ", &admin[..8]));

        person
            .run(&["whoami", "--account", &qa[..6]])
            .with(0)
            .says("Name              qa\n");
        person
            .run(&["accounts", "use", &qa])
            .with(0)
            .says("use qa at");
        person
            .run(&["whoami"])
            .with(0)
            .says("Name              qa\n");

        person.run(&["sign-out", "--account", &admin]).with(0);
        person
            .run(&["accounts", "remove", &admin])
            .with(0)
            .says("Removed api-admin at");
        assert_eq!(list(&person).len(), 1);
        person
            .run(&["whoami"])
            .with(0)
            .says("Name              qa\n");
        for wrong in ["", "nobody", &admin] {
            person
                .run(&["accounts", "remove", wrong])
                .with(2)
                .notes("No account has an id that begins with")
                .notes("next: quickaccess accounts");
        }
    });
}
