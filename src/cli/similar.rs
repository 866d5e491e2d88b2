//! `warraq similar`: more like this.

use super::Outcome;
use super::args::SimilarArgs;
use super::config::Config;
use super::search::print_answer;
use super::tell::say_unknown_id;
use crate::error::Result;
use crate::search::{Engine, Request};

/// Prints the passages most like one, or like an article.
pub fn similar(config: &Config, args: &SimilarArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let request = Request { limit: args.limit as usize, ..Request::new(&args.id) };
    let answer = Engine::new(index).similar(&args.id, &request)?;
    let Some(answer) = answer else {
        say_unknown_id(&args.id);
        return Ok(Outcome::NothingFound);
    };
    print_answer(config, &answer, args.format, false)
}
