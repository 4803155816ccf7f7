//! An object as a request wants to see it: whole, its metadata, or a row of a table.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::accept::Shape;
use super::metrics::{self, Metrics};
use super::query::Query;
use super::table::Printer;
use crate::error::ApiError;
use crate::kinds::Kind;
use crate::store::Store;
use crate::store::object::Object;
use crate::tree;

/// How objects are shown.
#[derive(Debug, Clone)]
pub struct View {
    form: Form,
    /// Where it is not the object that is shown, but what it uses.
    metrics: Option<Arc<Metrics>>,
}

/// The form in which objects are shown.
#[derive(Debug, Clone)]
enum Form {
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
struct OnlyMetadata<'a> {
    #[serde(borrow)]
    metadata: &'a RawValue,
}

impl View {
    /// The view that a request asks for.
    pub fn of(store: &Store, kind: &'static Kind, shape: Shape, query: &Query) -> Result<Self, ApiError> {
        let form = match shape {
            Shape::Whole | Shape::Aggregated => Form::Whole,
            Shape::Partial | Shape::PartialList => Form::Partial,
            Shape::Table => Form::Row(Arc::new(Printer::of(store, kind)), Include::of(query)?),
        };
        let metrics = (kind.group == metrics::GROUP).then(|| Arc::new(Metrics::now(store, kind)));
        Ok(Self { form, metrics })
    }

    /// The columns of a table.
    pub fn columns(&self) -> Option<&Value> {
        match &self.form {
            Form::Row(printer, _) => Some(printer.columns()),
            Form::Whole | Form::Partial => None,
        }
    }

    /// Writes an object as an item of a list; false where there is nothing of it to show.
    pub fn write_item(&self, object: &Object, buffer: &mut BytesMut, separator: &[u8]) -> bool {
        let Some(metrics) = &self.metrics else {
            buffer.put_slice(separator);
            match &self.form {
                // Items of built-in kinds do not repeat the kind of their list.
                Form::Whole if object.kind.is_custom => write_whole(object, buffer),
                Form::Whole => object.body.copy_to(buffer),
                Form::Partial => write_partial(object, buffer),
                Form::Row(printer, include) => write_row(printer, *include, object, buffer),
            }
            return true;
        };
        let Some(measured) = metrics.of(object) else {
            return false;
        };
        buffer.put_slice(separator);
        write_json(buffer, &self.item_of(object.kind, measured));
        true
    }

    /// Whether more than a copy is made of each object.
    pub fn is_dear(&self) -> bool {
        self.metrics.is_some() || !matches!(self.form, Form::Whole)
    }

    /// An object as an item of a list.
    pub fn item(&self, object: &Object) -> Option<Value> {
        match &self.form {
            Form::Partial if self.metrics.is_none() => Some(partial(object)),
            Form::Whole if object.kind.is_custom => Some(object.value()),
            _ => Some(self.item_of(object.kind, self.value(object)?)),
        }
    }

    /// Writes an object that stands alone: the object of an event.
    pub fn write_alone(&self, object: &Object, buffer: &mut BytesMut) {
        match self.form {
            Form::Whole => write_whole(object, buffer),
            _ => write_json(buffer, &self.alone(object.kind, object).unwrap_or_default()),
        }
    }

    /// An object that stands alone, as a kind.
    pub fn alone(&self, kind: &Kind, object: &Object) -> Option<Value> {
        let value = self.value(object)?;
        Some(match &self.form {
            Form::Whole => of_kind(kind, value),
            Form::Partial => partial_of(&value),
            Form::Row(printer, _) => json!({
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": { "resourceVersion": object.version.to_string() },
                "columnDefinitions": printer.columns(),
                "rows": [self.item_of(kind, value)],
            }),
        })
    }

    /// What is shown, before it is brought into its form.
    fn value(&self, object: &Object) -> Option<Value> {
        match &self.metrics {
            Some(metrics) => metrics.of(object),
            None if matches!(self.form, Form::Row(_, Include::None)) => Some(object.brief()),
            None => {
                let mut value = object.value();
                if let Some(members) = value.as_object_mut() {
                    members.remove("kind");
                    members.remove("apiVersion");
                }
                Some(value)
            }
        }
    }

    fn item_of(&self, kind: &Kind, value: Value) -> Value {
        match &self.form {
            Form::Whole => value,
            Form::Partial => partial_of(&value),
            Form::Row(printer, include) => {
                let mut row = json!({ "cells": printer.cells(&value) });
                match include {
                    Include::None => tree::put(&mut row, &["object"], Value::Null),
                    Include::Metadata => tree::put(&mut row, &["object"], partial_of(&value)),
                    Include::Object => tree::put(&mut row, &["object"], of_kind(kind, value)),
                }
                row
            }
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
                let why = format!("Invalid value: \"{other}\": must be 'Metadata', 'Object', 'None', or empty");
                Err(ApiError::BadRequest(format!("Unable to convert to Table as requested: includeObject: {why}")))
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
    let text = object.body.to_text();
    let metadata: Value = serde_json::from_str(metadata(&text).get()).expect("a part of what is stored is JSON");
    json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata })
}

fn write_partial(object: &Object, buffer: &mut BytesMut) {
    let text = object.body.to_text();
    buffer.put_slice(br#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"#);
    buffer.put_slice(metadata(&text).get().as_bytes());
    buffer.put_u8(b'}');
}

fn metadata(text: &str) -> &RawValue {
    let only: OnlyMetadata<'_> = serde_json::from_str(text).expect("what is stored has metadata");
    only.metadata
}

fn write_row(printer: &Printer, include: Include, object: &Object, buffer: &mut BytesMut) {
    buffer.put_slice(b"{\"cells\":");
    write_json(buffer, &printer.cells(&printer.read(object)).into());
    buffer.put_slice(b",\"object\":");
    match include {
        Include::None => buffer.put_slice(b"null"),
        Include::Metadata => write_partial(object, buffer),
        Include::Object => write_whole(object, buffer),
    }
    buffer.put_u8(b'}');
}

/// A whole object, which says what it is.
fn of_kind(kind: &Kind, mut value: Value) -> Value {
    tree::put(&mut value, &["kind"], kind.name.into());
    tree::put(&mut value, &["apiVersion"], kind.api_version().into());
    value
}

fn partial_of(value: &Value) -> Value {
    json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": value.get("metadata") })
}

fn write_json(buffer: &mut BytesMut, value: &Value) {
    serde_json::to_writer(buffer.writer(), value).expect("a JSON value is written to memory without fail");
}
