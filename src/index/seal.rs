//! The seal of a commit: what each of its files is, by which damage is told from what was written.
//!
//! Just before `meta.json` is replaced, the seal of the new one is written, under a name that is made
//! from what `meta.json` will hold. So the two belong together, no byte of either can change unseen,
//! and a seal whose commit never came is a leftover. Hashes are taken while files are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::durable::{TEMPORARY_PREFIX, write_durably};
use super::failure::file_error;
use super::manifest::{MANIFEST_PREFIX, Payload};
use crate::error::{Error, Result};

/// The file that each commit replaces.
pub const COMMIT: &str = "meta.json";
/// What the names of seals begin with.
const PREFIX: &str = "seal-";
/// The file that says which files are known to be as they were sealed although they look otherwise,
/// as copies do. Nothing depends on it but time.
const VERIFIED: &str = "verified.json";
const HASH_CHARS: usize = 2 * blake3::OUT_LEN;

/// Hexadecimal digits of a segment's id, with which the names of its files begin.
const SEGMENT_ID_CHARS: usize = 32;

/// The segment that a file of this name belongs to, and the rest of the name with its point.
pub fn segment_of(name: &str) -> Option<(&str, &str)> {
    let (id, rest) = name.split_at_checked(SEGMENT_ID_CHARS)?;
    let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && rest.starts_with('.')).then_some((id, rest))
}

/// What tells without reading a file that it is the one that was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    size: u64,
    /// Nanoseconds since 1970.
    modified: u64,
    inode: u64,
}

impl Identity {
    pub fn of(metadata: &Metadata) -> Identity {
        let since = metadata.modified().ok();
        let since = since.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        let modified = since.map_or(0, |since| since.as_nanos() as u64);
        Identity { size: metadata.len(), modified, inode }
    }

    /// Whether a file may be a copy of another with its time.
    pub fn may_be_copy_of(self, other: Identity) -> bool {
        self.size == other.size && self.modified == other.modified
    }
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFile {
    #[serde(flatten)]
    identity: Identity,
    /// BLAKE3, hexadecimal; none of a file that was written by a version that made no seals.
    hash: Option<String>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// By name, within the generation's folder.
    pub files: BTreeMap<String, SealedFile>,
}

/// Files as they were written, by name, until a commit has them: size and hash.
pub type Written = BTreeMap<String, (u64, String)>;

/// What a seal has to know of `meta.json`.
#[derive(Deserialize)]
struct Commit {
    segments: Vec<CommitSegment>,
    payload: Option<String>,
}

#[derive(Deserialize)]
struct CommitSegment {
    segment_id: String,
    deletes: Option<CommitDeletes>,
}

#[derive(Deserialize)]
struct CommitDeletes {
    opstamp: u64,
}

impl Commit {
    fn payload(&self) -> Option<Payload> {
        serde_json::from_str(self.payload.as_deref()?).ok()
    }

    /// The names of its files that are in a folder, without `meta.json`.
    fn files(&self, folder: &Path) -> io::Result<BTreeSet<String>> {
        let segments: BTreeMap<String, Option<u64>> = self
            .segments
            .iter()
            .map(|segment| {
                let deletes = segment.deletes.as_ref().map(|deletes| deletes.opstamp);
                (segment.segment_id.replace('-', ""), deletes)
            })
            .collect();
        let manifest = self.payload().map(|payload| payload.manifest);
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let of_segment = segment_of(&name).and_then(|(id, rest)| {
                let deletes = segments.get(id)?;
                // Deletions of other commits.
                let is_other = rest.strip_suffix(".del").is_some_and(|opstamp| {
                    let opstamp = opstamp.trim_start_matches('.');
                    deletes.is_none_or(|deletes| deletes.to_string() != opstamp)
                });
                (!is_other).then_some(())
            });
            if of_segment.is_some() || manifest.as_deref() == Some(&*name) {
                names.insert(name);
            }
        }
        Ok(names)
    }
}

impl Seal {
    /// The bytes of a seal: itself, and a line with the hash of that.
    fn encode(&self) -> Vec<u8> {
        // Strings and numbers: serialising cannot fail.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        let hash = blake3::hash(&bytes).to_hex();
        bytes.push(b'\n');
        bytes.extend_from_slice(hash.as_bytes());
        bytes.push(b'\n');
        bytes
    }

