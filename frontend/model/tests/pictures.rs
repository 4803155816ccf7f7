//! Each chart drawn to a picture that is kept and compared pixel for pixel: in both themes, at one and at two device pixels in a CSS pixel.
//!
//! The pictures lie in `tests/pictures`. After a change that is meant,
//! `PILOTHOUSE_RENEW_PICTURES=1 cargo test -p pilothouse-model --test pictures` writes them anew, to be looked at before they are
//! committed. Where a picture differs, what was drawn lies in the folder that the failure names.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use model::chart::bursts::{self, Piece};
use model::chart::capacity::{self, Capacity};
use model::chart::matrix::{self, MatrixLayout};
use model::chart::nodes::{self, BarState, NodeBar, NodeLayout};
use model::chart::sparkline::{self, Sample};
use model::chart::stack::{self, StackLayout, Tone};
use model::chart::timeline::{self, Mark};
use model::chart::{Area, Theme};
use plotters::prelude::{BitMapBackend, IntoDrawingArea};

const RENEW: &str = "PILOTHOUSE_RENEW_PICTURES";
/// The colours that the page has.
const STYLE: &str = include_str!("../../style/base.css");
const NEVER_FAILS: &str = "a bitmap takes what is drawn";
const IS_PNG: &str = "the file is a picture";
const TONES: [Tone; 5] = [Tone::Ok, Tone::Done, Tone::Unknown, Tone::Warn, Tone::Bad];

