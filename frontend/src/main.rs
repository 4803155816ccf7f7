//! Starts the app.

fn main() {
    frontend::app::start();
}
