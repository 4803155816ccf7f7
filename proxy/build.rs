//! Embeds the built site: every file with its brotli form, its media type and its entity tags.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "src/assets/naming.rs"]
mod naming;

/// Stands in where the app was not built: for the proxy's own tests.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Pilothouse</title>\n\
     <p>The app was not built into this binary; run <code>make build</code>.</p></html>\n";
/// Made by the proxy itself when it runs.
const ANSWERED_BY_THE_PROXY: &str = "/config.json";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=PILOTHOUSE_DIST");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let dist = workspace.join(env::var_os("PILOTHOUSE_DIST").unwrap_or_else(|| "dist".into()));
    // While the folder is missing, cargo runs this again on each build, so that it is seen when it comes.
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));

    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &dist, &mut files)?;
    } else {
        let placeholder = out.join("placeholder.html");
        fs::write(&placeholder, PLACEHOLDER)?;
        files.push(("/index.html".to_owned(), placeholder));
    }
    files.retain(|(path, _)| path != ANSWERED_BY_THE_PROXY);
    files.sort();

    let mut table = String::from("/// Every file of the app.\npub static EMBEDDED: &[Asset] = &[\n");
    for (number, (path, file)) in files.iter().enumerate() {
        let entry = entry(path, file, &out.join(format!("{number}.br")))?;
        table.push_str(&entry);
    }
    table.push_str("];\n");
    fs::write(out.join("embedded.rs"), table)
}

/// The files below a folder, with their paths below the origin.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        let path = item.path();
        // The bundler's lock file and its like are no part of the site.
        if item.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            files.push((format!("/{name}"), path));
        }
    }
    Ok(())
}

fn entry(path: &str, file: &Path, brotli_file: &Path) -> io::Result<String> {
    let bytes = fs::read(file)?;
    let brotli = compressed(&bytes)?;
    let mut entry = String::new();
    let name = path.rsplit('/').next().unwrap_or(path);
    write!(
        entry,
        "    Asset {{ path: {path:?}, content_type: {:?}, is_immutable: {}, identity: {}, brotli: ",
        naming::content_type(name),
        naming::content_hash(name).is_some(),
        form(file, &bytes),
    )
    .expect("a String takes any text");
    if brotli.len() < bytes.len() {
        fs::write(brotli_file, &brotli)?;
        write!(entry, "Some({}) }},", form(brotli_file, &brotli)).expect("a String takes any text");
    } else {
        entry.push_str("None },");
    }
    entry.push('\n');
    Ok(entry)
}

fn form(file: &Path, bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let etag = format!("\"{:016x}-{:x}\"", hasher.finish(), bytes.len());
    format!("Form {{ bytes: include_bytes!({:?}), etag: {etag:?} }}", file.display().to_string())
}

fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
    Ok(compressed)
}
