//! The user's own tables, to be held for as long as engines ask them.

use super::expand::UserTables;
use crate::crosslingual::{Synonyms, UserDictionary};

/// What says what words become, beside what is built in.
#[derive(Default)]
pub struct Tables {
    pub dictionary: Option<UserDictionary>,
    pub synonyms: Option<Synonyms>,
}

impl Tables {
    pub fn borrow(&self) -> UserTables<'_> {
        UserTables { dictionary: self.dictionary.as_ref(), synonyms: self.synonyms.as_ref() }
    }
}
