//! Stories: what a person does and sees, told with a real control plane and a real browser in both hosting
//! modes, and what makes sense there before the sample cluster, too.
//!
//! `cargo test -p pilothouse-e2e --test stories -- WORDS` tells those whose name holds the words.

#![expect(clippy::indexing_slicing, reason = "a serde_json::Value answers null for what is not there")]

mod accessible;
mod calm;
mod demo;
mod explore;
mod failing;
mod faults;
mod hostile;
mod hostile_page;
mod hosting;
mod keys;
mod killed;
mod kinds;
mod landing;
mod live;
mod load;
mod look;
mod many_changes;
mod metrics;
mod odd;
mod oracle;
mod outage;
mod picture;
mod pod_page;
mod pod_status;
mod protobuf;
mod random;
mod restricted;
mod rights;
mod sharp;
mod storm;
mod story;
mod tables;
mod visit;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use story::Story;
use world::World;

/// The order matters only for speed: what shakes the whole cluster comes last.
fn stories() -> Vec<Story> {
    [
        landing::stories(),
        accessible::stories(),
        calm::stories(),
        picture::stories(),
        explore::stories(),
        failing::stories(),
        random::stories(),
        live::stories(),
        pod_page::stories(),
        pod_status::stories(),
        protobuf::stories(),
        keys::stories(),
        look::stories(),
        sharp::stories(),
        kinds::stories(),
        tables::stories(),
        many_changes::stories(),
        restricted::stories(),
        rights::stories(),
        hosting::stories(),
        hostile::stories(),
        metrics::stories(),
        faults::stories(),
        odd::stories(),
        killed::stories(),
        outage::stories(),
        storm::stories(),
        load::stories(),
        demo::stories(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Each story of both modes is told before the sample cluster, too, or it is said why not.
fn not_told_is_not_told() -> Result<(), Failed> {
    let stories = stories();
    let mut wrong = Vec::new();
    for (name, reason) in demo::NOT_TOLD {
        match stories.iter().find(|story| story.name() == name).map(Story::is_of_the_demo) {
            Some(false) => {}
            Some(true) => wrong.push(format!("{name:?} is told, though it is said: {reason}")),
            None => wrong.push(format!("there is no story {name:?}")),
        }
    }
    let silent = stories.iter().filter(|story| story.is_of_both() && !story.is_of_the_demo()).map(Story::name);
    let silent = silent.filter(|name| !demo::NOT_TOLD.iter().any(|(known, _)| known == name));
    wrong.extend(silent.map(|name| format!("{name:?} is not told, and nothing says why")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One control plane, and stories that kill it: one at a time, all on this thread.
    arguments.test_threads = Some(1);
    let world = World::new();
    let table = Trial::test("the table of what is not told before the sample cluster is true", not_told_is_not_told);
    let trials = stories().into_iter().flat_map(|story| story.trials(&world)).chain([table]).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    world.end();
    conclusion.exit_code()
}
