//! JSON patches, RFC 6902.

use serde_json::Value;

use crate::error::ApiError;
use crate::tree;

/// One step of a patch.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Puts a value where there was none, or before an item.
    Add {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// Where.
        path: String,
    },
    /// Puts a value in another's place.
    Replace {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Takes a value away and puts it elsewhere.
    Move {
        /// From where.
        from: String,
        /// To where.
        path: String,
    },
    /// Puts a value elsewhere, too.
    Copy {
        /// From where.
        from: String,
        /// To where.
        path: String,
    },
    /// Goes on only if a value is as it should be.
    Test {
        /// Where.
        path: String,
        /// What it should be.
        value: Value,
    },
}

/// Why a patch does not fit its object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A path leads nowhere.
    #[error("the path {0:?} does not exist")]
    Path(String),
    /// A test failed.
    #[error("testing value {0} failed")]
    Test(String),
    /// The object would grow without end.
    #[error("the patched object is too large")]
    TooLarge,
}

impl Operation {
    /// Where it reads or writes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let (path, from) = match self {
            Self::Add { path, .. } | Self::Remove { path } | Self::Replace { path, .. } | Self::Test { path, .. } => {
                (path, None)
            }
            Self::Move { from, path } | Self::Copy { from, path } => (path, Some(from)),
        };
        std::iter::once(path.as_str()).chain(from.map(String::as_str))
    }
}

/// As the API server bounds them.
const MAX_OPERATIONS: usize = 10_000;
/// Copies double: an object may not grow beyond what a body may have.
const MAX_COPIED_BYTES: usize = 3 << 20;

impl From<Misfit> for ApiError {
    fn from(_: Misfit) -> Self {
        // The API server does not say more either.
        Self::Unprocessable
    }
}

/// Reads a patch.
pub fn parse(body: &[u8]) -> Result<Vec<Operation>, String> {
    let operations: Vec<Value> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if operations.len() > MAX_OPERATIONS {
        return Err(format!("the allowed maximum operations in a JSON patch is {MAX_OPERATIONS}"));
    }
    operations.into_iter().map(operation).collect()
}

fn operation(mut operation: Value) -> Result<Operation, String> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).map(str::to_owned);
    let path = text("path").ok_or("an operation without a path")?;
    let from = || text("from").ok_or("an operation without its from");
    Ok(match text("op").as_deref() {
        Some("remove") => Operation::Remove { path },
        Some("move") => Operation::Move { from: from()?, path },
        Some("copy") => Operation::Copy { from: from()?, path },
        op => {
            let value = operation.get_mut("value").map(Value::take).unwrap_or_default();
            match op {
                Some("add") => Operation::Add { path, value },
                Some("replace") => Operation::Replace { path, value },
                Some("test") => Operation::Test { path, value },
                _ => return Err(format!("unexpected kind: {}", op.unwrap_or("unknown"))),
            }
        }
    })
}

/// Applies a patch.
pub fn apply(target: &mut Value, operations: &[Operation]) -> Result<(), Misfit> {
    let mut copied = 0;
    for operation in operations {
        match operation {
            Operation::Add { path, value } => {
                fits(path, value)?;
                add(target, path, value.clone())?;
            }
            Operation::Remove { path } => drop(remove(target, path)?),
            Operation::Replace { path, value } => {
                fits(path, value)?;
                *find(target, path)? = value.clone();
            }
            Operation::Move { from, path } => {
                let value = remove(target, from)?;
                fits(path, &value)?;
                add(target, path, value)?;
            }
            Operation::Copy { from, path } => {
                let value = find(target, from)?.clone();
                copied += value.to_string().len();
                if copied > MAX_COPIED_BYTES {
                    return Err(Misfit::TooLarge);
                }
                fits(path, &value)?;
                add(target, path, value)?;
            }
            Operation::Test { path, value } => {
                if target.pointer(path).unwrap_or(&Value::Null) != value {
                    return Err(Misfit::Test(path.clone()));
                }
            }
        }
    }
    Ok(())
}

