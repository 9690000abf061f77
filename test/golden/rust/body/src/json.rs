//! The tokens of JSON, strictly by RFC 8259.

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads UTF-8. White space before a token is skipped.
pub struct Tokens<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Begins after a byte order mark, which JSON should not have, but clients skip.
    pub fn new(json: &'a [u8]) -> Self {
        let at = if json.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        Self { json, at }
    }

    /// Where the last token ends.
    pub fn end(&self) -> usize {
        self.at
    }

    /// Where the next token begins.
    pub fn at(&mut self) -> usize {
        self.skip_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        self.at
    }

    pub fn is_at_end(&mut self) -> bool {
        self.at() == self.json.len()
    }

    /// `byte`, if it comes next.
    pub fn take(&mut self, byte: u8) -> Option<()> {
        self.at();
        self.take_here(byte)
    }

    /// The beginning of an array or object, if one comes next: what closes it.
    pub fn opening(&mut self) -> Option<u8> {
        if self.take(b'{').is_some() {
            return Some(b'}');
        }
        self.take(b'[').map(|()| b']')
    }

    /// A string, with its quotes and escapes.
    pub fn string(&mut self) -> Option<&'a [u8]> {
        let begin = self.at();
        self.take_here(b'"')?;
        loop {
            self.skip_while(|b| b >= b' ' && b != b'"' && b != b'\\');
            if self.take_here(b'"').is_some() {
                return self.json.get(begin..self.at);
            }
            self.take_here(b'\\')?;
            self.escape()?;
        }
    }

    /// A string, a number, `true`, `false` or `null`.
    pub fn scalar(&mut self) -> Option<()> {
        self.at();
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    /// What follows a backslash. Half a surrogate pair is allowed: browsers accept it.
    fn escape(&mut self) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.json.get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        self.take_here(b'-');
        if self.take_here(b'0').is_none() {
            self.digits()?;
        }
        if self.take_here(b'.').is_some() {
            self.digits()?;
        }
        if self
            .take_here(b'e')
            .or_else(|| self.take_here(b'E'))
            .is_some()
        {
            self.take_here(b'-').or_else(|| self.take_here(b'+'));
            self.digits()?;
        }
        Some(())
    }

    /// At least one.
    fn digits(&mut self) -> Option<()> {
        let begin = self.at;
        self.skip_while(|b| b.is_ascii_digit());
        (self.at > begin).then_some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.json
            .get(self.at..)?
            .starts_with(word)
            .then(|| self.at += word.len())
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn take_here(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn skip_while(&mut self, condition: impl Fn(u8) -> bool) {
        let rest = self.json.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|&&b| condition(b)).count();
    }
}
