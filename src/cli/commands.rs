//! `warraq completions` and `warraq man`.

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::{Outcome, print};
use crate::error::Result;

/// Prints completions for a shell.
pub fn completions(args: &CompletionsArgs) -> Result<Outcome> {
    let mut command = Cli::command();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "warraq", &mut script);
    print(|out| out.write_all(&script))?;
    Ok(Outcome::Found)
}

/// Prints the manual page, with every subcommand.
pub fn manual() -> Result<Outcome> {
    let mut command = Cli::command();
    command.build();
    print(|out| {
        clap_mangen::Man::new(command.clone()).render(out)?;
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let name = format!("warraq-{}", sub.get_name());
            let page = sub.clone().name(name.clone()).display_name(name);
            let page = clap_mangen::Man::new(page);
            writeln!(out, ".SH \"WARRAQ {}\"", sub.get_name().to_uppercase())?;
            page.render_synopsis_section(out)?;
            page.render_description_section(out)?;
            page.render_options_section(out)?;
            page.render_extra_section(out)?;
        }
        Ok(())
    })?;
    Ok(Outcome::Found)
}
