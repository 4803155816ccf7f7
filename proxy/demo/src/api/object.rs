//! What is asked of one object, or of what lies below it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::Value;

use super::answer::{self, Body};
use super::aside::aside;
use super::asked::{Asked, Sent, check_verb, read, show};
use super::delete::Options;
use super::patch::Patch;
use super::target::ObjectTarget;
use super::who::Attempt;
use super::write::Part;
use super::{Api, body, delete, eviction, logs, metrics, options, scale, write};
use crate::error::ApiError;
use crate::kinds::{self, Kind};
use crate::store::Key;
use crate::store::opened::Scope;

impl Api {
    /// Answers a request about an object.
    pub(super) async fn object(
        &self,
        target: ObjectTarget,
        asked: Asked<'_>,
        body: Sent,
    ) -> Result<Response<Body>, ApiError> {
        let ObjectTarget { kind, namespace, name, sub } = target;
        let verb = match asked.head.method {
            Method::GET => "get",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => return Err(ApiError::MethodNotAllowed),
        };
        check_verb(sub.map_or(kind.verbs, |sub| sub.verbs), verb)?;
        // Objects are created in their collection; below them only an eviction is.
        if verb == "create" && sub.is_none_or(|sub| sub.name != "eviction") {
            return Err(ApiError::MethodNotAllowed);
        }
        let attempt = Attempt {
            verb,
            group: kind.group,
            resource: kind.plural,
            sub: sub.map_or("", |sub| sub.name),
            // The rights on a namespace's own object are those within it.
            namespace: if kind.is("", "namespaces") { &name } else { &namespace },
            name: &name,
        };
        asked.who.check(kind, &attempt)?;
        // Metrics are of the objects of the core.
        let stored = if kind.group == metrics::GROUP { kinds::builtin("", kind.plural) } else { kind };
        let key = Key::new(stored, &namespace, &name);
        let sub = sub.map(|sub| sub.name);
        if verb == "get" && kind.group == metrics::GROUP {
            // What a node uses is what all of its pods do.
            let object = self.store.get(&key)?;
            let (store, query, accepted) = (Arc::clone(&self.store), asked.query, asked.accepted);
            return aside(move || show(StatusCode::OK, &store, kind, &object, accepted, &query)).await;
        }
        if verb == "get" {
            return self.get(kind, &key, sub, &asked);
        }
        asked.check_not_dry()?;
        let body = read(body).await?;
        match verb {
            "update" | "patch" => self.change(&key, verb, sub, &asked, &body),
            "delete" => {
                let options = Options::parse(&body::options(&asked.head.headers, &body)?, &asked.query)?;
                let (store, kinds) = (Arc::clone(&self.store), Arc::clone(&self.kinds));
                let outcome = aside(move || delete::delete(&store, &kinds, &key, &options)).await?;
                Ok(delete::answer(kind, &outcome, asked.accepted.format))
            }
            _ => self.evict(&key, &asked, &body),
        }
    }

    fn get(
        &self,
        kind: &'static Kind,
        key: &Key,
        sub: Option<&str>,
        asked: &Asked<'_>,
    ) -> Result<Response<Body>, ApiError> {
        if let Some(version) = options::version(&asked.query)?
            && version > self.store.version()
        {
            return Err(ApiError::Future(version, self.store.version()));
        }
        let object = self.store.get(key)?;
        match sub {
            Some("log") => logs::answer(&self.store, &object, &asked.query),
            Some("scale") => Ok(answer::object(StatusCode::OK, asked.accepted.format, &scale::of(&object.value()))),
            _ => asked.show(StatusCode::OK, &self.store, kind, &object),
        }
    }

    fn change(
        &self,
        key: &Key,
        verb: &str,
        sub: Option<&'static str>,
        asked: &Asked<'_>,
        body: &Bytes,
    ) -> Result<Response<Body>, ApiError> {
        let kind = key.kind;
        let manager = asked.manager(&self.store, sub);
        let part = if sub == Some("status") { Part::Status } else { Part::Main };
        let headers = &asked.head.headers;
        let patch = if verb == "patch" { Some(Patch::parse(kind, headers, body)?) } else { None };
        let changed = match (sub, patch) {
            (Some("scale"), patch) => {
                let sent = match patch {
                    Some(_) => None,
                    None => Some(body::object_of("Scale", "autoscaling/v1", headers, body)?),
                };
                let put = |object: &mut Value| {
                    // A patch is of the scale as it is now.
                    let mut scale = sent.clone().unwrap_or_else(|| scale::of(object));
                    patch.as_ref().map_or(Ok(()), |patch| patch.apply(&mut scale))?;
                    scale::put(&scale, object)
                };
                let changed =
                    write::change(&self.store, &self.kinds, key, (Part::Main, Scope::Unmanaged), &manager, &put)?;
                return Ok(answer::object(StatusCode::OK, asked.accepted.format, &scale::of(&changed.value())));
            }
            (_, Some(patch)) => write::patch(&self.store, &self.kinds, key, part, &patch, &manager)?,
            (_, None) => {
                let read = if part == Part::Status { body::status } else { body::object };
                let object = read(kind, headers, body)?;
                write::replace(&self.store, &self.kinds, key, part, &object, &manager)?
            }
        };
        asked.show(StatusCode::OK, &self.store, kind, &changed)
    }

    fn evict(&self, key: &Key, asked: &Asked<'_>, body: &Bytes) -> Result<Response<Body>, ApiError> {
        let eviction = body::object_of("Eviction", "policy/v1", &asked.head.headers, body)?;
        let options = eviction.get("deleteOptions").unwrap_or(&Value::Null);
        let options = Options::parse(options, &asked.query)?;
        eviction::evict(&self.store, &self.kinds, key, &options)?;
        let status = write::success(StatusCode::CREATED);
        Ok(answer::object(StatusCode::CREATED, asked.accepted.format, &status))
    }
}
