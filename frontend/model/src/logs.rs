//! The last lines of a log, within bounds.
//!
//! Bytes come as the network cuts them, at any boundary; what is kept does not depend on the cuts. A container may write
//! anything, so a line has a bound, the whole has two, control characters and the escape sequences of terminals are
//! taken out, and what is not UTF-8 is replaced.

use std::collections::VecDeque;

use crate::timestamp;

mod refused;
mod terminal;

pub use refused::refused;

/// The most bytes of one line, as it came, that are kept.
pub const LINE_BYTES: usize = 16 * 1024;

/// Stands at the end of a line that was longer than [`LINE_BYTES`].
pub const CUT: &str = " … (line cut)";

/// How much of a log is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bounds {
    /// The most lines.
    pub lines: usize,
    /// The most bytes of text in all lines together.
    pub bytes: usize,
}

/// Whether the log was asked for with `timestamps=true`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Timestamps {
    /// Each line begins with an RFC 3339 time and a space.
    Prefixed,
    /// Lines are as the container wrote them.
    Absent,
}

/// One line of a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogLine {
    /// When it was written, in microseconds since the epoch; `None` if that was not asked for or cannot be read.
    pub time_micros: Option<i64>,
    /// The text, without its end of line.
    pub text: String,
}

/// The last lines of a log.
#[derive(Clone, Debug)]
pub struct LogLines {
    bounds: Bounds,
    timestamps: Timestamps,
    lines: VecDeque<LogLine>,
    bytes: usize,
    dropped: u64,
    /// The bytes of the line that has no end yet.
    open: Vec<u8>,
    open_is_cut: bool,
}

impl LogLines {
    /// A log of which nothing has come yet.
    #[must_use]
    pub fn new(bounds: Bounds, timestamps: Timestamps) -> Self {
        Self { bounds, timestamps, lines: VecDeque::new(), bytes: 0, dropped: 0, open: Vec::new(), open_is_cut: false }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, mut chunk: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', chunk) {
            let (line, rest) = chunk.split_at(end);
            self.extend_open(line);
            self.close_line();
            chunk = rest.get(1..).unwrap_or_default();
        }
        self.extend_open(chunk);
    }

    /// Takes what has come so far of the last line as a line, because nothing more will come.
    pub fn finish(&mut self) {
        if !self.open.is_empty() || self.open_is_cut {
            self.close_line();
        }
    }

    /// The lines that are kept, the oldest first; the first of them has the number [`Self::dropped`].
    #[must_use]
    pub fn lines(&self) -> &VecDeque<LogLine> {
        &self.lines
    }

    /// How many lines came before the first that is kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many bytes of text are kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn extend_open(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES + TIME_BYTES - self.open.len().min(LINE_BYTES + TIME_BYTES);
        self.open.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.open_is_cut |= bytes.len() > room;
    }

    fn close_line(&mut self) {
        let line = read_line(&self.open, self.open_is_cut, self.timestamps);
        self.open.clear();
        self.open_is_cut = false;
        self.bytes += line.text.len();
        self.lines.push_back(line);
        while self.lines.len() > self.bounds.lines || self.bytes > self.bounds.bytes {
            let Some(oldest) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= oldest.text.len();
            self.dropped += 1;
        }
    }
}

/// Room for the time before a line, so that a line is cut at the same place with and without it.
const TIME_BYTES: usize = 64;

fn read_line(bytes: &[u8], cut: bool, timestamps: Timestamps) -> LogLine {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let (time_micros, bytes) = match timestamps {
        Timestamps::Prefixed => split_time(bytes),
        Timestamps::Absent => (None, bytes),
    };
    let (kept, cut) = match bytes.get(..LINE_BYTES) {
        Some(kept) if cut || kept.len() < bytes.len() => (whole_characters(kept), true),
        _ => (bytes, cut),
    };
    let mut text = terminal::plain(&String::from_utf8_lossy(kept));
    if cut {
        text.push_str(CUT);
    }
    LogLine { time_micros, text }
}

/// Leaves out the character that a cut went through.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()).unwrap_or(bytes),
        _ => bytes,
    }
}

fn split_time(bytes: &[u8]) -> (Option<i64>, &[u8]) {
    let parsed = memchr::memchr(b' ', bytes.get(..TIME_BYTES).unwrap_or(bytes)).and_then(|end| {
        let (time, rest) = bytes.split_at(end);
        let micros = timestamp::micros(str::from_utf8(time).ok()?)?;
        Some((Some(micros), rest.get(1..)?))
    });
    parsed.unwrap_or((None, bytes))
}

#[cfg(test)]
mod tests;
