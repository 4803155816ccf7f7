//! References to container images: `[REGISTRY/]NAME[:TAG][@DIGEST]`.

/// How many digits of a digest tell one image from another.
const DIGEST_DIGITS: usize = 12;

/// The reference without its tag and digest.
pub fn repository(image: &str) -> &str {
    let named = image.split_once('@').map_or(image, |(named, _)| named);
    // A colon before the last slash belongs to the registry's port.
    match named.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => named,
    }
}

/// The tag, else the first digits of the digest, else `latest`, which is meant then; empty where there is no image.
pub fn version(image: &str) -> &str {
    let (named, digest) = image.split_once('@').unwrap_or((image, ""));
    let tag = named.get(repository(image).len()..).and_then(|rest| rest.strip_prefix(':')).unwrap_or("");
    let digits = digest.split_once(':').map_or(digest, |(_, digits)| digits);
    match (tag, digits) {
        ("", "") if named.is_empty() => "",
        ("", "") => "latest",
        ("", digits) => digits.get(..DIGEST_DIGITS).unwrap_or(digits),
        (tag, _) => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::{repository, version};
    use proptest::prelude::*;

    #[test]
    fn an_image_has_a_repository_and_a_version() {
        let check =
            |image: &str, expect: (&str, &str)| assert_eq!((repository(image), version(image)), expect, "{image}");
        check("nginx", ("nginx", "latest"));
        check("nginx:1.29", ("nginx", "1.29"));
        check("r.example:5000/shop/web", ("r.example:5000/shop/web", "latest"));
        check("r.example:5000/shop/web:2.1", ("r.example:5000/shop/web", "2.1"));
        check("web@sha256:0123456789abcdef0123", ("web", "0123456789ab"));
        check("web:2.1@sha256:0123456789abcdef0123", ("web", "2.1"));
        check("web@odd", ("web", "odd"));
        check("web:", ("web", "latest"));
        check("", ("", ""));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(image in r"\PC*|[a-z:/@.ü]{0,12}") {
            prop_assert!(image.starts_with(repository(&image)));
            prop_assert!(image.contains(version(&image)) || version(&image) == "latest");
        }
    }
}
