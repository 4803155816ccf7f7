//! Compression on both sides of a list: what the API server sent is unpacked, what the browser gets is packed.

use std::io::Write;

use flate2::write::GzEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use super::LeanError;

/// Unpacks the API server's answer.
#[derive(Debug)]
pub enum Unpacked {
    /// It was not packed.
    Plain,
    /// It is gzip.
    Gzip {
        /// The state of the decoder, and room for one step.
        decoder: Box<(Decompress, [u8; STEP])>,
        /// Whether its end has come.
        ended: bool,
    },
}

/// Packs what the browser gets.
pub enum Packed {
    /// As it is.
    Plain(Vec<u8>),
    /// As gzip, at [`LEVEL`].
    Gzip(Box<GzEncoder<Vec<u8>>>),
}

/// Of 72 MB of masked pods level 1 makes 6.3 MB at 590 MB/s, level 2 4.7 MB at 490, level 3 4.5 MB at 330: the first to
/// fit its codes to the data.
const LEVEL: Compression = Compression::new(2);
/// What one step unpacks at most, so that few bytes that unpack to very many take no more memory.
const STEP: usize = 32 << 10;
/// The largest window of gzip, as a power of two.
const WINDOW: u8 = 15;

impl Unpacked {
    /// The decoder for gzip.
    pub fn gzip() -> Self {
        Self::Gzip { decoder: Box::new((Decompress::new_gzip(WINDOW), [0; STEP])), ended: false }
    }

    /// Hands on what the next bytes are.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), LeanError>,
    ) -> Result<(), LeanError> {
        let Self::Gzip { decoder, ended } = self else { return take(bytes) };
        let (decoder, step) = decoder.as_mut();
        let mut rest = bytes;
        loop {
            if *ended {
                return if rest.is_empty() { Ok(()) } else { Err(LeanError::Packing) };
            }
            let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
            let status = decoder.decompress(rest, step, FlushDecompress::None).map_err(|_| LeanError::Packing)?;
            let read = usize::try_from(decoder.total_in() - before_in).unwrap_or(rest.len());
            let made = usize::try_from(decoder.total_out() - before_out).unwrap_or(STEP);
            rest = rest.get(read..).unwrap_or_default();
            take(step.get(..made).unwrap_or_default())?;
            *ended = status == Status::StreamEnd;
            // A step that is not full has nothing left to say until more comes.
            if !*ended && rest.is_empty() && made < STEP {
                return Ok(());
            }
            if !*ended && read == 0 && made == 0 {
                return Err(LeanError::Packing);
            }
        }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Plain | Self::Gzip { ended: true, .. })
    }
}

impl Packed {
    /// The encoder for gzip.
    pub fn gzip() -> Self {
        Self::Gzip(Box::new(GzEncoder::new(Vec::new(), LEVEL)))
    }

    /// Packs more.
    pub fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::Plain(out) => out.extend_from_slice(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes).expect("a Vec takes any bytes"),
        }
    }

    /// Lets everything that was written so far be read, at the price of some bytes.
    pub fn flush(&mut self) {
        if let Self::Gzip(encoder) = self {
            encoder.flush().expect("a Vec takes any bytes");
        }
    }

    /// Writes the end.
    pub fn finish(&mut self) {
        if let Self::Gzip(encoder) = self {
            encoder.try_finish().expect("a Vec takes any bytes");
        }
    }

    /// What can be sent, without taking it.
    pub fn ready(&self) -> &[u8] {
        match self {
            Self::Plain(out) => out,
            Self::Gzip(encoder) => encoder.get_ref(),
        }
    }

    /// What can be sent.
    pub fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Plain(out) => std::mem::take(out),
            Self::Gzip(encoder) => std::mem::take(encoder.get_mut()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Packed::gzip();
        packed.write(bytes);
        packed.flush();
        packed.finish();
        packed.take()
    }

    fn unpacked(bytes: &[u8], piece: usize) -> Result<Vec<u8>, LeanError> {
        let mut unpacked = Unpacked::gzip();
        let mut out = Vec::new();
        for part in bytes.chunks(piece) {
            unpacked.feed(part, |step| {
                out.extend_from_slice(step);
                Ok(())
            })?;
        }
        if unpacked.is_whole() { Ok(out) } else { Err(LeanError::Cut) }
    }

    #[test]
    fn what_was_packed_is_unpacked_for_any_chunking() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|number| number.to_le_bytes()).collect();
        for bytes in [&b""[..], b"a", &text, &vec![b'x'; 5 * STEP], &vec![b'x'; STEP]] {
            for piece in [1, 7, 4096, usize::MAX] {
                assert_eq!(unpacked(&packed(bytes), piece).unwrap(), bytes, "{} by {piece}", bytes.len());
            }
        }
    }

    #[test]
    fn what_is_cut_damaged_or_followed_by_more_is_refused() {
        let good = packed(b"some text, some text, some text");
        for end in 0..good.len() {
            assert!(unpacked(&good[..end], 5).is_err(), "cut at {end}");
        }
        assert!(unpacked(&[&good[..], b"more"].concat(), 5).is_err());
        let mut damaged = good.clone();
        damaged[good.len() - 6] ^= 1;
        assert!(unpacked(&damaged, 5).is_err(), "the checksum");
        assert!(unpacked(b"not gzip at all", 5).is_err());
    }
}
