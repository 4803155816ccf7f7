//! A plotters backend over a canvas, in device pixels.
//!
//! plotters' own canvas backend draws in CSS pixels, which blurs on dense screens, and measures each label by inserting an
//! element. Here the bitmap has the screen's own density, labels are measured by the canvas and remembered, a style that has
//! not changed is not set again, and rectangles that come before all else are one picture ([`Sheet`]): each call into the
//! browser costs more than the rectangle it paints.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;

use model::chart::sheet::{Ink, Sheet};
use model::chart::{Area, Rect};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData};

use super::timer::next_frame;

/// How many labels' widths are remembered; a chart with more starts over.
const REMEMBERED_WIDTHS: usize = 1024;

/// A canvas that charts are drawn on.
#[derive(Clone, Debug)]
pub struct Canvas {
    element: HtmlCanvasElement,
    backend: Rc<RefCell<CanvasBackend>>,
}

/// What plotters draws with.
#[derive(Debug)]
pub struct CanvasBackend {
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    /// What is drawn, while it is nothing but rectangles.
    sheet: Sheet,
    styles: Styles,
    widths: RefCell<HashMap<(String, String), u32>>,
}

/// The styles that the context has now.
#[derive(Debug, Default)]
struct Styles {
    fill: Option<Ink>,
    stroke: Option<Ink>,
    line_width: Option<u32>,
    font: RefCell<String>,
}

/// How many device pixels the screen shows of `element`.
pub fn shown_size(element: &Element) -> (u32, u32) {
    let shown = element.get_bounding_client_rect();
    let ratio = super::screen::pixel_ratio();
    // A browser refuses bitmaps far beyond any screen; a float becomes an integer by saturating.
    let pixels = |css: f64| ((css * ratio).round() as u32).min(16_384);
    (pixels(shown.width()), pixels(shown.height()))
}

/// Elements that have just been built, and who is told how large they are.
type Unmeasured = Vec<(Element, Box<dyn FnOnce((u32, u32))>)>;

thread_local! {
    static UNMEASURED: RefCell<Unmeasured> = RefCell::default();
}

/// Tells the size of `element` in the next frame, not in the task that has just built it: to ask for it lays out the page.
/// All that wait are measured before the first is told, since what is drawn then makes the next one lay out the page again.
pub fn measure(element: Element, tell: impl FnOnce((u32, u32)) + 'static) {
    let is_first = UNMEASURED.with_borrow_mut(|all| {
        all.push((element, Box::new(tell)));
        all.len() == 1
    });
    if is_first {
        next_frame(|| {
            let all = UNMEASURED.take();
            let sizes: Vec<_> = all.iter().map(|(element, _)| shown_size(element)).collect();
            all.into_iter().zip(sizes).for_each(|((_, tell), size)| tell(size));
        });
    }
}

impl Canvas {
    /// The canvas `element`; none if it is no canvas or the browser gives it no context.
    pub fn new(element: &Element) -> Option<Self> {
        let element = element.dyn_ref::<HtmlCanvasElement>()?.clone();
        let context = element.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let (styles, widths) = (Styles::default(), RefCell::default());
        let backend = CanvasBackend { context, size: (0, 0), sheet: Sheet::default(), styles, widths };
        Some(Self { element, backend: Rc::new(RefCell::new(backend)) })
    }

    /// Clears it and gives it `size` pixels.
    pub fn fit(&self, size: (u32, u32)) {
        let mut backend = self.backend.borrow_mut();
        if (self.element.width(), self.element.height()) == size {
            backend.context.clear_rect(0.0, 0.0, f64::from(size.0), f64::from(size.1));
        } else {
            self.element.set_width(size.0);
            self.element.set_height(size.1);
            // A canvas forgets its styles with its size.
            backend.styles = Styles::default();
        }
        backend.size = size;
        backend.sheet = Sheet::clear(size);
    }

    /// Clears it.
    pub fn clear(&self) {
        let size = self.backend.borrow().size;
        self.fit(size);
    }

    /// Puts on it what `draw` draws.
    pub fn paint(&self, draw: impl FnOnce(&Area<CanvasBackend>)) {
        let area = self.area();
        draw(&area);
        // A canvas does not say when it could not paint.
        let _ = area.present();
    }

    /// All of it, to draw on; [`Area::present`] ends it.
    pub fn area(&self) -> Area<CanvasBackend> {
        Area::from(&self.backend)
    }

    /// Draws a frame of `width` pixels around `rect`.
    pub fn frame(&self, rect: Rect, color: BackendColor, width: u32) {
        let mut backend = self.backend.borrow_mut();
        backend.stroke_with(color, width);
        let (width, half) = (f64::from(width), f64::from(width) / 2.0);
        let (x, y) = (f64::from(rect.x) - half, f64::from(rect.y) - half);
        backend.context.stroke_rect(x, y, f64::from(rect.width) + width, f64::from(rect.height) + width);
    }
}

