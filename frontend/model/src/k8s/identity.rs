//! Who the API server takes us for, and which version it is.

use super::json::Text;
use super::projection::{fields, read};

/// The answer of `/version`.
#[derive(Default)]
struct Version<'a> {
    git_version: Text<'a>,
}

/// A `SelfSubjectReview` (KEP-3325).
#[derive(Default)]
struct SelfSubjectReview<'a> {
    status: ReviewStatus<'a>,
}

#[derive(Default)]
struct ReviewStatus<'a> {
    user_info: UserInfo<'a>,
}

#[derive(Default)]
struct UserInfo<'a> {
    username: Text<'a>,
}

fields! {
    Version<'de> {
        "gitVersion": git_version,
    }
    SelfSubjectReview<'de> {
        "status": status,
    }
    ReviewStatus<'de> {
        "userInfo": user_info,
    }
    UserInfo<'de> {
        "username": username,
    }
}

/// The version in the answer of `/version`, for example `v1.37.2`.
pub fn version(answer: &[u8]) -> Option<String> {
    Some(read::<Version<'_>>(answer).ok()?.git_version.non_empty()?.to_owned())
}

/// The user's name in a `SelfSubjectReview`.
pub fn username(answer: &[u8]) -> Option<String> {
    Some(read::<SelfSubjectReview<'_>>(answer).ok()?.status.user_info.username.non_empty()?.to_owned())
}
