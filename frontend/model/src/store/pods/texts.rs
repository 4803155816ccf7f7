//! The names and addresses of all pods, one after the other in one string: no two are alike, so nothing is interned.

/// The text of all pods.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    /// Bytes that no pod has any more.
    dead: usize,
}

/// Where the name of a pod stands, and its address right behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    name: u16,
    ip: u8,
}

/// A text is moved together when so much of it is dead, and more than is alive.
const WORTH_IT: usize = 1 << 16;

impl Texts {
    /// Adds a name and an address, cut where they are longer than any that the API server takes.
    pub(super) fn push(&mut self, name: &str, ip: &str) -> Span {
        let (name, ip) = (clip(name, u16::MAX.into()), clip(ip, u8::MAX.into()));
        let Ok(start) = u32::try_from(self.text.len()) else {
            return Span::default();
        };
        let more = name.len() + ip.len();
        if self.text.len() + more > self.text.capacity() {
            self.text.reserve_exact(more + (self.text.len() / 4).max(1024));
        }
        self.text.push_str(name);
        self.text.push_str(ip);
        Span { start, name: name.len() as u16, ip: ip.len() as u8 }
    }

    /// Forgets what stands there.
    pub(super) fn release(&mut self, span: Span) {
        self.dead += span.len();
    }

    /// The name of a pod.
    pub(super) fn name(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.text.get(start..start + usize::from(span.name)).unwrap_or("")
    }

    /// The address of a pod.
    pub(super) fn ip(&self, span: Span) -> &str {
        let start = span.start as usize + usize::from(span.name);
        self.text.get(start..start + usize::from(span.ip)).unwrap_or("")
    }

    /// Whether there is much to win by keeping only what is alive.
    pub(super) fn is_half_dead(&self) -> bool {
        self.dead > WORTH_IT && self.dead > self.text.len() / 2
    }

    /// An empty text with room for what is alive.
    pub(super) fn successor(&self) -> Self {
        Self { text: String::with_capacity(self.text.len().saturating_sub(self.dead)), dead: 0 }
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.capacity()
    }
}

impl Span {
    fn len(self) -> usize {
        usize::from(self.name) + usize::from(self.ip)
    }
}

fn clip(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn names_and_addresses_are_cut_between_characters() {
        let mut texts = Texts::default();
        let check = |name: &str, ip: &str, expect: (usize, usize)| {
            let span = texts.push(name, ip);
            assert_eq!((texts.name(span).len(), texts.ip(span).len()), expect);
            assert!(name.starts_with(texts.name(span)) && ip.starts_with(texts.ip(span)));
        };
        let mut check = check;
        check("web-0", "10.0.0.1", (5, 8));
        check("", "", (0, 0));
        check(&"ü".repeat(40_000), &"ü".repeat(200), (65_534, 254));
    }
}
