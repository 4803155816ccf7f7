//! What a file's name says about it; shared with the build script.

/// The media type of a file by its extension.
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether a name carries a hash of the content: up to sixteen hexadecimal digits after a dash, as the bundler
/// writes it: it leaves leading zeros out.
pub fn has_content_hash(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let hash = part.split(['.', '_']).next().unwrap_or_default();
        (12..=16).contains(&hash.len()) && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_from_others_leading_zeros_or_not() {
        for name in
            ["app-0123456789abcdef.js", "app-123456789abcdef.js", "pilothouse-frontend-0123456789abcdef_bg.wasm"]
        {
            assert!(has_content_hash(name), "{name}");
        }
        for name in
            ["index.html", "0123456789abcdef.js", "app-0123456789a.js", "app-0123456789ABCDEF.js", "a-b.css", ""]
        {
            assert!(!has_content_hash(name), "{name}");
        }
    }

    #[test]
    fn a_browser_is_told_what_a_file_is() {
        assert_eq!(content_type("a_bg.wasm"), "application/wasm");
        assert_eq!(content_type("a.min.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
