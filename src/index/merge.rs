//! When segments are merged, and into how many.

use std::path::Path;
use std::time::Instant;

use tantivy::index::SegmentId;
use tantivy::indexer::{LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::{Index, IndexWriter};

use super::change::UpdateOptions;
use super::failure::{index_error, write_error};
use super::layout::Layout;
use super::location::Location;
use super::recovery::recover_pointer;
use super::report::{Observer, Report};
use super::state::{State, take_lock};
use crate::error::{Error, Result};

/// A fresh index has no more segments. One would be the smallest, as a segment has words of its own,
/// but it costs a fifth of the time of building.
const MOST_FRESH_SEGMENTS: usize = 4;
/// Segments of about the same size that are merged into one while an index is built …
const FRESH_SEGMENTS_TOGETHER: usize = 8;
/// … and while it is updated, when each has little to merge.
const SEGMENTS_TOGETHER: usize = 4;
/// Memory that a thread of tantivy's writer fills before it writes a segment, in bytes.
pub(super) const MEMORY_PER_THREAD: usize = 64 << 20;
/// Memory that a thread of tantivy's writer has at the least, in bytes.
const LEAST_WRITER_MEMORY: usize = 16 << 20;
/// A segment of which so much is deleted is written anew.
const MOST_DELETED: f32 = 0.2;

/// What is merged while an index is written.
pub(super) fn merge_policy(fresh: bool) -> Box<dyn MergePolicy> {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(if fresh { FRESH_SEGMENTS_TOGETHER } else { SEGMENTS_TOGETHER });
    policy.set_del_docs_ratio_before_merge(MOST_DELETED);
    Box::new(policy)
}

/// Tidies up after a run, when nothing is merged any more: leaves few segments of a fresh index, and
/// deletes the files of those that were merged, which tantivy keeps until then. `committed`: the
/// segments of the run's commit.
pub(super) fn tidy(
    index: &Index,
    folder: &Path,
    fresh: bool,
    committed: &[SegmentId],
) -> Result<()> {
    let failed = |error: tantivy::TantivyError| index_error(folder, error);
    let segments = index.searchable_segment_ids().map_err(failed)?;
    let most = match Layout::of(index.settings()) {
        Layout::Fast => MOST_FRESH_SEGMENTS,
        Layout::Compact => 1,
    };
    let too_many = fresh && segments.len() > most;
    if !too_many && segments == committed {
        return Ok(());
    }
    let mut writer: IndexWriter =
        index.writer_with_num_threads(1, LEAST_WRITER_MEMORY).map_err(failed)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    if too_many {
        let smallest = smallest(index, most).map_err(failed)?;
        writer.merge(&smallest).wait().map_err(failed)?;
    }
    writer.garbage_collect_files().wait().map_err(failed)?;
    writer.wait_merging_threads().map_err(failed)
}

/// The smallest segments, so many that `most` are left when they are one. Each segment has words of
/// its own, so few are quicker to search and smaller than many.
fn smallest(index: &Index, most: usize) -> tantivy::Result<Vec<SegmentId>> {
    // As long as somebody holds their descriptions, tantivy keeps their files.
    let mut segments = index.searchable_segment_metas()?;
    segments.sort_by_key(|segment| std::cmp::Reverse(segment.num_docs()));
    Ok(segments.iter().skip(most - 1).map(|segment| segment.id()).collect())
}

/// Merges all segments into one, which is the quickest to search, and drops what was deleted.
///
/// # Errors
/// [`Error::NoIndex`] where there is none; [`Error::Index`] where another version of warraq made
/// it; [`Error::Locked`] and [`Error::Io`] as for an update. The index is as it was after any error.
pub fn optimize(
    location: &Location,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let started = Instant::now();
    if !location.exists() {
        return Err(Error::NoIndex(location.folder().to_owned()));
    }
    let _lock = take_lock(location, options, observer)?;
    recover_pointer(location, observer)?;
    let Some(State { folder, index, directory, payload, manifest }) = State::load(location)? else {
        return Err(Error::NoIndex(location.folder().to_owned()));
    };
    if !payload.is_current() {
        let message = "made by another version of warraq: run `warraq index` to build it anew";
        return Err(Error::index(folder, message));
    }
    location.sweep()?;
    merge_all(&index).map_err(|error| directory.explain(write_error(error)))?;
    let unchanged_files = manifest.files.len();
    let (totals, elapsed) = (manifest.totals(), started.elapsed());
    Ok(Report { unchanged_files, totals, elapsed, ..Report::default() })
}

fn merge_all(index: &Index) -> tantivy::Result<()> {
    let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY_PER_THREAD)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let segments = index.searchable_segment_metas()?;
    if segments.len() > 1 || segments.iter().any(|segment| segment.has_deletes()) {
        let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
        // As long as somebody holds their descriptions, tantivy keeps their files.
        drop(segments);
        writer.merge(&ids).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()
}
