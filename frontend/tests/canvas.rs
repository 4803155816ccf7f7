//! The canvas backend in a real browser paints the pixels that the bitmap backend paints in native tests.
#![cfg(target_arch = "wasm32")]

#[cfg(test)]
mod tests {
    use frontend::web::canvas::Canvas;
    use model::chart::capacity::{self, Capacity};
    use model::chart::{Rect, Theme};
    use plotters::element::{PathElement, Rectangle};
    use plotters::style::{Color, IntoTextStyle, RGBColor};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
    use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

    wasm_bindgen_test_configure!(run_in_browser);

    const SIZE: (u32, u32) = (200, 12);

    #[wasm_bindgen_test]
    fn a_bar_is_as_long_on_a_canvas_as_on_a_bitmap() {
        let (element, canvas) = canvas();
        draw(&canvas, &Capacity { allocatable: 160.0, usage: Some(80.0), ..Capacity::default() });
        assert_eq!(pixel(&element, 0, 6), [0x24, 0x73, 0xb5, 255]);
        assert_eq!(pixel(&element, 99, 6), [0x24, 0x73, 0xb5, 255]);
        assert_eq!(pixel(&element, 100, 6), [0xed, 0xf0, 0xf4, 255]);
    }

    #[wasm_bindgen_test]
    fn a_canvas_is_cleared_when_it_is_fitted_again_and_keeps_no_stale_style() {
        let (element, canvas) = canvas();
        let capacity = Capacity { allocatable: 1.0, usage: Some(1.0), ..Capacity::default() };
        draw(&canvas, &capacity);
        canvas.fit(SIZE);
        assert_eq!(pixel(&element, 5, 6), [0, 0, 0, 0]);
        // Another size makes the browser forget its styles, and the backend must know.
        canvas.fit((100, 12));
        draw(&canvas, &capacity);
        assert_eq!(pixel(&element, 50, 0), [0xed, 0xf0, 0xf4, 255]);
    }

    #[wasm_bindgen_test]
    fn what_is_drawn_later_lies_above_whatever_it_is() {
        const RED: RGBColor = RGBColor(255, 0, 0);
        const BLUE: RGBColor = RGBColor(0, 0, 255);
        let (element, canvas) = canvas();
        let area = canvas.area();
        let rect = |from, to, color: RGBColor| area.draw(&Rectangle::new([from, to], color.filled())).unwrap();
        rect((0, 0), (100, 12), RED);
        area.draw(&PathElement::new([(0, 6), (100, 6)], BLUE.stroke_width(1))).unwrap();
        rect((50, 0), (60, 12), RED);
        area.present().unwrap();
        assert_eq!(pixel(&element, 10, 3), [255, 0, 0, 255]);
        assert_eq!(pixel(&element, 10, 6), [0, 0, 255, 255]);
        assert_eq!(pixel(&element, 55, 6), [255, 0, 0, 255]);
        assert_eq!(pixel(&element, 150, 6), [0, 0, 0, 0]);
    }

    #[wasm_bindgen_test]
    fn a_frame_lies_around_its_mark() {
        let (element, canvas) = canvas();
        let mark = Rect { x: 20, y: 4, width: 4, height: 4 };
        canvas.frame(mark, theme().text.to_backend_color(), 2);
        assert_eq!(pixel(&element, 21, 5)[3], 0);
        assert_eq!(pixel(&element, 19, 5)[3], 255);
    }

    #[wasm_bindgen_test]
    fn text_is_measured_by_the_canvas_and_alike_each_time() {
        let (_, canvas) = canvas();
        let area = canvas.area();
        let style = ("sans-serif", 12).into_text_style(&area);
        let first = area.estimate_text_size("kube-system", &style).unwrap();
        assert!(first.0 > 30 && first.1 == 12, "{first:?}");
        assert_eq!(area.estimate_text_size("kube-system", &style).unwrap(), first);
        assert_eq!(area.strip_coord_spec().dim_in_pixel(), SIZE);
    }

    fn draw(canvas: &Canvas, capacity: &Capacity) {
        let area = canvas.area();
        capacity::bars(capacity, SIZE, &theme()).draw(&area, &theme()).unwrap();
        area.present().unwrap();
    }

    fn canvas() -> (HtmlCanvasElement, Canvas) {
        let document = web_sys::window().unwrap().document().unwrap();
        let element = document.create_element("canvas").unwrap();
        document.body().unwrap().append_child(&element).unwrap();
        let canvas = Canvas::new(&element).unwrap();
        canvas.fit(SIZE);
        (element.dyn_into().unwrap(), canvas)
    }

    fn pixel(element: &HtmlCanvasElement, x: i32, y: i32) -> [u8; 4] {
        let context = element.get_context("2d").unwrap().unwrap().dyn_into::<CanvasRenderingContext2d>().unwrap();
        let data = context.get_image_data(f64::from(x), f64::from(y), 1.0, 1.0).unwrap().data();
        [data[0], data[1], data[2], data[3]]
    }

    /// The light theme's colours of the marks that are looked at.
    fn theme() -> Theme {
        let property = |name: &str| match name {
            "--track" => "#edf0f4",
            "--text" => "#1a2129",
            _ => "#2473b5",
        };
        Theme::from_properties(|name| property(name).to_owned(), 1.0)
    }
}
