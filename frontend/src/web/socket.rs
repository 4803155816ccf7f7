//! A WebSocket, owned by one value: dropped, it is closed and says nothing more.

use js_sys::JsString;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// What a socket tells.
pub enum Heard {
    /// The handshake worked.
    Opened,
    /// A text frame.
    Text(String),
    /// It is over. Why is not for script to know.
    Closed {
        /// Whether both sides said goodbye.
        in_order: bool,
    },
}

/// An open socket, or one on its way.
pub struct Socket {
    socket: web_sys::WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(web_sys::MessageEvent)>,
    _on_close: Closure<dyn FnMut(web_sys::CloseEvent)>,
}

impl Socket {
    /// Opens a socket; `None` where the browser refuses the URL.
    pub fn open(url: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let socket = web_sys::WebSocket::new(url).ok()?;
        let on_open = Closure::<dyn FnMut()>::new({
            let heard = heard.clone();
            move || heard(Heard::Opened)
        });
        let on_message = Closure::<dyn FnMut(web_sys::MessageEvent)>::new({
            let heard = heard.clone();
            move |event: web_sys::MessageEvent| {
                if let Ok(text) = event.data().dyn_into::<JsString>() {
                    heard(Heard::Text(text.into()));
                }
            }
        });
        let on_close = Closure::<dyn FnMut(web_sys::CloseEvent)>::new(move |event: web_sys::CloseEvent| {
            heard(Heard::Closed { in_order: event.was_clean() });
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

/// The WebSocket URL of a path below the API's base.
pub fn url_of(base: &str, path: &str) -> Option<String> {
    let page = web_sys::window()?.location().href().ok()?;
    let url = web_sys::Url::new_with_base(&format!("{base}{path}"), &page).ok()?;
    let scheme = if url.protocol() == "https:" { "wss:" } else { "ws:" };
    url.set_protocol(scheme);
    url.set_hash("");
    Some(url.href())
}
