//! Runs a program and stops it at each of its system calls that write, so that it can be killed
//! there, be told that the call failed, or go on while what it did is noted.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// A system call on a file or folder beneath the folder that is looked at.
#[derive(Clone, PartialEq, Eq)]
pub enum Call {
    /// A file is opened to be read.
    OpenToRead(PathBuf),
    OpenToWrite {
        path: PathBuf,
        creates: bool,
        truncates: bool,
    },
    /// `place`: the offset in bytes.
    Write {
        path: PathBuf,
        place: u64,
        bytes: Vec<u8>,
    },
    SetLength {
        path: PathBuf,
        length: u64,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    MakeFolder(PathBuf),
    /// Of a file or a folder.
    Sync(PathBuf),
    /// A file is mapped into memory.
    Map(PathBuf),
    /// One that changes something else than content and names.
    Other(&'static str),
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::OpenToRead(path) => write!(f, "open {} to read", path.display()),
            Call::OpenToWrite { path, .. } => write!(f, "open {} to write", path.display()),
            Call::Write { path, place, bytes } => {
                write!(f, "write {} bytes at {place} of {}", bytes.len(), path.display())
            }
            Call::SetLength { path, length } => write!(f, "cut {} to {length}", path.display()),
            Call::Rename { from, to } => {
                write!(f, "rename {} to {}", from.display(), to.display())
            }
            Call::Remove(path) => write!(f, "remove {}", path.display()),
            Call::MakeFolder(path) => write!(f, "make {}", path.display()),
            Call::Sync(path) => write!(f, "sync {}", path.display()),
            Call::Map(path) => write!(f, "map {}", path.display()),
            Call::Other(name) => f.write_str(name),
        }
    }
}

impl Call {
    pub fn writes(&self) -> bool {
        !matches!(self, Call::OpenToRead(_) | Call::Map(_))
    }

    /// Whether it may fail because the disk does.
    pub fn reaches_disk(&self) -> bool {
        self.writes() && !matches!(self, Call::Other(_))
    }

    pub fn opens(&self) -> bool {
        matches!(self, Call::OpenToRead(_) | Call::OpenToWrite { .. })
    }

    pub fn maps(&self) -> bool {
        matches!(self, Call::Map(_))
    }

