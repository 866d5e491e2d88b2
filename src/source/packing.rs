//! Compressed sources: told by their first bytes, unpacked while they are read.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind, Read};

use super::input::Input;

/// A source that unpacks to more than this many times its size is refused…
pub(super) const MOST_EXPANSION: u64 = 250;
/// …once so many bytes came out of it: less than that harms nobody.
const HARMLESS_BYTES: u64 = 64 << 20;
/// So many bytes tell how a source is packed.
const MAGIC_BYTES: usize = 10;

/// What stands behind the ending of a compressed file's name.
const ENDINGS: [&str; 3] = ["gz", "bz2", "zst"];

/// How a source is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Zstd,
}

impl Packing {
    /// How a source is compressed that begins so.
    pub fn of_start(start: &[u8]) -> Option<Packing> {
        let bzip2 = |mark: &[u8]| start.starts_with(b"BZh") && start.get(4..10) == Some(mark);
        match start {
            [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            // A frame to be skipped, with which some programs begin or end.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
            // The mark of a block, or of a stream without any.
            _ if bzip2(b"1AY&SY") || bzip2(b"\x17rE8P\x90") => Some(Packing::Bzip2),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Bzip2 => "bzip2",
            Packing::Zstd => "zstd",
        }
    }
}

/// A file's name without the ending that says that it is compressed.
pub(super) fn unpacked_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((inner, ending)) if ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) => {
            inner
        }
        _ => name,
    }
}

/// What is wrong with the bytes of a source, in words; it travels within an [`io::Error`].
#[derive(Debug)]
pub(super) struct Fault {
    message: String,
    /// Whether records before it are as good as any.
    pub spares_records: bool,
}

impl Fault {
    pub fn of(error: &io::Error) -> Option<&Fault> {
        error.get_ref()?.downcast_ref()
    }

    pub fn error(message: String, spares_records: bool) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, Fault { message, spares_records })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// The content of a compressed source: of all its streams, one after the other.
pub(super) struct Unpacked<'a, R: Read> {
    packing: Packing,
    /// None after the end.
    decoder: Option<Decoder<R>>,
    unpacked: u64,
    /// Set where something else follows the last stream.
    junk: &'a Cell<bool>,
}

enum Decoder<R: Read> {
    Gzip(flate2::bufread::GzDecoder<Input<R>>),
    Bzip2(bzip2::bufread::BzDecoder<Input<R>>),
    Zstd(zstd::Decoder<'static, Input<R>>),
}

impl<R: Read> Decoder<R> {
    /// A decoder of a single stream, so that what follows it can be looked at.
    fn new(packing: Packing, input: Input<R>) -> io::Result<Decoder<R>> {
        Ok(match packing {
            Packing::Gzip => Decoder::Gzip(flate2::bufread::GzDecoder::new(input)),
            Packing::Bzip2 => Decoder::Bzip2(bzip2::bufread::BzDecoder::new(input)),
            Packing::Zstd => Decoder::Zstd(zstd::Decoder::with_buffer(input)?.single_frame()),
        })
    }

