//! Tells where JSON that comes in pieces ends.

/// Counts brackets. It does not check anything: what is complete may still be invalid.
#[derive(Debug, Default)]
pub struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    closed: bool,
}

impl Nesting {
    /// `piece` comes next.
    pub fn follow(&mut self, piece: &[u8]) {
        for byte in piece {
            if self.escaped {
                self.escaped = false;
            } else if self.in_string {
                self.escaped = *byte == b'\\';
                self.in_string = *byte != b'"';
                self.closed |= !self.in_string && self.depth == 0;
            } else {
                self.step(*byte);
            }
        }
    }

    /// Whether the outermost array, object or string has been closed.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    fn step(&mut self, byte: u8) {
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.closed |= self.depth == 0;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Nesting;

    /// How many bytes have come when the end shows.
    fn end(json: &[u8]) -> Option<usize> {
        let mut nesting = Nesting::default();
        json.iter().position(|byte| {
            nesting.follow(&[*byte]);
            nesting.is_closed()
        })
    }

    #[test]
    fn ends_with_the_outermost_value() {
        for json in [
            &br#"{"a": [{}, []], "b": 1}"#[..],
            b"[[], {}]",
            br#" {"a": "}\"}"}"#,
            br#"["\\"]"#,
            br#""a\"b""#,
        ] {
            assert_eq!(end(json), Some(json.len() - 1), "{}", json.escape_ascii());
        }
    }

    #[test]
    fn does_not_end_before() {
        for json in [&b"{"[..], b"[{}", b"[\"]", b"\"", b"12", b""] {
            assert_eq!(end(json), None, "{}", json.escape_ascii());
        }
    }

    #[test]
    fn survives_what_closes_too_much() {
        assert_eq!(end(b"]]]"), Some(0));
    }
}
