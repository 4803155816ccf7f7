//! Stories of faults, told of a whole tab without a browser: link, reflector, scanner, pages and store together, against a
//! server that fails in one way a story.

mod objects;
mod server;
mod tab;

use crate::failure::Failure;
use crate::reflector::State;
use server::Server;
use tab::Tab;

fn is_watching(tab: &Tab) -> bool {
    matches!(tab.state(), State::Watching { .. })
}

#[test]
fn the_proxy_is_killed_in_the_middle_of_a_list() {
    let mut server = Server::with_pods(100);
    server.cut_at = Some(9_000);
    let mut tab = Tab::open(&mut server);
    let part = tab.shown();
    assert!(part.len() > 10 && part.len() < 90, "{} pods came", part.len());
    assert_eq!(*tab.state(), State::Away);
    server.trouble = Some(Failure::Unreachable);
    server.delete("pod-0000");
    tab.live(&mut server, 10);
    assert_eq!((tab.shown(), tab.lists), (part, 1), "what was read stays, and nobody is asked for a list meanwhile");
    assert!((5..=6).contains(&tab.probes), "{} probes in 10 s", tab.probes);
    server.trouble = None;
    tab.live(&mut server, 2);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2));
    assert!(is_watching(&tab));
}

#[test]
fn the_proxy_is_killed_between_two_pages_and_the_list_goes_on_from_the_second() {
    let mut server = Server::with_pods(100);
    server.page_items = Some(20);
    server.fails_after_pages = Some(2);
    let mut tab = Tab::open(&mut server);
    assert_eq!((tab.shown().len(), tab.lists, server.pages), (40, 1, 3));
    server.trouble = Some(Failure::Unreachable);
    server.set("pod-0001", "Failed");
    server.delete("pod-0099");
    tab.live(&mut server, 10);
    server.trouble = None;
    tab.live(&mut server, 3);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2), "what changed meanwhile comes through the watch");
    assert_eq!(server.pages, 6, "the first two pages are not read again");
}

#[test]
fn a_pod_that_went_while_the_rest_of_a_long_list_was_collected_stayed() {
    let mut server = Server::with_pods(100);
    (server.page_items, server.goes_meanwhile) = (Some(20), Some("pod-0007"));
    let tab = Tab::open(&mut server);
    assert_eq!((tab.shown(), tab.lists, server.pages), (server.shown(), 1, 2));
    assert_eq!(tab.shown().len(), 99);
}

#[test]
fn a_continue_that_expires_half_way_goes_on_from_where_it_was() {
    let mut server = Server::with_pods(100);
    server.page_items = Some(20);
    server.forgot_snapshots = true;
    let mut tab = Tab::open(&mut server);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 1));
    server.set("pod-0003", "Failed");
    tab.live(&mut server, 1);
    assert_eq!(tab.shown(), server.shown());
}

#[test]
fn a_laptop_sleeps_for_ten_minutes_and_its_socket_is_dead_without_a_word() {
    let mut server = Server::with_pods(100);
    let mut tab = Tab::open(&mut server);
    tab.is_deaf = true;
    for number in 0..50 {
        server.delete(&format!("pod-{number:04}"));
        server.set(&format!("new-{number:04}"), "Pending");
    }
    // Asleep: no clock ticks. Awake, the first tick finds that nothing was heard for long.
    tab.now_ms += 600_000.0;
    tab.live(&mut server, 1);
    tab.is_deaf = false;
    tab.live(&mut server, 1);
    assert_eq!(
        (tab.shown(), tab.lists, tab.watches),
        (server.shown(), 1, 2),
        "resumed from where it was, without a list"
    );

    // The same where the server has forgotten what happened meanwhile.
    tab.is_deaf = true;
    server.delete("new-0001");
    server.compact();
    server.set("new-0002", "Failed");
    tab.now_ms += 600_000.0;
    tab.live(&mut server, 1);
    tab.is_deaf = false;
    tab.live(&mut server, 1);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2));
    assert!(is_watching(&tab));
}

#[test]
fn a_laptop_that_slept_shows_what_is_true_at_once() {
    let mut server = Server::with_pods(100);
    let mut tab = Tab::open(&mut server);
    tab.live(&mut server, 3);
    server.set("pod-0001", "Failed");
    // Too short for the silence of a watch to be looked at.
    tab.sleep(&mut server, 40);
    tab.hear(&mut server);
    assert_eq!((tab.shown(), tab.lists, tab.watches), (server.shown(), 1, 2));
}

#[test]
fn a_server_whose_versions_expire_at_once_is_not_stormed() {
    let mut server = Server::with_pods(10);
    let mut tab = Tab::open(&mut server);
    server.forgets_at_once = true;
    tab.live(&mut server, 600);
    assert!((15..=35).contains(&tab.lists), "{} lists in ten minutes", tab.lists);
    server.forgets_at_once = false;
    server.set("pod-0001", "Failed");
    tab.live(&mut server, 35);
    assert_eq!(tab.shown(), server.shown());
    // What is heard now makes it a first time again.
    let lists = tab.lists;
    server.set("pod-0003", "Failed");
    tab.live(&mut server, 1);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), lists));
    server.compact();
    server.set("pod-0002", "Failed");
    tab.close(&mut server, true);
    server.compact();
    tab.live(&mut server, 2);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), lists + 1));
}

