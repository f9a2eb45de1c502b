//! What a person does with the phone in the hand, and what the system does with the app while it
//! is in the pocket.

use std::{future::pending, sync::Arc, time::Duration};

use quickaccess::PlatformEvent;
use tokio::sync::oneshot;

use crate::{
    app::Got,
    calendar::Use,
    chance::Chance,
    life::{Life, Which},
    oracle::{Call, Seen},
    plan::USERS,
    process::Process,
    time::{HOUR, MINUTE, SECOND},
};

/// One use: the phone is taken up, things are done, and it is put away.
pub(crate) async fn use_phone(life: Arc<Life>, one: Use) {
    let mut hand = Hand::of(&life, one.seed);
    let device = &life.world.device;
    let boot = device.now().boot_id;
    device.wake();
    device.unlock();
    hand.bring_up();
    for _ in 0..one.steps {
        if hand.life.running(Which::App).is_none() {
            // It crashed before the person's eyes.
            hand.pause(300, 15 * SECOND).await;
            if hand.chance.percent(30) || device.now().boot_id != boot {
                break;
            }
            hand.bring_up();
        }
        if life.world.plan.system.widget && hand.chance.percent(15) {
            hand.look_at_widget();
        }
        if let Some(running) = life.running(Which::App) {
            hand.act(&running).await;
        }
        hand.pause(50, 40 * SECOND).await;
        if device.now().boot_id != boot {
            break;
        }
    }
    if device.now().boot_id == boot {
        hand.put_away().await;
    }
    life.rest();
}

/// The system wakes the app in the background.
pub(crate) async fn wake(life: Arc<Life>, lasts: u64) {
    let seed = life.world.plan.seed ^ life.world.device.at();
    let mut hand = Hand::of(&life, seed);
    let device = &life.world.device;
    let boot = device.now().boot_id;
    device.wake();
    let which = match life.world.plan.system.widget && hand.chance.percent(60) {
        true => Which::Widget,
        false => Which::App,
    };
    let was_there = life.running(which).is_some();
    if let Some(running) = life.open(which, &mut hand.chance) {
        if !was_there {
            running.notify(PlatformEvent::Background);
        }
        let call = hand
            .chance
            .weighted(&[(70, Call::Token), (30, Call::WhoAmI)]);
        // The system does not wait for what is under way.
        drop(hand.call(&running, call, None));
    }
    tokio::time::sleep(Duration::from_millis(lasts)).await;
    if device.now().boot_id == boot {
        hand.sleep();
    }
    life.rest();
}

/// A person, or a system, with its own draws.
struct Hand {
    life: Arc<Life>,
    chance: Chance,
}

impl Hand {
    fn of(life: &Arc<Life>, seed: u64) -> Self {
        Self {
            life: life.clone(),
            chance: Chance::stream(seed, "hand"),
        }
    }

    async fn pause(&mut self, shortest: u64, longest: u64) {
        let lasts = self.chance.magnitude(shortest, longest);
        tokio::time::sleep(Duration::from_millis(lasts)).await;
    }

    /// The app comes to the foreground, if the system has not ended it meanwhile.
    fn bring_up(&mut self) {
        if let Some(running) = self.life.running(Which::App)
            && running.is_stopped()
        {
            let ends = self.life.world.plan.system.ends_apps;
            if self.chance.percent(ends) {
                running.kill("the system needed its memory");
            } else if self.chance.percent(30) {
                // What was open has died while the phone slept.
                self.life.world.device.change_path();
            }
        }
        if let Some(running) = self.life.open(Which::App, &mut self.chance) {
            running.notify(PlatformEvent::Unlocked);
            running.notify(PlatformEvent::Foreground);
        }
    }

