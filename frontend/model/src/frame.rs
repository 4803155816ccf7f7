//! One event of a watch: a JSON object in one WebSocket text frame.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::k8s::json::Text;
use crate::k8s::meta::Object;
use crate::k8s::projection::read;
use crate::k8s::status::Status;

/// What a frame says. The object stays undecoded: the store of its kind decodes it.
#[derive(Clone, Debug)]
pub enum Frame<'a> {
    /// The object is new or has changed.
    Upsert {
        /// The object's JSON.
        object: &'a str,
        /// Where to resume from after this frame.
        resource_version: Text<'a>,
    },
    /// The object is gone; this is its last state.
    Delete {
        /// The object's JSON.
        object: &'a str,
        /// Where to resume from after this frame.
        resource_version: Text<'a>,
    },
    /// Nothing changed up to this resourceVersion.
    Bookmark {
        /// Where to resume from after this frame.
        resource_version: Text<'a>,
    },
    /// The watch has failed and will be closed.
    Error(Status<'a>),
}

/// The frame is not an event of a watch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a watch frame that is no event: {0}")]
pub struct FrameError(String);

#[derive(Deserialize)]
struct WatchEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    object: &'a RawValue,
}

impl<'a> Frame<'a> {
    /// Reads a frame.
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        let bad = |e: serde_json::Error| FrameError(e.to_string());
        // As bytes, like lists: a reader of text would be a second copy of all that decodes.
        let event: WatchEvent<'a> = serde_json::from_slice(text.as_bytes()).map_err(bad)?;
        let object = event.object.get();
        if &*event.kind == "ERROR" {
            return read(object.as_bytes()).map(Self::Error).map_err(bad);
        }
        let resource_version = read::<Object<'a>>(object.as_bytes()).map_err(bad)?.metadata.resource_version;
        match &*event.kind {
            "ADDED" | "MODIFIED" => Ok(Self::Upsert { object, resource_version }),
            "DELETED" => Ok(Self::Delete { object, resource_version }),
            "BOOKMARK" => Ok(Self::Bookmark { resource_version }),
            other => Err(FrameError(format!("unknown type {other:.40}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Frame;

    #[test]
    fn each_type_of_event_is_read() {
        let upsert = r#"{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"7"}}}"#;
        assert!(
            matches!(Frame::parse(upsert), Ok(Frame::Upsert { resource_version, .. }) if &*resource_version == "7")
        );
        let delete = r#"{"type":"DELETED","object":{"metadata":{"resourceVersion":"8"}}}"#;
        assert!(
            matches!(Frame::parse(delete), Ok(Frame::Delete { resource_version, .. }) if &*resource_version == "8")
        );
        let bookmark = r#"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}"#;
        assert!(
            matches!(Frame::parse(bookmark), Ok(Frame::Bookmark { resource_version }) if &*resource_version == "9")
        );
        let error = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"#;
        assert!(matches!(Frame::parse(error), Ok(Frame::Error(status)) if status.code == 410));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = Frame::parse(&text);
        }

        #[test]
        fn any_object_of_the_right_form_is_read(name in "\\PC{0,20}", version in "[0-9]{1,20}") {
            let object = serde_json::json!({"metadata": {"name": name, "resourceVersion": version}});
            let text = serde_json::json!({"type": "MODIFIED", "object": object}).to_string();
            let frame = Frame::parse(&text).unwrap();
            let Frame::Upsert { resource_version, .. } = frame else { panic!("no upsert") };
            prop_assert_eq!(&*resource_version, &*version);
        }
    }
}
