//! How a list is asked for: whole from an API server that streams it, in pages from one that builds it in memory first.
//!
//! One that streams still collects and sorts what it will send before the first byte: 0.8 s for 150,000 pods, and 30 ms for a page. So
//! a list that may be long begins with its first page; if more follows, all of it is read after that.

use crate::failure::Failure;
use crate::list::ListMeta;

/// The objects of a page: as many as kubectl and client-go ask for.
pub const PAGE_ITEMS: u32 = 500;
/// The first minor version of Kubernetes 1 that writes a list as it goes (KEP-5116).
const STREAMS_SINCE: u32 = 33;

/// What to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// All of the list in one piece.
    Whole,
    /// The page that begins at this token; the first where it is empty.
    Page(&'a str),
}

/// What follows a part that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The list is complete; this is the resourceVersion to watch from.
    Watch(String),
    /// Another page.
    Page,
    /// All of the list: what has come comes again, or is gone.
    Anew,
}

/// The pages of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// Whether the first page has come of a list that is read whole after it.
    tasted: bool,
    /// Of the first page: what happened since is watched, so what a later page already has comes twice and not never.
    resource_version: Option<String>,
    /// Where the next page begins.
    continue_token: String,
    /// Whether the list has gone on after its snapshot was gone.
    has_gone_on: bool,
}

/// Whether an API server of this version (`v1.37.2`) streams lists; one that does not say so is taken for new.
pub fn streams(git_version: &str) -> bool {
    let mut numbers = git_version.trim_start_matches('v').split(['.', '+', '-']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(1)), Some(Ok(minor))) => minor >= STREAMS_SINCE,
        _ => true,
    }
}

impl Pages {
    /// What to ask for now: of a server that does not stream, pages only.
    pub fn part(&self, in_pages: bool, may_be_long: bool) -> Part<'_> {
        let is_taste = may_be_long && !self.tasted;
        if in_pages || is_taste || !self.continue_token.is_empty() {
            Part::Page(&self.continue_token)
        } else {
            Part::Whole
        }
    }

    /// A part is complete. The last of several pages is watched from where the first was.
    pub fn next(&mut self, meta: ListMeta, in_pages: bool) -> Next {
        let goes_on = !meta.continue_token.is_empty();
        // Once only: a server may give even the whole in pages, though nobody asked for them.
        if goes_on && !in_pages && !self.tasted && self.resource_version.is_none() {
            self.tasted = true;
            return Next::Anew;
        }
        let first = self.resource_version.get_or_insert(meta.resource_version).clone();
        self.continue_token = meta.continue_token;
        if goes_on { Next::Page } else { Next::Watch(first) }
    }

    /// The list was stopped or broke off: whether it may later go on from this page, since the server still knows the token.
    pub fn keeps_its_place(&self, failure: &Failure) -> bool {
        let gone = matches!(failure, Failure::Expired | Failure::PageExpired { .. });
        !gone && !self.continue_token.is_empty()
    }

    /// A page failed: whether to ask again, with the token that the server gave for what is left.
    ///
    /// Once only: an API server that forgets snapshots faster than they are read is asked for a new list, later.
    pub fn goes_on(&mut self, failure: &Failure) -> bool {
        match failure {
            Failure::PageExpired { continue_token } if !self.has_gone_on && !self.continue_token.is_empty() => {
                self.continue_token.clone_from(continue_token);
                self.has_gone_on = true;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(resource_version: &str, continue_token: &str) -> ListMeta {
        ListMeta { resource_version: resource_version.into(), continue_token: continue_token.into() }
    }

    fn expired(continue_token: &str) -> Failure {
        Failure::PageExpired { continue_token: continue_token.into() }
    }

    #[test]
    fn a_list_is_watched_from_its_first_page() {
        let mut pages = Pages::default();
        assert_eq!(pages.part(true, false), Part::Page(""));
        assert_eq!(pages.next(meta("7", "b"), true), Next::Page);
        assert_eq!(pages.part(true, false), Part::Page("b"));
        assert_eq!(pages.next(meta("7", ""), true), Next::Watch("7".into()));
    }

    #[test]
    fn the_rows_of_a_long_list_waited_until_the_server_had_collected_all_of_them() {
        let mut pages = Pages::default();
        assert_eq!(pages.part(false, false), Part::Whole, "one that is never long");
        assert_eq!(pages.part(false, true), Part::Page(""));
        assert_eq!(pages.clone().next(meta("9", ""), false), Next::Watch("9".into()), "it was all on the first page");
        assert_eq!(pages.next(meta("7", "b"), false), Next::Anew);
        assert_eq!(pages.part(false, true), Part::Whole);
        assert!(!pages.keeps_its_place(&Failure::Unreachable), "it is asked for anew");
        assert_eq!(pages.next(meta("9", ""), false), Next::Watch("9".into()), "watched from all of it");
    }

    #[test]
    fn a_server_that_gives_the_whole_in_pages_was_asked_for_it_without_end() {
        let mut pages = Pages::default();
        assert_eq!(pages.next(meta("7", "b"), false), Next::Anew);
        assert_eq!(pages.part(false, true), Part::Whole);
        assert_eq!(pages.next(meta("9", "c"), false), Next::Page);
        assert_eq!(pages.part(false, true), Part::Page("c"));
        assert_eq!(pages.next(meta("9", ""), false), Next::Watch("9".into()));
    }

    #[test]
    fn a_list_that_has_begun_goes_on_in_pages_when_the_server_turns_out_to_be_old() {
        let mut pages = Pages::default();
        assert_eq!(pages.part(false, true), Part::Page(""));
        assert_eq!(pages.next(meta("7", "b"), true), Next::Page);
        assert_eq!(pages.part(true, true), Part::Page("b"));
        assert_eq!(pages.next(meta("7", ""), true), Next::Watch("7".into()));
    }

    #[test]
    fn a_page_that_has_expired_goes_on_from_where_it_was_once() {
        let mut pages = Pages::default();
        assert!(!pages.goes_on(&expired("x")), "the first page has no place to go on from");
        assert_eq!(pages.next(meta("7", "b"), true), Next::Page);
        assert!(!pages.goes_on(&Failure::Expired), "the server gave no token");
        assert!(pages.goes_on(&expired("c")));
        assert_eq!(pages.part(true, false), Part::Page("c"));
        assert_eq!(pages.next(meta("20", "d"), true), Next::Page);
        assert!(!pages.goes_on(&expired("e")), "a second time");
        assert_eq!(pages.next(meta("20", ""), true), Next::Watch("7".into()));
    }

    #[test]
    fn a_list_that_is_cut_between_its_pages_keeps_its_place_unless_that_has_expired() {
        let mut pages = Pages::default();
        assert!(!pages.keeps_its_place(&Failure::Unreachable), "there is no place yet");
        assert_eq!(pages.next(meta("7", "b"), true), Next::Page);
        assert!(pages.keeps_its_place(&Failure::Unreachable));
        assert!(pages.keeps_its_place(&Failure::TooManyRequests { retry_after_s: None }));
        assert!(!pages.keeps_its_place(&Failure::Expired));
        assert!(!pages.keeps_its_place(&expired("c")));
    }

    #[test]
    fn an_old_api_server_is_known_by_its_version() {
        let check = |version: &str, expect: bool| assert_eq!(streams(version), expect, "{version}");
        check("v1.37.2", true);
        check("v1.33.0-alpha.1", true);
        check("v1.32.9+k3s1", false);
        check("v1.9.0", false);
        check("v1.32", false);
        check("v2.1.0", true);
        check("", true);
        check("v1", true);
        check("odd", true);
    }
}
