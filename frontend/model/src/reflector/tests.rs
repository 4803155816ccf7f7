use proptest::prelude::*;

use super::{Action, Reflector, State};
use crate::failure::Failure;
use crate::frame::Frame;
use crate::k8s::status::Status;

fn frame(version: &str) -> Frame<'_> {
    Frame::Upsert { object: "{}", resource_version: version.into() }
}

fn error(code: u16) -> Frame<'static> {
    Frame::Error(Status { code: code.into(), ..Status::default() })
}

fn watch(version: &str) -> Vec<Action> {
    vec![Action::Watch { resource_version: version.into() }]
}

/// A reflector whose watch has been open since 0 ms, at resourceVersion 5.
fn watching() -> Reflector {
    let mut r = Reflector::default();
    assert_eq!(r.start(), [Action::Close, Action::List]);
    assert_eq!(r.listed("5".into(), 0.0), watch("5"));
    r.opened(0.0);
    r
}

#[test]
fn it_lists_once_and_watches_from_there() {
    let mut r = watching();
    assert_eq!(*r.state(), State::Watching { since_ms: 0.0 });
    assert!(r.frame(&frame("6"), 10.0, 0.5).is_empty());
    assert!(r.tick(1_000.0).is_empty());
}

#[test]
fn a_watch_ended_by_its_timeout_resumes_from_the_newest_frame() {
    let mut r = watching();
    r.frame(&frame("9"), 10.0, 0.5);
    assert_eq!(r.closed(true, 300_000.0), watch("9"));
}

#[test]
fn a_watch_that_breaks_is_diagnosed_and_resumed_without_a_list() {
    let mut r = watching();
    r.frame(&frame("9"), 10.0, 0.5);
    assert_eq!(r.closed(false, 20.0), [Action::Diagnose { resource_version: "9".into() }]);
    assert!(r.diagnosed(Ok(()), 30.0, 1.0).is_empty());
    assert_eq!(r.tick(900.0), watch("9"));
}

#[test]
fn expired_versions_are_listed_again_once_and_then_with_patience() {
    let mut r = watching();
    assert_eq!(r.frame(&error(410), 10.0, 0.5), [Action::Close, Action::Close, Action::List]);
    assert!(r.list_failed(Failure::Expired, 20.0, 1.0).is_empty());
    assert!(matches!(r.state(), State::Waiting { .. }));
    assert_eq!(r.tick(900.0), [Action::Close, Action::List]);

    let mut r = watching();
    r.closed(false, 10.0);
    assert_eq!(r.diagnosed(Err(Failure::Expired), 20.0, 0.5), [Action::Close, Action::List]);
}

#[test]
fn a_version_that_expires_as_soon_as_it_is_listed_is_not_listed_without_end() {
    let mut r = watching();
    assert!(r.frame(&error(410), 10.0, 1.0).contains(&Action::List));
    let mut now = 20.0;
    let mut waits = Vec::new();
    for _ in 0..5 {
        assert_eq!(r.listed("6".into(), now), watch("6"));
        r.opened(now);
        assert_eq!(r.frame(&error(410), now, 1.0), [Action::Close], "a second time in a row waits");
        let expired = now;
        let mut actions = Vec::new();
        while actions.is_empty() {
            now += 100.0;
            actions = r.tick(now);
        }
        assert_eq!(actions, [Action::Close, Action::List]);
        waits.push(now - expired);
    }
    assert_eq!(waits, [800.0, 1_600.0, 3_200.0, 6_400.0, 12_800.0]);
    r.listed("7".into(), now);
    r.opened(now);
    r.frame(&frame("8"), now, 1.0);
    assert!(r.frame(&error(410), now, 1.0).contains(&Action::List), "what was heard makes it a first time again");
}

#[test]
fn a_watch_that_is_resumed_at_a_version_that_expired_again_waits_too() {
    let mut r = watching();
    r.closed(false, 10.0);
    assert!(r.diagnosed(Err(Failure::Expired), 20.0, 1.0).contains(&Action::List));
    r.listed("6".into(), 30.0);
    r.closed(false, 40.0);
    assert!(r.diagnosed(Err(Failure::Expired), 50.0, 1.0).is_empty());
    assert!(r.tick(800.0).is_empty());
    assert_eq!(r.tick(900.0), [Action::Close, Action::List]);
}

