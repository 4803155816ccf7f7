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

/// The hash of the content that a name carries: sixteen hexadecimal digits after a dash, as `scripts/split.sh` writes them.
pub fn content_hash(name: &str) -> Option<&str> {
    let hashes = name.split('-').skip(1).filter_map(|part| part.split(['.', '_']).next());
    let mut hashes = hashes.filter(|hash| hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    hashes.find(|hash| hash.len() == 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_from_others() {
        for name in ["app-0123456789abcdef.js", "split-pages-0123456789abcdef.wasm", "a-b-0123456789abcdef_bg.wasm"] {
            assert_eq!(content_hash(name), Some("0123456789abcdef"), "{name}");
        }
        for name in
            ["index.html", "0123456789abcdef.js", "a-123456789abcdef.js", "a-0123456789ABCDEF.js", "a-b.css", ""]
        {
            assert_eq!(content_hash(name), None, "{name}");
        }
    }

    #[test]
    fn a_browser_is_told_what_a_file_is() {
        assert_eq!(content_type("a_bg.wasm"), "application/wasm");
        assert_eq!(content_type("a.min.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
