//! How fast a list goes through a mask on one core: `cargo run --release -p pilothouse --example mask -- LIST MASK`. A list that
//! is no `….json` is protobuf, and its mask has numbers.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::fs::File;
use std::io::Read;

use anyhow::{Context, ensure};
use pilothouse::lean::Masking;
use pilothouse::lean::coding::Packed;
use pilothouse::lean::mask::Mask;

/// Larger than what a read from a connection brings, so that looking at the clock costs nothing.
const CHUNK_BYTES: usize = 1 << 20;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("which list?")?;
    let mask = Mask::parse(&arguments.next().context("which mask?")?)?;
    let kind = if file.ends_with(".json") { "application/json" } else { "application/vnd.kubernetes.protobuf" };
    let mut file = File::open(file)?;
    let mut filter = Masking::of(kind, mask).context("a list of neither form")?;
    let mut packed = Packed::gzip();
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut masked, mut sizes) = (Vec::new(), [0; 3]);
    let (mut masking, mut packing) = (0, 0);
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        let start = processor_ns()?;
        filter.feed(chunk.get(..length).unwrap_or_default(), &mut masked)?;
        let middle = processor_ns()?;
        packed.write(&masked);
        packing += processor_ns()? - middle;
        masking += middle - start;
        for (size, more) in sizes.iter_mut().zip([length, masked.len(), packed.take().len()]) {
            *size += more;
        }
        masked.clear();
    }
    ensure!(filter.is_whole(), "the list is not whole");
    let [whole, masked, packed] = sizes.map(|size| size as f64 / 1e6);
    let speed = |ns: u64| whole * 1e9 / ns as f64;
    println!("{whole:.1} MB, masked {masked:.1} MB, packed {packed:.2} MB: 1/{:.0}", whole / packed);
    println!("masking {:.0} MB/s, with packing {:.0} MB/s of the list", speed(masking), speed(masking + packing));
    Ok(())
}

/// What this thread has had of a processor: others on the machine do not count.
fn processor_ns() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split_whitespace().next().context("no times")?.parse()?)
}