    /// Whether it may need space on the disk.
    pub fn takes_space(&self) -> bool {
        self.reaches_disk() && !matches!(self, Call::Remove(_))
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// The program is killed before it.
    Killed,
    Failed(Errno),
    /// Of what is to be written only the first half is.
    Halved,
}

/// What a traced run left.
pub struct Traced {
    /// `None` where it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    /// The calls that succeeded, as they were carried out.
    pub done: Vec<Call>,
}

/// A call that is under way in a thread.
struct UnderWay {
    call: Call,
    fate: Fate,
}

/// Runs a command to its end. `fate` is asked before each call on something
/// beneath `root`.
///
/// # Errors
/// Programs cannot be traced here.
pub fn trace(
    command: &Command,
    root: &Path,
    mut fate: impl FnMut(&Call) -> Fate,
) -> nix::Result<Traced> {
    let [out, err] = [(); 2].map(|()| tempfile::NamedTempFile::new().unwrap());
    let mut stopped = stopping(command);
    stopped.stdout(out.reopen().unwrap()).stderr(err.reopen().unwrap());
    #[expect(clippy::zombie_processes, reason = "it is waited for by its number")]
    let child = stopped.spawn().unwrap();
    let main = Pid::from_raw(child.id() as i32);
    waitpid(main, Some(WaitPidFlag::WUNTRACED))?;
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    if let Err(error) = ptrace::seize(main, options) {
        let _ = kill(main, Signal::SIGKILL);
        let _ = waitpid(main, None);
        return Err(error);
    }
    kill(main, Signal::SIGCONT)?;
    let cwd = command.get_current_dir().unwrap().to_owned();
    let root = root.to_owned();
    let mut under_way: HashMap<Pid, UnderWay> = HashMap::new();
    let mut done = Vec::new();
    let code = loop {
        // Children of this thread alone: other tests have their own.
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        let (thread, signal) = match waitpid(None, Some(flags))? {
            WaitStatus::Exited(pid, code) if pid == main => break Some(code),
            WaitStatus::Signaled(pid, ..) if pid == main => break None,
            WaitStatus::PtraceSyscall(thread) => {
                let seen = Thread { thread, cwd: &cwd, root: &root };
                match ptrace::syscall_info(thread).map(|info| info.op) {
                    Ok(libc::PTRACE_SYSCALL_INFO_ENTRY) => {
                        if let Some(call) = seen.entered() {
                            let fate = fate(&call);
                            if fate == Fate::Killed {
                                kill(main, Signal::SIGKILL)?;
                                continue;
                            }
                            seen.prepare(fate);
                            under_way.insert(thread, UnderWay { call, fate });
                        }
                    }
                    Ok(libc::PTRACE_SYSCALL_INFO_EXIT) => {
                        if let Some(under_way) = under_way.remove(&thread) {
                            done.extend(seen.left(under_way));
                        }
                    }
                    _ => {}
                }
                (thread, None)
            }
            WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
            WaitStatus::PtraceEvent(thread, ..) => (thread, None),
            _ => continue,
        };
        // A thread may have been killed meanwhile.
        let _ = ptrace::syscall(thread, signal);
    };
    let [out, err] = [out, err].map(|file| fs::read_to_string(file.path()).unwrap());
    Ok(Traced { code, out, err, done })
}

/// The same command, which stops before it begins.
fn stopping(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -STOP $$; exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(command.get_current_dir().unwrap()).stdin(Stdio::null());
    shell
}

/// A thread that stands at a system call.
struct Thread<'a> {
    thread: Pid,
    cwd: &'a Path,
    root: &'a Path,
}