    fn input(&self) -> &Input<R> {
        match self {
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Bzip2(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.get_ref(),
        }
    }

    fn into_input(self) -> Input<R> {
        match self {
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Bzip2(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.finish(),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Bzip2(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

impl<'a, R: Read> Unpacked<'a, R> {
    pub fn new(reader: R, packing: Packing, junk: &'a Cell<bool>) -> io::Result<Unpacked<'a, R>> {
        let decoder = Some(Decoder::new(packing, Input::new(reader))?);
        Ok(Unpacked { packing, decoder, unpacked: 0, junk })
    }

    fn next_stream(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.take() else {
            return Ok(());
        };
        let mut input = decoder.into_input();
        let start = input.peek(MAGIC_BYTES)?;
        if Packing::of_start(start) == Some(self.packing) {
            self.decoder = Some(Decoder::new(self.packing, input)?);
        } else if !start.is_empty() {
            self.junk.set(true);
        }
        Ok(())
    }

    fn damage(&self, error: &io::Error) -> io::Error {
        let packing = self.packing.name();
        let message = match error.kind() {
            ErrorKind::UnexpectedEof => {
                format!("is cut short: the end of its {packing} data is missing")
            }
            _ => format!("its {packing} data is damaged: {error}"),
        };
        Fault::error(message, true)
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(decoder) = &mut self.decoder {
            match decoder.read(buffer) {
                Ok(0) => self.next_stream()?,
                Ok(read) => {
                    self.unpacked += read as u64;
                    let most = decoder.input().taken().saturating_mul(MOST_EXPANSION);
                    if self.unpacked > HARMLESS_BYTES && self.unpacked > most {
                        let message = format!(
                            "is refused: it unpacks to more than {MOST_EXPANSION} times its size; \
                             unpack it first if that is meant"
                        );
                        return Err(Fault::error(message, false));
                    }
                    return Ok(read);
                }
                Err(error) if decoder.input().failed() => return Err(error),
                Err(error) => return Err(self.damage(&error)),
            }
        }
        Ok(0)
    }
}

/// The packing of a source, which is left where it stands.
pub(super) fn packing_of(source: &mut dyn Read) -> io::Result<Option<Packing>> {
    let mut start = Vec::with_capacity(MAGIC_BYTES);
    source.take(MAGIC_BYTES as u64).read_to_end(&mut start)?;
    Ok(Packing::of_start(&start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    const ALL: [Packing; 3] = [Packing::Gzip, Packing::Bzip2, Packing::Zstd];

    fn pack(bytes: &[u8], packing: Packing) -> Vec<u8> {
        match packing {
            Packing::Gzip => {
                let level = flate2::Compression::default();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).expect("packed");
                encoder.finish().expect("packed")
            }
            Packing::Bzip2 => {
                let level = bzip2::Compression::default();
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).expect("packed");
                encoder.finish().expect("packed")
            }
            Packing::Zstd => zstd::encode_all(bytes, 3).expect("packed"),
        }
    }

    fn unpack(bytes: &[u8]) -> (Vec<u8>, bool, Option<String>) {
        let packing = Packing::of_start(bytes).expect("a packing");
        let junk = Cell::new(false);
        let mut unpacked = Unpacked::new(bytes, packing, &junk).expect("a decoder");
        let mut content = Vec::new();
        let outcome = unpacked.read_to_end(&mut content);
        (content, junk.get(), outcome.err().map(|error| error.to_string()))
    }

    #[test]
    fn streams_follow_one_another() {
        for packing in ALL {
            let mut bytes = pack(b"one ", packing);
            bytes.extend(pack(b"", packing));
            bytes.extend(pack(b"two", packing));
            assert_eq!(Packing::of_start(&pack(b"", packing)), Some(packing));
            assert_eq!(unpack(&bytes), (b"one two".to_vec(), false, None));
            bytes.extend(b"junk");
            assert_eq!(unpack(&bytes), (b"one two".to_vec(), true, None));
        }
        let mut bytes = b"\x50\x2a\x4d\x18\x02\0\0\0ab".to_vec();
        bytes.extend(pack(b"one", Packing::Zstd));
        bytes.extend(b"\x5e\x2a\x4d\x18\0\0\0\0");
        assert_eq!(unpack(&bytes), (b"one".to_vec(), false, None));
    }

    #[test]
    fn damage_is_told() {
        for packing in ALL {
            let bytes = pack("some words. ".repeat(1000).as_bytes(), packing);
            let (_, _, fault) = unpack(&bytes[..bytes.len() - 3]);
            let name = packing.name();
            assert_eq!(
                fault.as_deref(),
                Some(&*format!("is cut short: the end of its {name} data is missing"))
            );
            let mut broken = bytes.clone();
            for byte in &mut broken[bytes.len() / 2..] {
                *byte ^= 0x55;
            }
            let (_, _, fault) = unpack(&broken);
            assert!(fault.is_some_and(|fault| !fault.is_empty()), "{name}");
        }
    }

    #[test]
    fn what_expands_without_measure_is_refused() {
        let zeros = io::repeat(b' ').take(HARMLESS_BYTES + (32 << 20));
        let bytes = zstd::encode_all(zeros, 3).expect("packed");
        let (content, _, fault) = unpack(&bytes);
        assert!(content.len() as u64 <= HARMLESS_BYTES + (1 << 20));
        assert!(fault.is_some_and(|fault| fault.contains("more than 250 times")));
    }

    #[test]
    fn endings_tell_nothing_of_the_format() {
        assert_eq!(unpacked_name("a/notes.md.gz"), "a/notes.md");
        assert_eq!(unpacked_name("x.jsonl.ZST"), "x.jsonl");
        assert_eq!(unpacked_name("x.tar"), "x.tar");
    }

    proptest! {
        #[test]
        fn anything_unpacks_or_is_a_fault(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            which in 0usize..3,
            at in 0usize..200,
            byte in any::<u8>(),
        ) {
            let mut packed = pack(&bytes, ALL[which]);
            prop_assert_eq!(unpack(&packed), (bytes.clone(), false, None));
            let at = at % packed.len();
            packed[at] = byte;
            if Packing::of_start(&packed).is_some() {
                unpack(&packed);
            }
            packed.truncate(at);
            if Packing::of_start(&packed).is_some() {
                unpack(&packed);
            }
        }
    }
}
