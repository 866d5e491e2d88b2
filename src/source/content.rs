//! The content of a source, which can be read from its start as often as a reader needs.

use std::cell::Cell;
use std::io::{self, Read, Seek};

use super::packing::{Packing, Unpacked, packing_of};

/// What a source is read from.
pub(super) trait Raw: Read + Seek {}

impl<R: Read + Seek> Raw for R {}

/// A source, compressed or not. Nothing of it is kept: to go back is to read it anew.
pub(super) struct Content<'a> {
    raw: &'a mut dyn Raw,
    packing: Option<Packing>,
    junk: Cell<bool>,
}

impl<'a> Content<'a> {
    pub fn new(raw: &'a mut dyn Raw) -> io::Result<Content<'a>> {
        raw.rewind()?;
        let packing = packing_of(raw)?;
        Ok(Content { raw, packing, junk: Cell::new(false) })
    }

    /// The bytes of the source, unpacked, from its start.
    pub fn bytes(&mut self) -> io::Result<Box<dyn Read + '_>> {
        self.raw.rewind()?;
        let raw = &mut *self.raw;
        Ok(match self.packing {
            Some(packing) => Box::new(Unpacked::new(raw, packing, &self.junk)?),
            None => Box::new(raw),
        })
    }

    /// Whether something was met behind compressed data that is no part of it.
    pub fn has_junk(&self) -> bool {
        self.junk.get()
    }
}