#[test]
fn after_a_sleep_a_watch_is_opened_again_at_once_from_its_version() {
    let mut r = watching();
    r.frame(&frame("9"), 10.0, 0.5);
    let mut expected = vec![Action::Close];
    expected.extend(watch("9"));
    assert_eq!(r.woken(40_000.0), expected);
    assert_eq!(r.behind_ms(40_000.0), 39_990.0);
    let mut r = Reflector::default();
    r.start();
    assert!(r.woken(40_000.0).is_empty(), "a list is given up by its silence");
}

#[test]
fn a_user_who_is_known_again_goes_on_where_he_was() {
    let mut r = watching();
    r.closed(false, 10.0);
    assert!(r.diagnosed(Err(Failure::Unauthorized { message: String::new() }), 20.0, 0.5).is_empty());
    assert!(r.tick(1e9).is_empty());
    assert_eq!(r.resume(1e9, 0.5), watch("5"));
    let mut r = Reflector::default();
    r.start();
    r.list_failed(Failure::Unauthorized { message: String::new() }, 0.0, 0.5);
    assert_eq!(r.resume(10.0, 0.5), [Action::Close, Action::List]);
}

#[test]
fn a_list_that_turns_out_to_be_better_asked_for_in_pages_is_given_up_only_before_it_comes() {
    let mut r = Reflector::default();
    assert!(r.start_otherwise().is_empty(), "nobody has asked for it");
    r.start();
    r.tick(0.0);
    assert_eq!(r.start_otherwise(), [Action::Close, Action::List]);
    r.part(10.0);
    assert!(r.start_otherwise().is_empty());
    r.listed("5".into(), 20.0);
    assert!(r.start_otherwise().is_empty());
}

#[test]
fn other_error_frames_resume_after_a_wait_and_do_not_list() {
    let mut r = watching();
    assert_eq!(r.frame(&error(500), 10.0, 1.0), [Action::Close]);
    assert_eq!(r.tick(2_000.0), watch("5"));
}

#[test]
fn an_outage_tells_the_link_and_resumes_the_watch_when_it_is_back() {
    let mut r = watching();
    r.closed(false, 10.0);
    assert_eq!(r.diagnosed(Err(Failure::Unreachable), 20.0, 0.5), [Action::Lost]);
    assert!(r.tick(60_000.0).is_empty(), "the link probes, not each watch");
    assert_eq!(r.resume(61_000.0, 0.5), watch("5"));

    let mut r = Reflector::default();
    r.start();
    assert_eq!(r.list_failed(Failure::Unreachable, 0.0, 0.5), [Action::Lost]);
    assert_eq!(r.resume(10.0, 0.5), [Action::Close, Action::List], "a list that never came is listed");
}

#[test]
fn a_silent_watch_is_checked_every_15_s_and_at_last_opened_again_from_its_version() {
    let mut r = watching();
    assert!(r.tick(14_999.0).is_empty());
    assert_eq!(r.tick(15_000.0), [Action::Probe]);
    assert!(r.tick(16_000.0).is_empty());
    assert_eq!(r.tick(30_000.0), [Action::Probe]);
    let mut expected = vec![Action::Close];
    expected.extend(watch("5"));
    assert_eq!(r.tick(75_000.0), expected);
    r.opened(75_010.0);
    assert_eq!(r.tick(90_010.0), [Action::Probe], "the next silence is checked anew");
}

#[test]
fn a_handshake_that_hangs_is_diagnosed() {
    let mut r = Reflector::default();
    r.start();
    r.listed("5".into(), 0.0);
    assert!(r.tick(9_000.0).is_empty());
    assert_eq!(r.tick(10_001.0), [Action::Close, Action::Diagnose { resource_version: "5".into() }]);
}

#[test]
fn what_cannot_help_is_not_tried_again() {
    let forbidden = Failure::Forbidden { message: "no".into() };
    let mut r = Reflector::default();
    r.start();
    assert!(r.list_failed(forbidden.clone(), 0.0, 0.5).is_empty());
    assert_eq!(*r.state(), State::Stopped { failure: forbidden });
    assert!(r.tick(1e9).is_empty());
    assert_eq!(r.start(), [Action::Close, Action::List], "until somebody asks");
}

