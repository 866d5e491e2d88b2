//! Finds the pages of a dump while it streams by: each in memory by itself, everything else not at
//! all.
//!
//! Dumps escape every `<` within a page, so the tags that part pages can be looked for as bytes. A
//! page that is damaged then ends with itself, and the next is found.

use std::io::{self, BufRead};

use memchr::memmem::Finder;

use crate::model::ByteSpan;

/// Longer pages are skipped.
pub const PAGE_BYTES: usize = 64 << 20;

/// A page, or what stands before the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub content: PageContent<'a>,
    /// Line and bytes of the decoded stream.
    pub line: u64,
    pub span: ByteSpan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageContent<'a> {
    /// From the start of the stream to before the first page.
    Head(&'a [u8]),
    /// From `<page>` to `</page>`.
    Page(&'a [u8]),
    /// A page that is longer than may be.
    TooLong,
    /// The stream ends within a page.
    Cut,
}

/// Reads pages one by one.
pub struct PageReader<R> {
    reader: R,
    page_bytes: usize,
    buffer: Vec<u8>,
    /// Where in the buffer the last piece ends.
    taken: usize,
    /// Of the buffer's first byte.
    offset: u64,
    line: u64,
    head_is_due: bool,
}

const START: &[u8] = b"<page>";
const END: &[u8] = b"</page>";

impl<R: BufRead> PageReader<R> {
    pub fn new(reader: R) -> PageReader<R> {
        PageReader::with_page_bytes(reader, PAGE_BYTES)
    }

    fn with_page_bytes(reader: R, page_bytes: usize) -> PageReader<R> {
        PageReader {
            reader,
            page_bytes,
            buffer: Vec::new(),
            taken: 0,
            offset: 0,
            line: 1,
            head_is_due: true,
        }
    }

    /// The next piece, or `None` at the end.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.forget(self.taken);
        let found = self.find(START, START.len())?;
        if std::mem::take(&mut self.head_is_due) {
            let end = found.unwrap_or(self.buffer.len());
            return Ok(Some(self.piece(end, PageContent::Head)));
        }
        let Some(start) = found else {
            return Ok(None);
        };
        self.forget(start);
        let end = self.find(END, 0)?;
        let Some(end) = end else {
            let too_long = self.buffer.len() >= self.page_bytes;
            if too_long {
                return self.pass_over().map(Some);
            }
            return Ok(Some(self.piece(self.buffer.len(), |_| PageContent::Cut)));
        };
        Ok(Some(self.piece(end + END.len(), PageContent::Page)))
    }

    fn piece<'a>(
        &'a mut self,
        end: usize,
        content: impl Fn(&'a [u8]) -> PageContent<'a>,
    ) -> Piece<'a> {
        self.taken = end;
        Piece {
            content: content(&self.buffer[..end]),
            line: self.line,
            span: ByteSpan::new(self.offset, self.offset + end as u64),
        }
    }

    /// Drops the first bytes of the buffer and counts them.
    fn forget(&mut self, bytes: usize) {
        let (gone, _) = self.buffer.split_at(bytes.min(self.buffer.len()));
        self.line += memchr::memchr_iter(b'\n', gone).count() as u64;
        self.offset += gone.len() as u64;
        self.buffer.drain(..bytes.min(self.buffer.len()));
        self.taken = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > 8 << 20 {
            // One huge page must not keep its memory for the rest of the dump.
            self.buffer = Vec::new();
        }
    }

    /// Reads until the buffer holds `wanted`, and tells where it begins. Without `kept` bytes to
    /// keep everything stays in the buffer, at the most what a page may be long; otherwise what was
    /// looked through is dropped, but for so many bytes.
    fn find(&mut self, wanted: &[u8], kept: usize) -> io::Result<Option<usize>> {
        let finder = Finder::new(wanted);
        let mut searched = 0usize;
        loop {
            let from = searched.saturating_sub(wanted.len());
            if let Some(at) = finder.find(&self.buffer[from..]) {
                return Ok(Some(from + at));
            }
            searched = self.buffer.len();
            if kept > 0 && !self.head_is_due && searched > kept {
                self.forget(searched - kept);
                searched = self.buffer.len();
            } else if searched >= self.page_bytes {
                return Ok(None);
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Passes over a page that is too long.
    fn pass_over(&mut self) -> io::Result<Piece<'_>> {
        let (line, start) = (self.line, self.offset);
        let end = self.find(END, END.len())?.map_or(self.buffer.len(), |at| at + END.len());
        self.taken = end;
        let span = ByteSpan::new(start, self.offset + end as u64);
        Ok(Piece { content: PageContent::TooLong, line, span })
    }

    fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(bytes) => {
                    let count = bytes.len();
                    self.buffer.extend_from_slice(bytes);
                    self.reader.consume(count);
                    return Ok(count > 0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn pieces(bytes: &[u8], capacity: usize, page_bytes: usize) -> Vec<(String, u64, u64, u64)> {
        let reader = BufReader::with_capacity(capacity, bytes);
        let mut pages = PageReader::with_page_bytes(reader, page_bytes);
        let mut all = Vec::new();
        while let Some(piece) = pages.next_piece().unwrap() {
            let content = match piece.content {
                PageContent::Head(head) => format!("head {}", String::from_utf8_lossy(head)),
                PageContent::Page(page) => String::from_utf8_lossy(page).into_owned(),
                PageContent::TooLong => "too long".to_owned(),
                PageContent::Cut => "cut".to_owned(),
            };
            all.push((content, piece.line, piece.span.start, piece.span.end));
        }
        all
    }

    #[test]
    fn pages_come_with_their_places() {
        let dump = b"<a>\n <page>\none</page>\n\n<page>two</page> </a>";
        for capacity in [1, 3, 100] {
            assert_eq!(
                pieces(dump, capacity, 1000),
                [
                    ("head <a>\n ".to_owned(), 1, 0, 5),
                    ("<page>\none</page>".to_owned(), 2, 5, 22),
                    ("<page>two</page>".to_owned(), 5, 24, 40),
                ]
            );
        }
    }

    #[test]
    fn long_and_cut_pages_are_told() {
        let long = format!("<page>{}</page>\n<page>x</page><page>y", "z".repeat(100));
        let names: Vec<_> =
            pieces(long.as_bytes(), 7, 40).into_iter().map(|piece| piece.0).collect();
        assert_eq!(names, ["head ", "too long", "<page>x</page>", "cut"]);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in "(<page>|</page>|[a\n<]){0,60}", capacity in 1usize..9) {
            let all = pieces(bytes.as_bytes(), capacity, 16);
            let mut end = 0;
            for (_, line, from, to) in all {
                prop_assert!(from >= end && to >= from && to <= bytes.len() as u64);
                let before = &bytes.as_bytes()[..from as usize];
                prop_assert_eq!(line, 1 + before.iter().filter(|&&b| b == b'\n').count() as u64);
                end = to;
            }
        }
    }
}
