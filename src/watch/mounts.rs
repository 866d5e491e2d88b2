//! File systems whose changes are not all announced: those that other machines write too.

use std::path::Path;

/// Kinds of file systems on other machines, as Linux names them. What is in user space (`fuse.…`)
/// may be anything.
const NETWORK: [&str; 14] = [
    "9p",
    "afs",
    "ceph",
    "cifs",
    "davfs",
    "drvfs",
    "glusterfs",
    "lustre",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
];
const USER_SPACE: &str = "fuse.";

/// The mounted file systems of this process; empty where the system does not tell.
pub fn mounted() -> String {
    let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    String::from_utf8_lossy(&table).into_owned()
}

/// The kind of the file system that a path lies on, if it is one that may keep changes to itself.
pub fn silent_kind<'a>(mounted: &'a str, path: &Path) -> Option<&'a str> {
    let mut deepest: Option<(usize, &str)> = None;
    for line in mounted.lines() {
        // ID PARENT DEVICE ROOT PLACE OPTIONS … - KIND SOURCE OPTIONS
        let Some((head, tail)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (head.split(' ').nth(4), tail.split(' ').next()) else {
            continue;
        };
        let place = unescaped(place);
        let place = Path::new(&place);
        let depth = place.components().count();
        // Of those mounted on one place the last one is seen.
        if path.starts_with(place) && deepest.is_none_or(|(deepest, _)| deepest <= depth) {
            deepest = Some((depth, kind));
        }
    }
    let (_, kind) = deepest?;
    (NETWORK.contains(&kind) || kind.starts_with(USER_SPACE)).then_some(kind)
}

/// White space and backslashes stand as `\` and three octal digits.
fn unescaped(place: &str) -> String {
    [(r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")]
        .iter()
        .fold(place.to_owned(), |place, (escape, c)| place.replace(escape, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTED: &str = "\
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        30 22 0:30 / /srv/our\\040texts rw - nfs4 host:/texts rw\n\
        31 30 8:2 / /srv/our\\040texts/local rw - xfs /dev/sdb rw\n\
        32 22 0:31 / /home/me/far rw shared:2 master:1 - fuse.sshfs me@host: rw\n\
        33 22 0:32 / /twice rw - cifs //host/x rw\n\
        34 33 8:3 / /twice rw - ext4 /dev/sdc rw\n\
        damaged\n";

    #[test]
    fn the_deepest_mount_tells() {
        let kind = |path: &str| silent_kind(MOUNTED, Path::new(path));
        assert_eq!(kind("/srv/our texts/a"), Some("nfs4"));
        assert_eq!(kind("/srv/our texts/local/a"), None);
        assert_eq!(kind("/home/me/far"), Some("fuse.sshfs"));
        assert_eq!(kind("/home/me/farther"), None);
        assert_eq!(kind("/twice/a"), None);
        assert_eq!(silent_kind("", Path::new("/a")), None);
    }
}
