//! What an app says when things go wrong, and the last thing it says.

use super::super::moment::Moment;
use super::super::trouble::Trouble;
use crate::random::Random;

/// What is said so many seconds after (or, below 0, before) the end of a run.
pub fn lines(trouble: Option<Trouble>, app: &str, after_s: i64, at: Moment) -> Vec<String> {
    let lines: Vec<String> = match (trouble, after_s) {
        (Some(Trouble::CrashLoop), -1) => vec![
            format!(r#"{{"ts":"{at}","level":"info","msg":"connecting","store":"database"}}"#),
            format!(r#"{{"ts":"{at}","level":"error","msg":"no database","err":"REVIEWS_DB_URL is not set"}}"#),
        ],
        (Some(Trouble::CrashLoop), 0) => vec![
            format!("panic: {app}: configuration: REVIEWS_DB_URL is not set"),
            String::new(),
            "goroutine 1 [running]:".to_owned(),
            "main.mustConnect({0x0, 0x0})".to_owned(),
            "\t/src/cmd/reviews/main.go:71 +0x1d4".to_owned(),
            "main.main()".to_owned(),
            "\t/src/cmd/reviews/main.go:38 +0x9c".to_owned(),
        ],
        (Some(Trouble::OutOfMemory), -40) => {
            vec![format!(
                r#"{{"ts":"{at}","level":"warn","msg":"cache is over its size","limit_mb":128,"size_mb":301}}"#
            )]
        }
        (Some(Trouble::OutOfMemory), -3) => vec![format!(
            r#"{{"ts":"{at}","level":"warn","msg":"decoding large image","width":24000,"height":18000,"sku":"4711-XL"}}"#
        )],
        (None, 0) => vec![format!(r#"{{"ts":"{at}","level":"info","msg":"finished","app":"{app}"}}"#)],
        _ => Vec::new(),
    };
    lines
}

/// What is said now and then while a trouble lasts.
pub fn complaint(trouble: Trouble, random: &mut Random, at: Moment) -> Option<String> {
    match trouble {
        Trouble::FailingProbe if random.below(5) == 0 => Some(format!(
            r#"{{"ts":"{at}","level":"warn","msg":"not ready","check":"feature-flags","err":"dial tcp 172.20.9.14:8080: i/o timeout"}}"#
        )),
        Trouble::OutOfMemory if random.below(45) == 0 => Some(format!(
            r#"{{"ts":"{at}","level":"warn","msg":"cache grows","size_mb":{},"evicted":0}}"#,
            180 + random.below(120)
        )),
        _ => None,
    }
}