    fn decode(bytes: &[u8]) -> std::result::Result<Seal, String> {
        let parts = bytes.strip_suffix(b"\n").and_then(|bytes| {
            let (rest, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH_CHARS)?)?;
            Some((rest.strip_suffix(b"\n")?, hash))
        });
        let Some((body, hash)) = parts else {
            return Err("it is not complete".to_owned());
        };
        if blake3::hash(body).to_hex().as_bytes() != hash {
            return Err("its content is not what was written".to_owned());
        }
        serde_json::from_slice(body).map_err(|error| error.to_string())
    }

    /// The seal of a commit; `None` where a version that made no seals wrote the index.
    ///
    /// # Errors
    /// The seal or `meta.json` is damaged.
    pub fn of_commit(folder: &Path, commit: &[u8]) -> Result<Option<Seal>> {
        let path = folder.join(name_for(commit));
        match fs::read(&path) {
            Ok(bytes) => Seal::decode(&bytes).map(Some).map_err(|what| Error::damaged(path, what)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let commit: Option<Commit> = serde_json::from_slice(commit).ok();
                let says_so = commit.and_then(|commit| commit.payload()?.sealed.then_some(()));
                let seals = seals_in(folder).map_err(|error| Error::io(folder, error))?;
                if says_so.is_none() && seals.is_empty() {
                    return Ok(None);
                }
                let what = "its content is not what was written, or its seal is missing";
                Err(Error::damaged(folder.join(COMMIT), what))
            }
            Err(error) => Err(Error::io(path, error)),
        }
    }
}

impl SealedFile {
    /// Whether the hash of its content is known.
    pub fn is_hashed(&self) -> bool {
        self.hash.is_some()
    }

    /// What is wrong with a file, if anything, by its size and by its content.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn fault(&self, path: &Path) -> io::Result<Option<String>> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some("it is missing".to_owned()));
            }
            Err(error) => return Err(error),
        };
        if let Some(fault) = self.fault_of_size(&metadata) {
            return Ok(Some(fault));
        }
        match &self.hash {
            Some(hash) if hash_of(path)? != *hash => {
                Ok(Some("its content is not what was written".to_owned()))
            }
            _ => Ok(None),
        }
    }

    fn fault_of_size(&self, metadata: &Metadata) -> Option<String> {
        let (is, was) = (metadata.len(), self.identity.size);
        (!metadata.is_file() || is != was).then(|| format!("{is} bytes long instead of {was}"))
    }
}

fn name_for(commit: &[u8]) -> String {
    format!("{PREFIX}{:.16}.json", blake3::hash(commit).to_hex())
}

fn seals_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut seals = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            seals.push(entry.path());
        }
    }
    Ok(seals)
}

/// Whether a commit has a seal, readable or not, or there is none of any commit.
pub fn is_as_sealed(folder: &Path, commit: &[u8]) -> bool {
    folder.join(name_for(commit)).exists() || seals_in(folder).is_ok_and(|seals| seals.is_empty())
}

