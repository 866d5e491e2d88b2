//! The colours, in one place. All are among the eight that follow the terminal's own theme.

use std::fmt;

use anstyle::{AnsiColor, Style};

pub const TITLE: Style = Style::new().bold();
pub const GROUP: Style = Style::new().bold().underline();
pub const FILE: Style = AnsiColor::Magenta.on_default();
pub const LINE: Style = AnsiColor::Green.on_default();
pub const MATCH: Style = AnsiColor::Red.on_default().bold();
pub const LABEL: Style = AnsiColor::Cyan.on_default();
pub const CONTEXT: Style = Style::new().dimmed();
pub const DIM: Style = Style::new().dimmed();

/// Text between a style's beginning and its end.
pub struct Styled<'a> {
    pub style: Style,
    pub text: &'a str,
}

impl fmt::Display for Styled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.style;
        write!(f, "{style}{}{style:#}", self.text)
    }
}