impl CanvasBackend {
    /// Puts on the canvas what was drawn beside it so far.
    fn settle(&mut self) {
        let Some((pixels, (width, height))) = self.sheet.take() else { return };
        let bytes = Clamped(pixels.as_flattened());
        // A size and as many bytes as it has: a browser has no reason to refuse them, and a chart less is no panic.
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(bytes, width as u32, height as u32) {
            let _ = self.context.put_image_data(&image, 0.0, 0.0);
        }
    }

    fn fill_with(&mut self, color: BackendColor) {
        self.settle();
        let ink = ink(color);
        if self.styles.fill != Some(ink) {
            self.context.set_fill_style_str(&css(ink));
            self.styles.fill = Some(ink);
        }
    }

    fn stroke_with(&mut self, color: BackendColor, width: u32) {
        self.settle();
        let ink = ink(color);
        if self.styles.stroke != Some(ink) {
            self.context.set_stroke_style_str(&css(ink));
            self.styles.stroke = Some(ink);
        }
        if self.styles.line_width != Some(width) {
            self.context.set_line_width(f64::from(width));
            self.styles.line_width = Some(width);
        }
    }

    fn use_font(&self, font: &str) {
        let mut current = self.styles.font.borrow_mut();
        if *current != font {
            self.context.set_font(font);
            font.clone_into(&mut current);
        }
    }

    /// Begins a path along `points`; a line of an odd width lies on the middles of pixels.
    fn trace(&self, points: impl IntoIterator<Item = BackendCoord>, stroke: u32) {
        let shift = if stroke % 2 == 1 { 0.5 } else { 0.0 };
        self.context.begin_path();
        for (index, (x, y)) in points.into_iter().enumerate() {
            let (x, y) = (f64::from(x) + shift, f64::from(y) + shift);
            if index == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
    }
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for CanvasBackend {
    /// A canvas does not say when it could not paint.
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        self.settle();
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.fill_with(color);
        self.context.fill_rect(f64::from(x), f64::from(y), 1.0, 1.0);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let (x, y) = (f64::from(upper_left.0), f64::from(upper_left.1));
        let (width, height) = (f64::from(bottom_right.0) - x, f64::from(bottom_right.1) - y);
        if fill {
            if !self.sheet.fill(upper_left, bottom_right, ink(style.color())) {
                self.fill_with(style.color());
                self.context.fill_rect(x, y, width, height);
            }
        } else {
            self.stroke_with(style.color(), style.stroke_width());
            self.context.stroke_rect(x, y, width, height);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        self.stroke_with(style.color(), style.stroke_width());
        self.trace(path, style.stroke_width());
        self.context.stroke();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        self.context.begin_path();
        // It fails for a negative radius only.
        let _ = self.context.arc(f64::from(x), f64::from(y), f64::from(radius), 0.0, std::f64::consts::TAU);
        if fill {
            self.fill_with(style.color());
            self.context.fill();
        } else {
            self.stroke_with(style.color(), style.stroke_width());
            self.context.stroke();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Done {
        self.fill_with(style.color());
        self.trace(vert, 0);
        self.context.fill();
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Done {
        self.fill_with(style.color());
        self.use_font(&font(style));
        self.context.set_text_align(match style.anchor().h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        self.context.set_text_baseline(match style.anchor().v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        // A label that the browser refuses is a label less.
        let _ = self.context.fill_text(text, f64::from(x), f64::from(y));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let height = style.size().ceil() as u32;
        let key = (font(style), text.to_owned());
        if let Some(width) = self.widths.borrow().get(&key) {
            return Ok((*width, height));
        }
        self.use_font(&key.0);
        let width = self.context.measure_text(text).map_or(0, |measured| measured.width().ceil() as u32);
        let mut widths = self.widths.borrow_mut();
        if widths.len() >= REMEMBERED_WIDTHS {
            widths.clear();
        }
        widths.insert(key, width);
        Ok((width, height))
    }
}

fn font<S: BackendTextStyle>(style: &S) -> String {
    let size = style.size().round() as u32;
    match style.style() {
        FontStyle::Bold => format!("bold {size}px {}", style.family().as_str()),
        _ => format!("{size}px {}", style.family().as_str()),
    }
}

fn ink(BackendColor { alpha, rgb: (red, green, blue) }: BackendColor) -> Ink {
    [red, green, blue, (alpha * 255.0).round() as u8]
}

fn css([red, green, blue, alpha]: Ink) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}{alpha:02x}")
}
