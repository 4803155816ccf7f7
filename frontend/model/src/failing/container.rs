//! Why a container does not run, in words.

use super::text::{between, has, last_line, root, short};
use crate::format::{bytes, middle};
use crate::k8s::pod_state::PodState;
use crate::store::names::Names;
use crate::store::symptoms::{End, Symptom};

/// A container that ran for less than this has ended "right after start".
const AT_ONCE_S: i64 = 10;

/// An image's name is shown in so many characters.
const MOST_IMAGE_CHARS: usize = 40;

/// How a container ends, again and again or once.
pub(super) fn crash(symptom: &Symptom, names: &Names) -> String {
    let Some(end) = &symptom.end else {
        return "ends right after each start, with nothing left to say why".to_owned();
    };
    if names.text(end.reason) == "ContainerStatusUnknown" {
        return "ended while its node was away; how is not known".to_owned();
    }
    if has(&end.message, &["exec format error"]) {
        return "its program is built for another processor".to_owned();
    }
    let when = match end.ran_s {
        Some(ran_s) if ran_s < AT_ONCE_S => " right after start".to_owned(),
        Some(ran_s) => format!(" after {}", crate::age::human(ran_s)),
        None => String::new(),
    };
    let verb = if symptom.restarts > 0 && symptom.state != PodState::Running { "exits" } else { "exited" };
    let how = match (end.exit_code, signal(end)) {
        (_, Some(signal)) => format!("ended by {signal}{when}"),
        (0, _) => format!("{verb} with code 0{when}, though it should keep running"),
        (126, _) => format!("{verb} with code 126: its command cannot be run"),
        (127, _) => format!("{verb} with code 127: its command is not found"),
        (code, _) => format!("{verb} with code {code}{when}"),
    };
    let said = last_line(&end.message).map(|line| format!(": {line}")).unwrap_or_default();
    format!("{how}{said}{}", again(symptom))
}

/// A container that was killed for its memory.
pub(super) fn out_of_memory(symptom: &Symptom) -> String {
    match symptom.mem_limit_bytes {
        0 => format!("killed because its node ran out of memory; it has no limit of its own{}", again(symptom)),
        limit => format!("killed for using more memory than its limit of {}{}", bytes(limit), again(symptom)),
    }
}

/// An image that cannot be had.
pub(super) fn image(symptom: &Symptom, names: &Names) -> String {
    let (message, name) = (&*symptom.message, image_name(names.text(symptom.image)));
    let why = match names.text(symptom.waiting) {
        "InvalidImageName" => return format!("image name {} is not valid", short(&name)),
        "ErrImageNeverPull" => return format!("image {} is not on the node, and it may not be pulled", short(&name)),
        _ if has(message, &["toomanyrequests", "429 ", "rate limit"]) => "the registry's rate limit is reached",
        _ if has(message, &["unauthorized", "401 ", "403 ", "denied", "authentication required", "no basic auth"]) => {
            "the registry denies access"
        }
        _ if has(message, &["no match for platform", "no matching manifest"]) => {
            "it is not built for the node's platform"
        }
        _ if has(message, &["not found", "notfound", "manifest unknown", "404 "]) => "not found",
        _ if has(message, &["no such host"]) => "the registry's name is not known",
        _ if has(message, &["x509", "certificate"]) => "the registry's certificate is not trusted",
        _ if has(message, &["connection refused"]) => "the registry refuses connections",
        _ if has(message, &["timeout", "deadline exceeded", "timed out"]) => "the registry does not answer in time",
        _ if has(message, &["no space left"]) => "the node's disk is full",
        _ if has(message, &["signature"]) => "its signature is not accepted",
        _ if message.is_empty() => return format!("cannot pull {}", short(&name)),
        _ => return format!("cannot pull {}: {}", short(&name), short(root(message))),
    };
    // A line has little room: why comes first, that it cannot be pulled its title says.
    format!("{why}: {}", short(&name))
}

/// An image's name, of which the end tells it from others: what is left out of a long one is its registry and its path.
fn image_name(image: &str) -> String {
    let fits = |rest: &str| rest.chars().count() < MOST_IMAGE_CHARS;
    if image.chars().count() <= MOST_IMAGE_CHARS {
        return image.to_owned();
    }
    let mut ends = image.match_indices('/').map(|(at, _)| image.get(at..).unwrap_or(image));
    match ends.find(|rest| fits(rest)) {
        Some(rest) => format!("…{rest}"),
        None => middle(image.rsplit('/').next().unwrap_or(image), MOST_IMAGE_CHARS),
    }
}

/// What a container is configured with and is not there.
pub(super) fn config(message: &str) -> String {
    if let (Some(key), Some((_, of))) = (between(message, "couldn't find key ", " in "), message.rsplit_once(" in ")) {
        let (kind, name) = of.split_once(' ').unwrap_or((of, ""));
        let name = name.rsplit('/').next().unwrap_or(name);
        return short(&format!("{} {name} has no key {key}", kind.to_ascii_lowercase()));
    }
    if let Some(name) = between(message, "\"", "\"").filter(|_| message.ends_with("not found")) {
        let kind = message.split(' ').next().unwrap_or("");
        return short(&format!("{kind} {name} does not exist"));
    }
    if has(message, &["runasnonroot", "run as root"]) {
        return "its image runs as root, and runAsNonRoot forbids that".to_owned();
    }
    if message.is_empty() { "its configuration is not complete".to_owned() } else { short(root(message)) }
}

/// A container that cannot be made or started.
pub(super) fn start(symptom: &Symptom) -> String {
    let of_end = symptom.end.as_ref().map(|end| &*end.message).filter(|message| !message.is_empty());
    let message = of_end.unwrap_or(&symptom.message);
    let command = between(message, "exec: \"", "\"").or_else(|| between(message, "stat ", ":"));
    match command.map(short) {
        Some(command) if has(message, &["executable file not found", "no such file"]) => {
            format!("its command {command} is not in the image")
        }
        Some(command) if has(message, &["permission denied"]) => format!("its command {command} may not be run"),
        _ if has(message, &["exec format error"]) => "its program is built for another processor".to_owned(),
        _ if has(message, &["read-only file system"]) => "it writes to a file system that is read-only".to_owned(),
        _ if has(message, &["context deadline exceeded"]) => "the container runtime does not answer in time".to_owned(),
        _ if has(message, &["poststarthook", "poststart"]) => {
            format!("its postStart hook fails: {}", short(root(message)))
        }
        _ if message.is_empty() => "the container runtime could not start it".to_owned(),
        _ => short(root(message)),
    }
}

/// What is to be added of one that is well by now.
fn again(symptom: &Symptom) -> &'static str {
    if symptom.state == PodState::Running { "; runs again" } else { "" }
}

/// The signal that ended a process: told, or 128 less than the exit status.
fn signal(end: &End) -> Option<String> {
    let number = if end.signal > 0 { end.signal } else { end.exit_code - 128 };
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL (bad instruction)",
        6 => "SIGABRT",
        7 => "SIGBUS (bad memory access)",
        8 => "SIGFPE (bad calculation)",
        9 => "SIGKILL",
        11 => "SIGSEGV (bad memory access)",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        5 | 10 | 12 | 14 | 16..=64 => return Some(format!("signal {number}")),
        _ => return None,
    };
    Some(name.to_owned())
}
