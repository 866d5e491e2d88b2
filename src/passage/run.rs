//! One paragraph while it is being read: its raw text and where each piece of it stands.
//!
//! Parts can be taken off the front before the end is known, so an endless paragraph needs no
//! endless memory.

use std::collections::VecDeque;

use super::split::{Aim, find_cut};
use crate::model::{ByteSpan, Kind, Place};

/// A part of a paragraph, cut off or complete. Spans of parts of one paragraph touch.
pub(super) struct Part {
    pub raw: String,
    pub place: Place,
    /// Whether the paragraph begins here.
    pub first: bool,
}

/// Bytes `from..to` of the raw text stand at `place`: as the tail of its span, which may hold
/// markup before them.
struct Piece {
    from: usize,
    to: usize,
    place: Place,
}

pub(super) struct Run {
    pub kind: Kind,
    /// The key, if this is the value of an infobox entry.
    pub key: Option<String>,
    /// Characters that have to be there before looking for a cut is worth while again.
    pub patience: usize,
    raw: String,
    /// Where the text that has not been taken begins in `raw`.
    start: usize,
    /// Characters of `raw[start..]`.
    chars: usize,
    pieces: VecDeque<Piece>,
    next: Place,
    taken: bool,
}

impl Run {
    pub fn new(kind: Kind, key: Option<String>, text: &str, place: Place) -> Run {
        let mut run = Run {
            kind,
            key,
            patience: 0,
            raw: String::new(),
            start: 0,
            chars: 0,
            pieces: VecDeque::new(),
            next: place,
            taken: false,
        };
        run.push(text, place);
        run
    }

    pub fn push(&mut self, text: &str, place: Place) {
        self.compact();
        let from = self.raw.len();
        self.raw.push_str(text);
        self.chars += text.chars().count();
        let to = self.raw.len();
        self.pieces.push_back(Piece { from, to, place });
        self.next.span.end = self.next.span.end.max(place.span.end);
    }

    /// Characters not yet taken.
    pub fn chars(&self) -> usize {
        self.chars
    }

    /// Bytes not yet taken.
    pub fn bytes(&self) -> usize {
        self.raw.len() - self.start
    }

    /// Takes a part off the front, or nothing where there is no place to cut.
    pub fn take_part(&mut self, aim: Aim) -> Option<Part> {
        let text = &self.raw[self.start..];
        let cut = find_cut(text, aim)?;
        let rest = text[cut..].trim_start();
        if rest.is_empty() {
            return None;
        }
        let end = self.raw.len() - rest.len();
        let raw = self.raw[self.start..end].to_owned();
        self.patience = 0;
        self.chars -= raw.chars().count();
        self.start = end;
        let place = self.advance(end);
        Some(self.part(raw, place))
    }

    /// Takes all that is left.
    pub fn take_rest(&mut self) -> Part {
        let raw = self.raw[self.start..].to_owned();
        self.start = self.raw.len();
        self.chars = 0;
        self.pieces.clear();
        let place = self.next;
        self.next.span.start = place.span.end;
        self.part(raw, place)
    }

    fn part(&mut self, raw: String, place: Place) -> Part {
        let first = !std::mem::replace(&mut self.taken, true);
        Part { raw, place, first }
    }

    /// The place up to byte `end` of `raw`; what follows begins there.
    fn advance(&mut self, end: usize) -> Place {
        while self.pieces.front().is_some_and(|piece| piece.to <= end) {
            self.pieces.pop_front();
        }
        let taken = self.next;
        let Some(piece) = self.pieces.front() else {
            return taken;
        };
        let span = piece.place.span;
        let at = if end <= piece.from {
            span.start
        } else {
            let behind = (piece.to - end) as u64;
            span.end.saturating_sub(behind).max(span.start)
        };
        self.next = Place { line: piece.place.line, span: ByteSpan::new(at, taken.span.end) };
        Place { line: taken.line, span: ByteSpan::new(taken.span.start, at) }
    }

    fn compact(&mut self) {
        if self.start == 0 {
            return;
        }
        self.raw.drain(..self.start);
        for piece in &mut self.pieces {
            piece.from = piece.from.saturating_sub(self.start);
            piece.to = piece.to.saturating_sub(self.start);
        }
        self.start = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AIM: Aim = Aim { least: 5, ideal: 12, most: 20 };

    fn place(line: u64, start: u64, end: u64) -> Place {
        Place { line, span: ByteSpan::new(start, end) }
    }

    #[test]
    fn parts_touch_and_know_their_lines() {
        // A bullet of two bytes stands before the text; the second line begins with a line break.
        let mut run = Run::new(Kind::Prose, None, "One two three.", place(3, 100, 116));
        run.push(" Four five six seven.", place(4, 116, 138));
        let first = run.take_part(AIM).expect("a part");
        assert_eq!(first.raw, "One two three. ");
        assert_eq!(first.place, place(3, 100, 118));
        assert!(first.first);
        let rest = run.take_rest();
        assert_eq!(rest.raw, "Four five six seven.");
        assert_eq!(rest.place, place(4, 118, 138));
        assert!(!rest.first);
    }

    #[test]
    fn an_endless_paragraph_is_shed_while_it_grows() {
        let mut run = Run::new(Kind::Prose, None, "", place(1, 0, 0));
        let mut taken = String::new();
        let mut end = 0;
        for at in 0..1000 {
            run.push("word word. ", place(1, at * 11, at * 11 + 11));
            while run.chars() > 40 {
                let part = run.take_part(AIM).expect("a part");
                assert_eq!(part.place.span.start, end);
                end = part.place.span.end;
                taken.push_str(&part.raw);
            }
            assert!(run.raw.len() < 100 && run.pieces.len() < 10);
        }
        taken.push_str(&run.take_rest().raw);
        assert_eq!(taken, "word word. ".repeat(1000));
    }
}
