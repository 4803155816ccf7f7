//! An object as a request wants to see it: whole, its metadata, or a row of a table.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accept::Shape;
use super::query::Query;
use super::table::Printer;
use crate::error::{ApiError, Cause};
use crate::kinds::Kind;
use crate::store::Store;
use crate::store::object::Object;

/// How objects are shown.
#[derive(Debug, Clone)]
pub enum View {
    /// With everything.
    Whole,
    /// With their metadata only.
    Partial,
    /// As rows, with as much of the object as was asked for.
    Row(Arc<Printer>, Include),
}

/// What a row has of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    Metadata,
    /// Everything.
    Object,
}

/// An object of which only the metadata is read.
#[derive(Deserialize)]
struct OnlyMetadata {
    metadata: Value,
}

impl View {
    /// The view that a request asks for.
    pub fn of(store: &Store, kind: &'static Kind, shape: Shape, query: &Query) -> Result<Self, ApiError> {
        Ok(match shape {
            Shape::Whole | Shape::Aggregated => Self::Whole,
            Shape::Partial => Self::Partial,
            Shape::Table => Self::Row(Arc::new(Printer::of(store, kind)), Include::of(query)?),
        })
    }

    /// The columns of a table.
    pub fn columns(&self) -> Option<&Value> {
        match self {
            Self::Row(printer, _) => Some(printer.columns()),
            Self::Whole | Self::Partial => None,
        }
    }

    /// Writes an object as an item of a list.
    pub fn write_item(&self, object: &Object, buffer: &mut BytesMut) {
        match self {
            // Items of built-in kinds do not repeat the kind of their list.
            Self::Whole if !object.kind.is_custom => object.body.copy_to(buffer),
            Self::Whole => write_whole(object, buffer),
            Self::Partial | Self::Row(..) => write_json(buffer, &self.item(object)),
        }
    }

    /// An object as an item of a list.
    pub fn item(&self, object: &Object) -> Value {
        match self {
            Self::Whole => {
                let mut value = object.value();
                if let Some(members) = value.as_object_mut()
                    && !object.kind.is_custom
                {
                    members.remove("kind");
                    members.remove("apiVersion");
                }
                value
            }
            Self::Partial => partial(object),
            Self::Row(printer, include) => {
                let value = object.value();
                let mut row = json!({ "cells": printer.cells(&value) });
                match include {
                    Include::None => {}
                    Include::Metadata => row["object"] = partial(object),
                    Include::Object => row["object"] = value,
                }
                row
            }
        }
    }

    /// Writes an object that stands alone: an answer, or the object of an event.
    pub fn write_alone(&self, object: &Object, buffer: &mut BytesMut) {
        match self {
            Self::Whole => write_whole(object, buffer),
            Self::Partial | Self::Row(..) => write_json(buffer, &self.alone(object)),
        }
    }

    /// An object that stands alone.
    pub fn alone(&self, object: &Object) -> Value {
        match self {
            Self::Whole => object.value(),
            Self::Partial => partial(object),
            Self::Row(printer, _) => json!({
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": { "resourceVersion": object.version.to_string() },
                "columnDefinitions": printer.columns(),
                "rows": [self.item(object)],
            }),
        }
    }
}

impl Include {
    fn of(query: &Query) -> Result<Self, ApiError> {
        match query.get("includeObject") {
            None | Some("Metadata") => Ok(Self::Metadata),
            Some("None") => Ok(Self::None),
            Some("Object") => Ok(Self::Object),
            Some(other) => {
                let message = format!("Invalid value: \"{other}\": must be 'Metadata', 'Object', 'None', or empty");
                let cause = Cause { reason: "FieldValueInvalid", message, field: "includeObject".into() };
                Err(ApiError::InvalidOptions("TableOptions", vec![cause]))
            }
        }
    }
}

fn write_whole(object: &Object, buffer: &mut BytesMut) {
    buffer.put_slice(b"{\"kind\":\"");
    buffer.put_slice(object.kind.name.as_bytes());
    buffer.put_slice(b"\",\"apiVersion\":\"");
    if !object.kind.group.is_empty() {
        buffer.put_slice(object.kind.group.as_bytes());
        buffer.put_u8(b'/');
    }
    buffer.put_slice(object.kind.version.as_bytes());
    buffer.put_slice(b"\",");
    object.body.copy_members_to(buffer);
}

fn partial(object: &Object) -> Value {
    let only: OnlyMetadata = serde_json::from_slice(&object.body.to_vec()).expect("what is stored has metadata");
    json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": only.metadata })
}

fn write_json(buffer: &mut BytesMut, value: &Value) {
    serde_json::to_writer(buffer.writer(), value).expect("a JSON value is written to memory without fail");
}