impl Thread<'_> {
    /// The call that it is about to make, if it is one of those that count.
    fn entered(&self) -> Option<Call> {
        let regs = ptrace::getregs(self.thread).ok()?;
        let [a, b, c, d] = [regs.rdi, regs.rsi, regs.rdx, regs.r10];
        const HERE: u64 = libc::AT_FDCWD as u64;
        let call = match regs.orig_rax as i64 {
            libc::SYS_open => self.open(self.path(HERE, a)?, b),
            libc::SYS_creat => {
                self.open(self.path(HERE, a)?, (libc::O_CREAT | libc::O_WRONLY) as u64)
            }
            libc::SYS_openat => self.open(self.path(a, b)?, c),
            libc::SYS_write => {
                let path = self.file(a)?;
                Call::Write { path, place: self.position(a)?, bytes: self.bytes(b, c)? }
            }
            libc::SYS_pwrite64 => {
                Call::Write { path: self.file(a)?, place: d, bytes: self.bytes(b, c)? }
            }
            // Nothing that is traced here makes these; a harness that passed them over would lie.
            libc::SYS_writev
            | libc::SYS_pwritev
            | libc::SYS_pwritev2
            | libc::SYS_sendfile
            | libc::SYS_copy_file_range
            | libc::SYS_fallocate
                if self
                    .file(if regs.orig_rax as i64 == libc::SYS_copy_file_range { c } else { a })
                    .is_some() =>
            {
                panic!("a system call that is not modelled: {}", regs.orig_rax)
            }
            libc::SYS_ftruncate => Call::SetLength { path: self.file(a)?, length: b },
            libc::SYS_truncate => Call::SetLength { path: self.path(HERE, a)?, length: b },
            libc::SYS_rename => Call::Rename { from: self.path(HERE, a)?, to: self.path(HERE, b)? },
            libc::SYS_renameat | libc::SYS_renameat2 => {
                Call::Rename { from: self.path(a, b)?, to: self.path(c, d)? }
            }
            libc::SYS_unlink | libc::SYS_rmdir => Call::Remove(self.path(HERE, a)?),
            libc::SYS_unlinkat => Call::Remove(self.path(a, b)?),
            libc::SYS_mkdir => Call::MakeFolder(self.path(HERE, a)?),
            libc::SYS_mkdirat => Call::MakeFolder(self.path(a, b)?),
            libc::SYS_fsync | libc::SYS_fdatasync => Call::Sync(self.file(a)?),
            libc::SYS_mmap => Call::Map(self.file(regs.r8)?),
            libc::SYS_link | libc::SYS_symlink => {
                self.path(HERE, b).map(|_| Call::Other("link"))?
            }
            libc::SYS_chmod => self.path(HERE, a).map(|_| Call::Other("chmod"))?,
            libc::SYS_fchmod => self.file(a).map(|_| Call::Other("fchmod"))?,
            libc::SYS_flock => self.file(a).map(|_| Call::Other("flock"))?,
            _ => return None,
        };
        Some(call)
    }

    fn open(&self, path: PathBuf, flags: u64) -> Call {
        let flags = flags as i32;
        if flags & libc::O_ACCMODE == libc::O_RDONLY && flags & libc::O_CREAT == 0 {
            return Call::OpenToRead(path);
        }
        let creates = flags & libc::O_CREAT != 0;
        Call::OpenToWrite { path, creates, truncates: flags & libc::O_TRUNC != 0 }
    }

    /// Sees that the call fares so.
    fn prepare(&self, fate: Fate) {
        let Ok(mut regs) = ptrace::getregs(self.thread) else { return };
        match fate {
            Fate::Failed(_) => regs.orig_rax = u64::MAX,
            Fate::Halved => regs.rdx /= 2,
            Fate::Done | Fate::Killed => return,
        }
        let _ = ptrace::setregs(self.thread, regs);
    }

    /// What the call did.
    fn left(&self, UnderWay { call, fate }: UnderWay) -> Option<Call> {
        let mut regs = ptrace::getregs(self.thread).ok()?;
        if let Fate::Failed(error) = fate {
            regs.rax = (-(error as i64)) as u64;
            let _ = ptrace::setregs(self.thread, regs);
            return None;
        }
        let result = regs.rax as i64;
        if result < 0 {
            return None;
        }
        match call {
            Call::Write { path, place, mut bytes } => {
                bytes.truncate(result as usize);
                Some(Call::Write { path, place, bytes })
            }
            call => Some(call),
        }
    }

    fn memory(&self) -> Option<File> {
        File::open(format!("/proc/{}/mem", self.thread)).ok()
    }

    fn bytes(&self, address: u64, length: u64) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        self.memory()?.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }

    /// A path beneath the root, of an argument that is relative to the folder open as `folder`.
    fn path(&self, folder: u64, address: u64) -> Option<PathBuf> {
        let memory = self.memory()?;
        let mut name = Vec::new();
        loop {
            let mut byte = [0];
            memory.read_exact_at(&mut byte, address + name.len() as u64).ok()?;
            if byte == [0] {
                break;
            }
            name.push(byte[0]);
        }
        let base = match folder as i32 {
            libc::AT_FDCWD => self.cwd.to_owned(),
            folder => fs::read_link(format!("/proc/{}/fd/{folder}", self.thread)).ok()?,
        };
        let path = base.join(std::ffi::OsString::from_vec(name));
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        path.starts_with(self.root).then_some(path)
    }

    /// The path of an open file beneath the root.
    fn file(&self, number: u64) -> Option<PathBuf> {
        let path = fs::read_link(format!("/proc/{}/fd/{}", self.thread, number as i32)).ok()?;
        path.starts_with(self.root).then_some(path)
    }

    /// How far an open file was written.
    fn position(&self, number: u64) -> Option<u64> {
        let path = format!("/proc/{}/fdinfo/{}", self.thread, number as i32);
        let info = fs::read_to_string(path).ok()?;
        info.lines().find_map(|line| line.strip_prefix("pos:"))?.trim().parse().ok()
    }
}
