//! Opens the link in the user's browser, without showing it to others on the machine.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::process::Command;

/// A page on disk that leads to the link; it goes when this is dropped.
#[derive(Debug)]
pub struct Opened(PathBuf);

impl Drop for Opened {
    fn drop(&mut self) {
        // It holds a secret that works only once: what stays behind is litter and no danger.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Opens a link in the browser.
///
/// By way of a file that only its owner can read: a program's arguments can be read by every user of the machine.
pub async fn open(link: &str) -> io::Result<Opened> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let page = write_page(&folder, link)?;
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let status = Command::new(program)
        .arg(&page.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await?;
    if status.success() { Ok(page) } else { Err(io::Error::other(format!("{program} failed with {status}"))) }
}

fn write_page(folder: &Path, link: &str) -> io::Result<Opened> {
    let mut name = [0; 12];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let path = folder.join(format!("pilothouse-{}.html", BASE64_URL_SAFE_NO_PAD.encode(name)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let page = Opened(path);
    // A link is an address, a dash and URL-safe text: nothing in it needs escaping.
    writeln!(
        file,
        "<!doctype html><meta charset=\"utf-8\"><title>Pilothouse</title>\
         <meta http-equiv=\"refresh\" content=\"0; url={link}\"><a href=\"{link}\">Open Pilothouse</a>"
    )?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_page_is_its_owners_alone_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let page = write_page(folder.path(), "http://127.0.0.1:7700/#session=x").unwrap();
        let path = page.0.clone();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(std::fs::read_to_string(&path).unwrap().contains("url=http://127.0.0.1:7700/#session=x"));
        drop(page);
        assert!(!path.exists());
    }
}
