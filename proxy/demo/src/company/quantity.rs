//! Quantities as Kubernetes writes them, in their shortest form.

/// CPU of so many thousandths of a core.
pub fn cpu(millis: u32) -> String {
    if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// Memory of so many mebibytes.
pub fn memory(mebibytes: u64) -> String {
    if mebibytes != 0 && mebibytes.is_multiple_of(1024) {
        format!("{}Gi", mebibytes / 1024)
    } else {
        format!("{mebibytes}Mi")
    }
}

/// Thousandths of what a quantity says; none when it says nothing.
///
/// Enough for what schedulers and quotas add up; the source is
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
pub fn millis(quantity: &str) -> Option<u64> {
    let digits = quantity.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(quantity.len());
    let (number, unit) = quantity.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let factor: f64 = match unit {
        "m" => 1.0,
        "" => 1e3,
        "k" => 1e6,
        "M" => 1e9,
        "G" => 1e12,
        "T" => 1e15,
        "Ki" => 1024e3,
        "Mi" => 1024.0 * 1024e3,
        "Gi" => 1024.0 * 1024.0 * 1024e3,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024e3,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float beyond u64 becomes its end")]
    let millis = (number * factor) as u64;
    Some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_in_their_shortest_form() {
        assert_eq!([cpu(0), cpu(250), cpu(3000)], ["0", "250m", "3"]);
        assert_eq!([memory(0), memory(192), memory(4096)], ["0Mi", "192Mi", "4Gi"]);
    }

    #[test]
    fn quantities_are_read() {
        let check = |text, expect| assert_eq!(millis(text), expect, "{text}");
        check("250m", Some(250));
        check("2", Some(2000));
        check("1.5", Some(1500));
        check("1Ki", Some(1_024_000));
        check("4Gi", Some(4_294_967_296_000));
        check("", None);
        check("Gi", None);
        check("1Q", None);
    }
}
