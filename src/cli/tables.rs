//! The files of the user's own that say what words become.

use super::args::TableArgs;
use super::tell::say;
use crate::crosslingual::{Synonyms, read_dictionary, read_synonyms};
use crate::error::Result;
use crate::search::Tables;

/// Reads the files that are named. Lines of synonyms that cannot be used are said on standard
/// error.
///
/// # Errors
/// A file cannot be read or is none of its kind.
pub fn read_tables(args: &TableArgs) -> Result<Tables> {
    let tables = Tables {
        dictionary: args.translate_dict.as_deref().map(read_dictionary).transpose()?,
        synonyms: args.synonyms.as_deref().map(read_synonyms).transpose()?,
    };
    if let Some((told, more)) = tables.synonyms.as_ref().map(Synonyms::problems) {
        for problem in told {
            say(problem);
        }
        if more > 0 {
            say(format_args!("the synonyms have {more} more lines like these"));
        }
    }
    Ok(tables)
}