type Draw = fn(&Area<BitMapBackend<'_>>, &Theme);

/// The charts by the names of their pictures, with their sizes in CSS pixels.
const CHARTS: [(&str, (u32, u32), Draw); 10] = [
    ("capacity", (372, 12), capacity),
    ("capacity-overcommitted", (372, 12), overcommitted),
    ("stack", (300, 16), stack),
    ("nodes-few", (644, 196), few_nodes),
    ("nodes-5000", (644, 236), many_nodes),
    ("sparkline", (372, 36), sparkline),
    ("time-series", (372, 64), time_series),
    ("bursts", (66, 18), bursts),
    ("timeline", (744, 88), timeline),
    ("matrix", (480, 108), matrix),
];

/// A picture in memory: its size, and its bytes in the order red, green, blue.
#[derive(PartialEq)]
struct Picture {
    size: (u32, u32),
    bytes: Vec<u8>,
}

#[test]
fn every_chart_is_the_picture_that_is_kept() {
    let (kept, drawn) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures"), drawn_folder());
    let mut wrong = Vec::new();
    for (name, size, draw) in CHARTS {
        for look in ["light", "dark"] {
            for scale in [1, 2] {
                let file = format!("{name}-{look}-{scale}x.png");
                let picture = Picture::draw(size, draw, &theme(look, scale), scale);
                if std::env::var_os(RENEW).is_some() {
                    picture.write(&kept.join(&file));
                } else if let Some(difference) = Picture::read(&kept.join(&file)).difference(&picture) {
                    picture.write(&drawn.join(&file));
                    wrong.push(format!("{file}: {difference}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nwhat was drawn lies in {}; {RENEW}=1 keeps it", wrong.join("\n"), drawn.display());
}

#[test]
fn every_picture_that_is_kept_is_of_a_chart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let is_of = |name: &str| {
            file.strip_prefix(name).is_some_and(|rest| rest.starts_with("-light-") || rest.starts_with("-dark-"))
        };
        assert!(CHARTS.iter().any(|(name, ..)| is_of(name)), "{file} is of no chart");
    }
}

fn capacity(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let all = Capacity { allocatable: 160.0, usage: Some(98.0), measure: None, requests: 118.0, limits: Some(150.0) };
    capacity::bars(&all, area.dim_in_pixel(), theme).draw(area, theme).expect(NEVER_FAILS);
}

fn overcommitted(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let all =
        Capacity { allocatable: 160.0, usage: Some(70.0), measure: Some(80.0), requests: 150.0, limits: Some(200.0) };
    capacity::bars(&all, area.dim_in_pixel(), theme).draw(area, theme).expect(NEVER_FAILS);
}

fn stack(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let layout = StackLayout::new(&[400, 60, 40, 50, 30], 600, area.dim_in_pixel());
    stack::bars(&layout, &TONES, theme).draw(area, theme).expect(NEVER_FAILS);
}

fn few_nodes(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let bar = |usage, requests, state| NodeBar { usage, requests, state };
    let bars = [
        bar(None, Some(0.2), BarState::NotReady),
        bar(Some(0.95), Some(0.7), BarState::Ready),
        bar(Some(0.85), Some(0.9), BarState::Ready),
        bar(Some(0.4), Some(0.6), BarState::Ready),
        bar(Some(0.0), Some(0.3), BarState::Ready),
        bar(None, Some(0.5), BarState::Ready),
        bar(None, None, BarState::Ready),
    ];
    let layout = NodeLayout::new(&[4, 3], area.dim_in_pixel(), theme.scale);
    nodes::bars(&layout, &bars, theme).draw(area, theme).expect(NEVER_FAILS);
}

/// Three zones as in a cluster of 5,000 nodes: some are not ready, most are used to a half, and each has its own requests.
fn many_nodes(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let mut dice = Dice(20_261_128);
    let mut bars = Vec::new();
    for count in [1_667, 1_667, 1_666] {
        let mut zone: Vec<NodeBar> = (0..count)
            .map(|at| {
                let (used, more) = (dice.share(), dice.share());
                let usage = if at % 40 == 0 { 0.8 + used * 0.2 } else { 0.2 + used * 0.4 };
                let state = if at % 97 == 0 { BarState::NotReady } else { BarState::Ready };
                NodeBar { usage: Some(usage), requests: Some(usage + more * 0.3), state }
            })
            .collect();
        zone.sort_by(|a, b| b.pressure().total_cmp(&a.pressure()));
        bars.extend(zone);
    }
    let layout = NodeLayout::new(&[1_667, 1_667, 1_666], area.dim_in_pixel(), theme.scale);
    nodes::bars(&layout, &bars, theme).draw(area, theme).expect(NEVER_FAILS);
}

fn sparkline(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    sparkline::draw(area, &[samples(7, 0.5, 40)], 1.0, theme).expect(NEVER_FAILS);
}

fn time_series(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let (mut cpu, memory) = (samples(1, 0.3, 240), samples(2, 0.7, 240));
    // For a while nobody told.
    cpu.iter_mut().skip(90).take(12).for_each(|sample| sample.value = None);
    sparkline::draw(area, &[cpu, memory], 1.0, theme).expect(NEVER_FAILS);
}

fn bursts(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    bursts::draw(area, &pieces(), 12, theme.bad, theme).expect(NEVER_FAILS);
}

fn timeline(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let tones = [(0.1, Tone::Ok), (0.3, Tone::Unknown), (0.55, Tone::Warn), (0.7, Tone::Bad), (0.99, Tone::Ok)];
    let marks = tones.map(|(at, tone)| Mark { at, tone });
    timeline::draw(area, &pieces(), &marks, theme).expect(NEVER_FAILS);
}

fn matrix(area: &Area<BitMapBackend<'_>>, theme: &Theme) {
    let layout = MatrixLayout::new(3, 4, area.dim_in_pixel(), theme.scale);
    let cell = |at: u64| if at % 5 == 3 { [0; 5] } else { [at * 9, at % 3, at % 2, at % 4, (at * 7) % 11] };
    let cells: Vec<[u64; 5]> = (1..=12).map(cell).collect();
    let most = cells.iter().map(|cell| cell.iter().sum()).max().unwrap_or(0);
    matrix::bars(&layout, &cells, most, &TONES, theme).draw(area, theme).expect(NEVER_FAILS);
}

/// A value that wanders about `middle`.
fn samples(seed: u64, middle: f64, count: u32) -> Vec<Sample> {
    let mut dice = Dice(seed);
    let mut value = middle;
    (0..count)
        .map(|at| {
            value = (value + (dice.share() - 0.5) * 0.06).clamp(0.05, 0.95);
            Sample { at_s: f64::from(at) * 15.0, value: Some(value) }
        })
        .collect()
}

fn pieces() -> [Piece; 30] {
    std::array::from_fn(|at| Piece {
        times: [0, 1, 0, 3, 12, 0, 2].into_iter().nth(at % 7).unwrap_or(0),
        unknown: (8..14).contains(&at),
    })
}

/// Random numbers, the same in each run, by Knuth's linear congruential generator.
struct Dice(u64);

impl Dice {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((self.0 >> 40) as u32) / f64::from(1_u32 << 24)
    }
}

/// The theme as the style sheet has it.
fn theme(look: &str, scale: u32) -> Theme {
    let start = if look == "dark" { ":root[data-theme=\"dark\"] {" } else { ":root {" };
    let block =
        STYLE.split_once(start).and_then(|(_, rest)| rest.split_once('}')).expect("the style sheet has the theme").0;
    let property = |name: &str| {
        let line = block.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
        line.expect("the theme has the colour").trim().trim_end_matches(';').to_owned()
    };
    Theme::from_properties(property, f64::from(scale))
}

/// Where the pictures go that differ.
fn drawn_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

impl Picture {
    fn draw((width, height): (u32, u32), draw: Draw, theme: &Theme, scale: u32) -> Self {
        let size = (width * scale, height * scale);
        let mut bytes = vec![0; (size.0 * size.1 * 3) as usize];
        {
            let area = BitMapBackend::with_buffer(&mut bytes, size).into_drawing_area();
            area.fill(&theme.panel).expect(NEVER_FAILS);
            draw(&area, theme);
            area.present().expect(NEVER_FAILS);
        }
        Self { size, bytes }
    }

    /// A picture that is not there is empty.
    fn read(file: &Path) -> Self {
        let Ok(opened) = File::open(file) else { return Self { size: (0, 0), bytes: Vec::new() } };
        let mut reader = png::Decoder::new(BufReader::new(opened)).read_info().expect(IS_PNG);
        let mut bytes = vec![0; reader.output_buffer_size().expect(IS_PNG)];
        let info = reader.next_frame(&mut bytes).expect(IS_PNG);
        bytes.truncate(info.buffer_size());
        Self { size: (info.width, info.height), bytes }
    }

    fn write(&self, file: &Path) {
        let written = File::create(file).expect("the folder can be written");
        let mut encoder = png::Encoder::new(written, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("a header can be written");
        writer.write_image_data(&self.bytes).expect("pixels can be written");
    }

    /// How another one differs; none if it does not.
    fn difference(&self, other: &Self) -> Option<String> {
        if self.size != other.size {
            return Some(format!("{:?} pixels were kept, {:?} are drawn", self.size, other.size));
        }
        let pixels = |picture: &Self| picture.bytes.chunks(3).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let differ: Vec<usize> = pixels(self)
            .iter()
            .zip(pixels(other))
            .enumerate()
            .filter(|(_, (a, b))| *a != b)
            .map(|(at, _)| at)
            .collect();
        let first = *differ.first()?;
        let width = self.size.0 as usize;
        Some(format!("{} pixels differ, the first at {},{}", differ.len(), first % width, first / width))
    }
}