#[test]
fn an_expired_token_that_is_renewed_brings_all_back_without_a_list() {
    let mut server = Server::with_pods(10);
    let mut tab = Tab::open(&mut server);
    let unauthorized = Failure::Unauthorized { message: "Unauthorized".into() };
    server.trouble = Some(unauthorized.clone());
    tab.close(&mut server, false);
    assert_eq!(*tab.state(), State::Stopped { failure: unauthorized });
    server.set("pod-0001", "Failed");
    tab.live(&mut server, 60);
    assert!((3..=4).contains(&tab.probes), "{} probes in a minute", tab.probes);
    assert_eq!((tab.lists, tab.watches), (1, 1));
    server.trouble = None;
    tab.live(&mut server, 17);
    assert_eq!((tab.shown(), tab.lists, tab.watches), (server.shown(), 1, 2));
}

#[test]
fn a_busy_server_is_asked_again_when_it_said() {
    let busy = Some(Failure::TooManyRequests { retry_after_s: Some(20) });
    let mut server = Server::with_pods(10);
    server.trouble.clone_from(&busy);
    let mut tab = Tab::open(&mut server);
    server.trouble = None;
    tab.live(&mut server, 19);
    assert_eq!((tab.shown().len(), tab.lists), (0, 1), "not a moment too early");
    tab.live(&mut server, 1);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2));
    // A watch that is turned away waits as well, and then goes on without a list.
    server.trouble = busy;
    tab.close(&mut server, false);
    server.trouble = None;
    server.set("pod-0001", "Failed");
    tab.live(&mut server, 19);
    assert_ne!(tab.shown(), server.shown());
    tab.live(&mut server, 2);
    assert_eq!((tab.shown(), tab.lists, tab.probes), (server.shown(), 2, 0));
}

#[test]
fn rights_that_are_taken_away_are_noticed_when_the_watch_is_opened_again() {
    let mut server = Server::with_pods(10);
    let mut tab = Tab::open(&mut server);
    let forbidden = Failure::Forbidden { message: "pods is forbidden".into() };
    tab.live(&mut server, 10);
    server.trouble = Some(forbidden.clone());
    // Its timeoutSeconds are over.
    tab.close(&mut server, true);
    assert_eq!(*tab.state(), State::Stopped { failure: forbidden });
    let asked = (tab.lists, tab.watches, tab.probes);
    tab.live(&mut server, 3_600);
    assert_eq!((tab.lists, tab.watches, tab.probes), asked, "who may not is not asking");
}

#[test]
fn the_api_server_restarts_during_a_storm_of_changes() {
    let mut server = Server::with_pods(200);
    let mut tab = Tab::open(&mut server);
    for second in 0..60_usize {
        for change in 0..20 {
            let name = format!("pod-{:04}", (second * 7 + change * 13) % 250);
            let phases = ["Running", "Pending", "Failed", "Succeeded"];
            match phases.get((second + change) % 5) {
                Some(phase) => server.set(&name, phase),
                None => server.delete(&name),
            }
        }
        match second {
            20 => {
                server.trouble = Some(Failure::Unreachable);
                tab.close(&mut server, false);
            }
            30 => server.trouble = None,
            _ => {}
        }
        tab.live(&mut server, 1);
    }
    tab.live(&mut server, 3);
    assert_eq!(
        (tab.shown(), tab.lists),
        (server.shown(), 1),
        "nothing is listed again, and all that happened is there"
    );
}

#[test]
fn etcd_is_restored_from_a_backup_of_yesterday() {
    let mut server = Server::with_pods(100);
    let mut tab = Tab::open(&mut server);
    for number in 0..60 {
        server.set(&format!("pod-{number:04}"), "Failed");
    }
    tab.live(&mut server, 1);
    assert_eq!(tab.shown(), server.shown());
    let mut backup = Server::with_pods(50);
    backup.set("pod-0007", "Pending");
    server.restore(backup);
    tab.close(&mut server, false);
    tab.live(&mut server, 2);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2));
    server.set("pod-0008", "Succeeded");
    tab.live(&mut server, 1);
    assert_eq!((tab.shown(), tab.lists), (server.shown(), 2), "and it is live");
}

#[test]
fn a_server_that_breaks_off_every_list_is_not_stormed() {
    let mut server = Server::with_pods(100);
    server.cut_at = Some(9_000);
    let mut tab = Tab::open(&mut server);
    for _ in 0..600 {
        server.cut_at = Some(9_000);
        tab.live(&mut server, 1);
    }
    assert!((15..=30).contains(&tab.lists), "{} lists in ten minutes", tab.lists);
    server.cut_at = None;
    tab.live(&mut server, 35);
    assert_eq!(tab.shown(), server.shown());
}