#[test]
fn a_list_that_is_cut_half_way_is_read_again_ever_more_slowly() {
    let mut r = Reflector::default();
    r.start();
    let mut now = 0.0;
    let mut waits = Vec::new();
    for _ in 0..5 {
        assert_eq!(r.list_failed(Failure::Unreachable, now, 1.0), [Action::Lost]);
        // The probe is answered at once: the API server is there.
        let lost = now;
        let mut actions = r.resume(now, 1.0);
        while actions.is_empty() {
            now += 100.0;
            actions = r.tick(now);
        }
        assert_eq!(actions, [Action::Close, Action::List]);
        waits.push(now - lost);
    }
    assert_eq!(waits, [0.0, 800.0, 1_600.0, 3_200.0, 6_400.0]);
    r.listed("5".into(), now);
    r.opened(now);
    assert!(r.frame(&error(410), now, 1.0).contains(&Action::List));
    r.list_failed(Failure::Unreachable, now, 1.0);
    assert!(!r.resume(now, 1.0).is_empty(), "a list that was whole starts that anew");
}

#[test]
fn a_list_that_falls_silent_is_given_up_and_one_that_comes_slowly_is_not() {
    let mut r = Reflector::default();
    r.start();
    assert!(r.tick(1_000_000.0).is_empty(), "the silence begins when it is first looked at");
    r.part(1_060_000.0);
    assert!(r.tick(1_100_000.0).is_empty());
    r.part(1_120_000.0);
    assert!(r.tick(1_194_999.0).is_empty());
    assert_eq!(r.tick(1_195_000.0), [Action::Close, Action::Lost]);
    assert_eq!(r.resume(1_195_001.0, 0.5), [Action::Close, Action::List]);
}

#[test]
fn a_busy_server_is_given_the_time_it_asks_for() {
    let mut r = Reflector::default();
    r.start();
    r.list_failed(Failure::TooManyRequests { retry_after_s: Some(12) }, 0.0, 0.5);
    assert!(r.tick(11_999.0).is_empty());
    assert_eq!(r.tick(12_000.0), [Action::Close, Action::List]);
}

#[test]
fn after_stop_nothing_that_was_under_way_brings_it_back() {
    let mut r = watching();
    assert_eq!(r.stop(), [Action::Close]);
    r.opened(1.0);
    assert!(r.frame(&frame("6"), 2.0, 0.5).is_empty());
    assert!(r.closed(true, 1e6).is_empty());
    assert!(r.diagnosed(Ok(()), 3.0, 0.5).is_empty());
    assert!(r.resume(4.0, 0.5).is_empty());
    assert!(r.tick(1e9).is_empty());
    assert_eq!(*r.state(), State::Idle);
}

proptest! {
    /// Whatever happens in whatever order, at most one list or watch is asked for at a time, and a reflector that is
    /// neither stopped nor away always gets somewhere by the passing of time.
    #[test]
    fn any_order_of_happenings_leaves_it_able_to_go_on(steps in proptest::collection::vec(0u8..10, 1..60)) {
        let mut r = Reflector::default();
        r.start();
        let mut now = 0.0;
        for step in steps {
            now += 700.0;
            let actions = match step {
                0 if *r.state() == State::Listing => r.listed("1".into(), now),
                1 if *r.state() == State::Listing => r.list_failed(Failure::Server { code: 500, message: String::new() }, now, 0.5),
                2 => { r.opened(now); Vec::new() }
                3 => r.frame(&frame("2"), now, 0.5),
                4 => r.frame(&error(410), now, 0.5),
                5 => r.closed(false, now),
                6 => r.closed(true, now),
                7 => r.diagnosed(Ok(()), now, 0.5),
                8 => r.diagnosed(Err(Failure::Expired), now, 0.5),
                _ => r.tick(now),
            };
            let begun = actions.iter().filter(|a| matches!(a, Action::List | Action::Watch { .. } | Action::Diagnose { .. })).count();
            prop_assert!(begun <= 1);
        }
        match r.state() {
            State::Diagnosing => {}
            State::Listing => {
                r.tick(now);
                prop_assert!(!r.tick(now + 80_000.0).is_empty());
            }
            State::Opening { .. } | State::Watching { .. } | State::Waiting { .. } => {
                prop_assert!(!r.tick(now + 80_000.0).is_empty());
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn an_old_server_that_collects_all_of_a_list_after_its_first_page_is_asked_for_pages() {
    let mut r = Reflector::default();
    r.start();
    r.part(10.0);
    assert!(r.start_otherwise().is_empty(), "what comes goes on");
    r.parts_anew();
    assert_eq!(r.start_otherwise(), [Action::Close, Action::List]);
}