/// The BLAKE3 of a file's content, hexadecimal.
pub fn hash_of(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Replaces `meta.json` durably, its seal first. What was written since the last commit is taken out
/// of `written` as far as this one has it.
///
/// # Errors
/// As the file system gives them; the former commit is then still there.
pub fn commit_sealed(folder: &Path, commit: &[u8], written: &mut Written) -> io::Result<()> {
    let path = folder.join(COMMIT);
    let last = match fs::read(&path) {
        Ok(last) => Some(last),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut known = BTreeMap::new();
    let seals = seals_in(folder)?;
    for seal in &seals {
        if let Ok(seal) = Seal::decode(&fs::read(seal)?) {
            known.extend(seal.files);
        }
    }
    if let Some(last) = &last
        && seals.is_empty()
    {
        // So that what stands here is sealed whether or not the new commit comes.
        write_seal(folder, last, &mut known, &mut Written::new())?;
    }
    write_seal(folder, commit, &mut known, written)?;
    write_durably(&path, commit)?;
    // Whoever reads the commit before this one may still look for its seal.
    let kept = [Some(name_for(commit)), last.as_deref().map(name_for)];
    for seal in seals_in(folder)? {
        let name = seal.file_name().map(|name| name.to_string_lossy().into_owned());
        if !kept.contains(&name) {
            fs::remove_file(seal)?;
        }
    }
    Ok(())
}

fn write_seal(
    folder: &Path,
    commit: &[u8],
    known: &mut BTreeMap<String, SealedFile>,
    written: &mut Written,
) -> io::Result<()> {
    let parsed: Commit = serde_json::from_slice(commit)?;
    let mut seal = Seal::default();
    for name in parsed.files(folder)? {
        let path = folder.join(&name);
        let identity = Identity::of(&fs::metadata(&path)?);
        let file = if let Some((size, hash)) = written.remove(&name) {
            if identity.size != size {
                return Err(io::Error::other(format!("{name} is not what was written")));
            }
            SealedFile { identity, hash: Some(hash) }
        } else if let Some(file) = known.remove(&name) {
            file
        } else {
            let is_manifest = name.starts_with(MANIFEST_PREFIX);
            let hash = is_manifest.then(|| hash_of(&path)).transpose()?;
            SealedFile { identity, hash }
        };
        seal.files.insert(name, file);
    }
    known.extend(seal.files.clone());
    write_durably(&folder.join(name_for(commit)), &seal.encode())
}

/// Whether passages may have been committed in a generation's folder, as far as can be told.
pub fn may_hold_passages(folder: &Path) -> bool {
    if let Ok(commit) = fs::read(folder.join(COMMIT)) {
        let commit = serde_json::from_slice::<Commit>(&commit);
        return commit.map_or(true, |commit| commit.payload.is_some());
    }
    let is_manifest = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(MANIFEST_PREFIX))
    };
    fs::read_dir(folder).is_ok_and(|mut entries| entries.any(is_manifest))
}

