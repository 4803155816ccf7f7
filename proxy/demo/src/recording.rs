//! What was recorded from a real API server, kept compressed in the binary.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

/// Reads a recording; it is asked for rarely, so nothing of it is kept.
pub fn read(gzip: &[u8]) -> Value {
    let mut text = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut text).expect("what was recorded is whole");
    serde_json::from_slice(&text).expect("what was recorded is JSON")
}
