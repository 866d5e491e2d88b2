//! Numbers of things, as a sentence says them.

/// A number with a comma between groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How many there are of what is called `one`: `1 article`, `1234 articles`.
pub fn counted(number: u64, one: &str) -> String {
    format!("{number} {}", plural(number, one))
}

/// The same with [`grouped`] digits: `1,234 articles`.
pub fn counted_in_groups(number: u64, one: &str) -> String {
    format!("{} {}", grouped(number), plural(number, one))
}

fn plural(number: u64, one: &str) -> String {
    if number == 1 { one.to_owned() } else { format!("{one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(0, "file"), "0 files");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(12_340, "passage"), "12340 passages");
        assert_eq!(counted_in_groups(12_340, "passage"), "12,340 passages");
        assert_eq!([grouped(1_000_000), grouped(999)], ["1,000,000", "999"]);
    }
}