/// Removes what broken runs left in a generation's folder: files of segments and of deletions that the
/// commit does not have, and seals of commits that never came. Only under the lock.
///
/// # Errors
/// As the file system gives them.
pub fn sweep_leftovers(folder: &Path) -> io::Result<()> {
    let commit = match fs::read(folder.join(COMMIT)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        commit => commit?,
    };
    // Of a commit that cannot be read nothing is known to be a leftover.
    let Ok(parsed) = serde_json::from_slice::<Commit>(&commit) else { return Ok(()) };
    let files = parsed.files(folder)?;
    let seal = name_for(&commit);
    let is_sealed = folder.join(&seal).exists();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_leftover = if name.starts_with(PREFIX) {
            is_sealed && name != seal
        } else {
            segment_of(&name).is_some() && !files.contains(&name)
        };
        if is_leftover {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Sees that the files of the commit in a generation's folder are there and as long as they were, and
/// reads those that look otherwise than when they were sealed or verified last.
///
/// # Errors
/// [`Error::Damaged`] names the file.
pub fn check(folder: &Path) -> Result<()> {
    let path = folder.join(COMMIT);
    let read = || fs::read(&path).map_err(|error| file_error(&path, error));
    let mut commit = read()?;
    loop {
        let Err(error) = check_commit(folder, &commit) else {
            return Ok(());
        };
        // A run that has committed meanwhile may have removed what the last commit had.
        let now = read()?;
        if now == commit {
            return Err(error);
        }
        commit = now;
    }
}

fn check_commit(folder: &Path, commit: &[u8]) -> Result<()> {
    let Some(seal) = Seal::of_commit(folder, commit)? else {
        return Ok(());
    };
    let mut looking_otherwise = Vec::new();
    for (name, file) in &seal.files {
        let path = folder.join(name);
        let metadata = fs::metadata(&path).map_err(|error| file_error(&path, error))?;
        if let Some(fault) = file.fault_of_size(&metadata) {
            return Err(Error::damaged(path, fault));
        }
        let identity = Identity::of(&metadata);
        if identity != file.identity && file.is_hashed() {
            looking_otherwise.push((name, path, identity, file));
        }
    }
    if looking_otherwise.is_empty() {
        return Ok(());
    }
    let mut verified = read_verified(folder);
    verified.retain(|name, _| seal.files.contains_key(name));
    looking_otherwise.retain(|(name, _, identity, _)| verified.get(*name) != Some(identity));
    if looking_otherwise.is_empty() {
        return Ok(());
    }
    // Where it cannot be noted that copies were read, each search would read them all again.
    let can_note = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder).is_ok();
    for (name, path, identity, file) in looking_otherwise {
        if !can_note && identity.may_be_copy_of(file.identity) {
            continue;
        }
        match file.fault(&path) {
            Ok(None) => verified.insert(name.clone(), identity),
            Ok(Some(fault)) => return Err(Error::damaged(path, fault)),
            Err(error) => return Err(Error::io(path, error)),
        };
    }
    if can_note && let Ok(bytes) = serde_json::to_vec(&verified) {
        // The next opening reads them again.
        let _ = write_durably(&folder.join(VERIFIED), &bytes);
    }
    Ok(())
}

fn read_verified(folder: &Path) -> BTreeMap<String, Identity> {
    let bytes = fs::read(folder.join(VERIFIED)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_seal_counts() {
        let identity = Identity { size: 5, modified: 7, inode: 9 };
        let hash = Some(blake3::hash(b"x").to_hex().to_string());
        let files = [("a.store".to_owned(), SealedFile { identity, hash })];
        let seal = Seal { files: files.into_iter().collect() };
        let bytes = seal.encode();
        assert_eq!(Seal::decode(&bytes), Ok(seal));
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 0x20;
            assert!(Seal::decode(&other).is_err(), "byte {place}");
            assert!(Seal::decode(&bytes[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn leftovers_are_told_from_what_a_commit_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (id, other) = ("0123456789abcdef0123456789abcdef", "f".repeat(32));
        let segment = serde_json::json!({"segment_id": id, "deletes": {"opstamp": 7}});
        let commit = serde_json::json!({"segments": [segment], "payload": null}).to_string();
        fs::write(path(COMMIT), &commit).unwrap();
        let seal = name_for(commit.as_bytes());
        let kept = [format!("{id}.store"), format!("{id}.7.del"), seal, "notes.txt".to_owned()];
        let left = [format!("{id}.8.del"), format!("{other}.store"), "seal-0.json".to_owned()];
        for name in kept.iter().chain(&left) {
            fs::write(path(name), "x").unwrap();
        }
        sweep_leftovers(folder.path()).unwrap();
        assert!(kept.iter().all(|name| path(name).exists()));
        assert!(!left.iter().any(|name| path(name).exists()));
        fs::write(path(COMMIT), "damaged").unwrap();
        fs::write(path(&left[1]), "x").unwrap();
        sweep_leftovers(folder.path()).unwrap();
        assert!(path(&left[1]).exists());
    }

    #[test]
    fn a_commit_has_its_own_files_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (id, other) = ("0123456789abcdef0123456789abcdef", "f".repeat(32));
        for name in ["store", "idx", "7.del", "8.del"] {
            fs::write(folder.path().join(format!("{id}.{name}")), "x").unwrap();
        }
        fs::write(folder.path().join(format!("{other}.store")), "x").unwrap();
        let commit =
            br#"{"segments":[{"segment_id":"01234567-89ab-cdef-0123-456789abcdef","max_doc":1,
            "deletes":{"num_deleted_docs":1,"opstamp":8}}],"opstamp":9}"#;
        commit_sealed(folder.path(), commit, &mut Written::new()).unwrap();
        let seal = Seal::of_commit(folder.path(), commit).unwrap().unwrap();
        let names: Vec<&str> = seal.files.keys().filter_map(|name| name.strip_prefix(id)).collect();
        assert_eq!(names, [".8.del", ".idx", ".store"]);
        assert_eq!(seal.files.len(), 3);
        check(folder.path()).unwrap();
        fs::write(folder.path().join(format!("{id}.idx")), "xy").unwrap();
        let error = check(folder.path()).unwrap_err().to_string();
        assert!(error.contains("2 bytes long instead of 1"), "{error}");
    }
}