    /// The system has the widget brought up to date, beside the app.
    fn look_at_widget(&mut self) {
        if let Some(running) = self.life.open(Which::Widget, &mut self.chance) {
            drop(self.call(&running, Call::Token, None));
            if self.chance.percent(40) {
                // And stops it in the middle, whatever it is about.
                let lasts = self.chance.magnitude(1, 3 * SECOND);
                let stopping = running.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(lasts)).await;
                    stopping.stop(true);
                });
            }
        }
    }

    /// The app goes to the background, and the phone to sleep.
    async fn put_away(&mut self) {
        let world = self.life.world.clone();
        let device = &world.device;
        if let Some(running) = self.life.running(Which::App) {
            running.notify(PlatformEvent::Background);
            if self.chance.percent(4) {
                running.notify(PlatformEvent::Terminating);
                self.pause(1, 2 * SECOND).await;
                running.kill("the person closed it");
            }
        }
        let boot = device.now().boot_id;
        self.pause(300, 20 * SECOND).await;
        device.lock();
        let lasts = match self.life.world.plan.system.stops_apps {
            true => 8 * SECOND,
            false => 3 * MINUTE,
        };
        self.pause(100, lasts).await;
        if device.now().boot_id == boot {
            self.sleep();
        }
    }

    fn sleep(&self) {
        for which in [Which::App, Which::Widget] {
            if let Some(running) = self.life.running(which) {
                running.stop(true);
            }
        }
        self.life.world.device.lock();
        self.life.world.device.sleep();
    }

    /// One thing that a person does.
    async fn act(&mut self, running: &Arc<Process>) {
        if self.chance.percent(4) {
            self.life.read_history(running).await;
        }
        let Some(app) = running.app() else {
            return;
        };
        match app.seen() {
            Seen::Nobody(_) => {
                if self.chance.percent(90) {
                    self.sign_in(running, None).await;
                }
            }
            Seen::Unclear => {
                let done = self.call(running, Call::Token, None);
                self.wait(done).await;
            }
            Seen::Somebody { user, .. } => self.act_signed_in(running, &user).await,
        }
    }

    async fn act_signed_in(&mut self, running: &Arc<Process>, user: &str) {
        let leaves = if self.life.world.plan.person.shares {
            40
        } else {
            5
        };
        match self.chance.below(1_000) {
            0..450 => {
                let done = self.call(running, Call::Token, None);
                self.wait(done).await;
            }
            450..600 => {
                let done = self.call(running, Call::WhoAmI, None);
                self.wait(done).await;
            }
            600..720 => self.many(running).await,
            720..800 => {
                let at_least = self.chance.magnitude(MINUTE, 12 * HOUR);
                let done = self.call(running, Call::TokenFor(at_least), None);
                self.wait(done).await;
            }
            800..850 => {
                let done = self.call(running, Call::Refresh, None);
                self.wait(done).await;
            }
            850..930 => {
                let call = self
                    .chance
                    .pick(&[Call::Token, Call::Refresh, Call::WhoAmI]);
                let patience = self.chance.magnitude(1, 20 * SECOND);
                let done = self.call(running, call, Some(patience));
                self.wait(done).await;
            }
            930..934 => self.sign_in(running, Some(user)).await,
            number if number < 934 + leaves => self.leave(running, user).await,
            _ => {}
        }
    }

    /// Several callers at once.
    async fn many(&mut self, running: &Arc<Process>) {
        let mut all = Vec::new();
        for _ in 0..self.chance.between(2, 8) {
            let call = self.chance.weighted(&[
                (80, Call::Token),
                (10, Call::WhoAmI),
                (10, Call::TokenFor(2 * MINUTE)),
            ]);
            let goes = self.chance.percent(10);
            let patience = goes.then(|| self.chance.magnitude(1, 5 * SECOND));
            all.push(self.call(running, call, patience));
        }
        for done in all {
            self.wait(done).await;
        }
    }

    /// Waits as long as a person does.
    async fn wait(&mut self, done: oneshot::Receiver<()>) {
        let patience = self.chance.magnitude(5 * SECOND, 2 * MINUTE);
        // Neither a process that died nor one that takes long keeps a person.
        let _ = tokio::time::timeout(Duration::from_millis(patience), done).await;
    }

    /// Makes a call whose caller may go away.
    fn call(
        &mut self,
        running: &Arc<Process>,
        call: Call,
        patience: Option<u64>,
    ) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        let (process, Some(app)) = (running.clone(), running.app()) else {
            return is_done;
        };
        let world = process.world.clone();
        let (begun, well) = (world.device.at(), world.is_well());
        let number = process.number;
        world.tell("calls", number, || {
            format!("process {number}: {call:?} is called")
        });
        if call == Call::Refresh {
            world.oracle().reason_to_refresh(begun);
        }
        let limit = match call {
            Call::Token | Call::TokenFor(_) => 35 * SECOND,
            Call::Refresh => 80 * SECOND,
            Call::WhoAmI => 15 * MINUTE,
        };
        let own = process.clone();
        process.run(async move {
            let limit = own.clone().sleep(Duration::from_millis(limit));
            let goes = leaves(&own, patience);
            let result = tokio::select! {
                biased;
                result = app.call(call) => result,
                () = goes => {
                    world.tell("gone", number, || format!("the caller of {call:?} goes away"));
                    let _ = done.send(());
                    return;
                }
                () = limit => {
                    let at = world.device.at();
                    world.oracle().caller_forgotten(&format!("{call:?}"), at);
                    return;
                }
            };
            let at = world.device.at();
            let device = &world.device;
            match result {
                Ok(Got::Token(access)) => {
                    world.tell("token", number, || format!("{call:?} got a token"));
                    world.oracle().token_given(number, &access, device);
                }
                Ok(Got::Name(name)) => {
                    world.tell("name", number, || format!("the server knows {name}"));
                    world.oracle().named(number, &name, begun, at);
                }
                Err((code, text)) => {
                    world.tell(code.as_str(), number, || format!("{call:?} got {code}"));
                    let well = well && world.is_well();
                    let mut oracle = world.oracle();
                    oracle.text_seen(at, "an error", &text);
                    oracle.token_failed(number, (call, begun), code, well, device);
                }
            }
            let _ = done.send(());
        });
        is_done
    }

    /// Signs in: at times with a wrong password, at times given up half way.
    async fn sign_in(&mut self, running: &Arc<Process>, instead_of: Option<&str>) {
        let other = self.chance.percent(if self.life.world.plan.person.shares {
            40
        } else {
            3
        });
        let (user, password) = match instead_of {
            Some(user) => *USERS
                .iter()
                .find(|(name, _)| *name != user)
                .unwrap_or(&USERS[0]),
            None => USERS[usize::from(other)],
        };
        let wrong = self.chance.percent(5);
        let password = if wrong { "let me in" } else { password };
        let gives_up = self.chance.percent(4);
        let patience = gives_up.then(|| self.chance.magnitude(1, 20 * SECOND));
        let (done, is_done) = oneshot::channel();
        let (process, Some(app)) = (running.clone(), running.app()) else {
            return;
        };
        let (world, own) = (process.world.clone(), process.clone());
        let number = process.number;
        world.tell("sign in", number, || {
            format!("{user} signs in, wrong password: {wrong}")
        });
        world.oracle().sign_in_begun();
        process.run(async move {
            let limit = own.clone().sleep(Duration::from_secs(240));
            let goes = leaves(&own, patience);
            tokio::select! {
                biased;
                result = app.sign_in(user, password) => {
                    let at = world.device.at();
                    let mut oracle = world.oracle();
                    oracle.sign_in_ended(user, result.is_ok(), at);
                    if let Err((_, text)) = &result {
                        oracle.text_seen(at, "an error", text);
                    }
                    drop(oracle);
                    let words = match &result {
                        Ok(()) => "signed in",
                        Err((code, _)) => code.as_str(),
                    };
                    world.tell(words, number, || format!("the sign-in: {words}"));
                }
                () = goes => world.tell("gone", number, || "the sign-in is given up".to_owned()),
                () = limit => {
                    let at = world.device.at();
                    world.oracle().caller_forgotten("a sign-in", at);
                }
            }
            let _ = done.send(());
        });
        // A person stays with it.
        let patience = Duration::from_secs(250);
        let _ = tokio::time::timeout(patience, is_done).await;
    }

    /// Signs out, at times in the middle of a refresh, and at times another person signs in.
    async fn leave(&mut self, running: &Arc<Process>, user: &str) {
        if self.chance.percent(40) {
            drop(self.call(running, Call::Refresh, None));
            self.pause(1, 3 * SECOND).await;
        }
        let (done, is_done) = oneshot::channel();
        let (process, Some(app)) = (running.clone(), running.app()) else {
            return;
        };
        let (world, own) = (process.world.clone(), process.clone());
        let number = process.number;
        world.tell("sign out", number, || format!("{user} signs out"));
        world.oracle().sign_out_begun();
        process.run(async move {
            let limit = own.clone().sleep(Duration::from_secs(90));
            tokio::select! {
                biased;
                confirmed = app.sign_out() => {
                    let at = world.device.at();
                    if confirmed {
                        world.oracle().sign_out_ended(at);
                    }
                    world.tell("out", number, || format!("signed out: {confirmed}"));
                }
                () = limit => {
                    let at = world.device.at();
                    world.oracle().caller_forgotten("a sign-out", at);
                }
            }
            let _ = done.send(());
        });
        let _ = tokio::time::timeout(Duration::from_secs(100), is_done).await;
        if self.chance.percent(60) && !running.is_dead() {
            self.pause(100, 10 * SECOND).await;
            self.sign_in(running, Some(user)).await;
        }
    }
}

/// Ends when the caller's patience does.
async fn leaves(process: &Arc<Process>, patience: Option<u64>) {
    match patience {
        Some(patience) => process.clone().sleep(Duration::from_millis(patience)).await,
        None => pending().await,
    }
}