/// Whether a value at a path stays above the depth that an object may have.
fn fits(path: &str, value: &Value) -> Result<(), Misfit> {
    let left = tree::MAX_DEPTH.checked_sub(path.matches('/').count()).ok_or(Misfit::TooLarge)?;
    if tree::is_deeper(value, left) { Err(Misfit::TooLarge) } else { Ok(()) }
}

fn find<'a>(target: &'a mut Value, path: &str) -> Result<&'a mut Value, Misfit> {
    target.pointer_mut(path).ok_or_else(|| Misfit::Path(path.to_owned()))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), Misfit> {
    if path.is_empty() {
        *target = value;
        return Ok(());
    }
    let missing = || Misfit::Path(path.to_owned());
    let (parent, last) = path.rsplit_once('/').ok_or_else(missing)?;
    match find(target, parent)? {
        Value::Object(members) => {
            members.insert(unescaped(last), value);
        }
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => {
            let at = last.parse().ok().filter(|at| *at <= items.len()).ok_or_else(missing)?;
            items.insert(at, value);
        }
        _ => return Err(missing()),
    }
    Ok(())
}

fn remove(target: &mut Value, path: &str) -> Result<Value, Misfit> {
    let missing = || Misfit::Path(path.to_owned());
    let (parent, last) = path.rsplit_once('/').ok_or_else(missing)?;
    match find(target, parent)? {
        Value::Object(members) => members.remove(&unescaped(last)).ok_or_else(missing),
        Value::Array(items) => {
            let at = last.parse().ok().filter(|at| *at < items.len()).ok_or_else(missing)?;
            Ok(items.remove(at))
        }
        _ => Err(missing()),
    }
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_do_as_the_standard_says() {
        let check = |target: Value, patch: Value, expect: Option<Value>| {
            let mut patched = target.clone();
            let applied = apply(&mut patched, &parse(patch.to_string().as_bytes()).unwrap());
            assert_eq!(applied.ok().map(|()| patched), expect, "{target} {patch}");
        };
        let op = |op: &str, path: &str, value: Value| json!([{ "op": op, "path": path, "value": value }]);
        check(json!({}), op("add", "/a", json!(1)), Some(json!({ "a": 1 })));
        check(json!({ "a": [1, 3] }), op("add", "/a/1", json!(2)), Some(json!({ "a": [1, 2, 3] })));
        check(json!({ "a": [1] }), op("add", "/a/-", json!(2)), Some(json!({ "a": [1, 2] })));
        check(json!({ "a": [1] }), op("add", "/a/5", json!(2)), None);
        check(json!({}), op("add", "/a/b", json!(2)), None);
        check(json!({ "a": 1 }), json!([{ "op": "remove", "path": "/a" }]), Some(json!({})));
        check(json!({}), json!([{ "op": "remove", "path": "/a" }]), None);
        check(json!({ "a/b": 1 }), op("replace", "/a~1b", json!(2)), Some(json!({ "a/b": 2 })));
        check(json!({}), op("replace", "/a", json!(2)), None);
        check(json!({ "a": 1 }), json!([{ "op": "move", "from": "/a", "path": "/b" }]), Some(json!({ "b": 1 })));
        check(
            json!({ "a": 1 }),
            json!([{ "op": "copy", "from": "/a", "path": "/b" }]),
            Some(json!({ "a": 1, "b": 1 })),
        );
        check(json!({ "a": 1 }), op("test", "/a", json!(1)), Some(json!({ "a": 1 })));
        check(json!({ "a": 1 }), op("test", "/a", json!(2)), None);
    }

    #[test]
    fn copies_of_copies_come_to_an_end() {
        let copies: Vec<_> = (0..64).map(|n| json!({ "op": "copy", "from": "", "path": format!("/{n}") })).collect();
        let operations = parse(json!(copies).to_string().as_bytes()).unwrap();
        assert_eq!(apply(&mut json!({ "a": "x" }), &operations), Err(Misfit::TooLarge));
    }
}
