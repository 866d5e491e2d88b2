//! `warraq export`: all passages as JSON Lines.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::ExportArgs;
use super::config::Config;
use super::counts::counted;
use super::tell::{say, say_result};
use super::{Outcome, output_error, stdout};
use crate::error::{Error, Result};
use crate::index::OpenIndex;
use crate::output::json::write_line;
use crate::source::RECORD_BYTES;

/// How often the bar moves, in passages.
const STEP: u64 = 256;

/// Writes every passage of the index.
pub fn export(config: &Config, args: &ExportArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let watched = args.output.is_some() || !io::stdout().is_terminal();
    let bar = bar(index.passages(), watched);
    let too_long = match &args.output {
        None => {
            let mut out = stdout();
            let too_long = write_passages(index, &mut out, &bar, &output_error)?;
            out.flush().map_err(output_error)?;
            too_long
        }
        Some(path) => write_file(index, path, &bar)?,
    };
    bar.finish_and_clear();
    if let Some(path) = &args.output {
        let passages = counted(index.passages(), "passage");
        say_result(format_args!("{passages} written to {}", path.display()));
    }
    if too_long > 0 {
        say(format_args!(
            "{} longer than {} MiB, which `warraq index` does not read back",
            counted(too_long, "line"),
            RECORD_BYTES >> 20
        ));
        return Ok(Outcome::Incomplete);
    }
    Ok(Outcome::Found)
}

fn bar(passages: u64, watched: bool) -> ProgressBar {
    let target = if watched && io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(passages), target);
    if let Ok(style) = ProgressStyle::with_template("exporting {bar:12} {pos} of {len} passages") {
        bar.set_style(style);
    }
    bar
}

/// Returns how many lines are too long to be read back.
fn write_passages(
    index: &OpenIndex,
    out: &mut dyn Write,
    bar: &ProgressBar,
    failed: &dyn Fn(io::Error) -> Error,
) -> Result<u64> {
    let mut line = Vec::new();
    let (mut written, mut too_long) = (0, 0);
    index.export(&mut |passage| {
        line.clear();
        write_line(&mut line, &passage).map_err(failed)?;
        too_long += u64::from(line.len() > RECORD_BYTES);
        written += 1;
        if written % STEP == 0 {
            bar.set_position(written);
        }
        out.write_all(&line).map_err(failed)
    })?;
    Ok(too_long)
}

/// A file that is there is replaced when the new one is complete.
fn write_file(index: &OpenIndex, path: &Path, bar: &ProgressBar) -> Result<u64> {
    let failed = |error| Error::io(path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let temporary = tempfile::Builder::new()
        .prefix(".warraq-export")
        .make_in(folder.unwrap_or(Path::new(".")), |path| File::create_new(path))
        .map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 16, temporary.as_file());
    let too_long = write_passages(index, &mut out, bar, &failed)?;
    out.flush().map_err(failed)?;
    drop(out);
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(too_long)
}
