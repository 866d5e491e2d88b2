//! `{{convert}}`: a measure with its value in another unit, as readers see it.

/// A unit: what it is called in the template, how it is written, what it measures, and how many of
/// the base unit it is.
struct Unit {
    names: &'static [&'static str],
    symbol: &'static str,
    measure: Measure,
    factor: f64,
    /// What a measure is given in besides, unless the template says it.
    other: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Length,
    Area,
    Volume,
    Mass,
    Speed,
    Temperature,
    Power,
    Pressure,
    Force,
}

macro_rules! units {
    ($($measure:ident $symbol:literal [$($name:literal),*] $factor:literal -> $other:literal;)*) => {
        &[$(Unit {
            names: &[$symbol, $($name),*],
            symbol: $symbol,
            measure: Measure::$measure,
            factor: $factor,
            other: $other,
        }),*]
    };
}

const UNITS: &[Unit] = units! {
    Length "m" ["metre", "meter", "metres", "meters", "متر"] 1.0 -> "ft";
    Length "km" ["kilometre", "kilometer", "kilometres", "kilometers", "كم"] 1000.0 -> "mi";
    Length "cm" ["centimetre", "centimeter", "سم"] 0.01 -> "in";
    Length "mm" ["millimetre", "millimeter"] 0.001 -> "in";
    Length "mi" ["mile", "miles", "ميل"] 1609.344 -> "km";
    Length "ft" ["foot", "feet", "قدم"] 0.3048 -> "m";
    Length "in" ["inch", "inches", "بوصة"] 0.0254 -> "mm";
    Length "yd" ["yard", "yards"] 0.9144 -> "m";
    Length "nmi" ["nautical mile"] 1852.0 -> "km";
    Length "fathom" ["fathoms", "ftm"] 1.8288 -> "m";
    Length "ly" ["light-year"] 9.4607e15 -> "pc";
    Length "pc" ["parsec"] 3.0857e16 -> "ly";
    Length "AU" ["au"] 1.495978707e11 -> "km";
    Area "km2" ["sqkm", "km²", "كم2"] 1e6 -> "sqmi";
    Area "m2" ["sqm", "m²"] 1.0 -> "sqft";
    Area "sqmi" ["mi2", "sq mi"] 2589988.110336 -> "km2";
    Area "sqft" ["ft2", "sq ft"] 0.09290304 -> "m2";
    Area "ha" ["hectare", "hectares", "هكتار"] 1e4 -> "acre";
    Area "acre" ["acres", "فدان"] 4046.8564224 -> "ha";
    Volume "L" ["l", "litre", "liter", "لتر"] 0.001 -> "USgal";
    Volume "m3" ["m³"] 1.0 -> "cuft";
    Volume "cuft" ["ft3"] 0.028316846592 -> "m3";
    Volume "USgal" ["U.S.gal", "usgal"] 0.003785411784 -> "L";
    Volume "km3" ["km³"] 1e9 -> "cumi";
    Volume "cumi" ["mi3"] 4168181825.44 -> "km3";
    Mass "kg" ["kilogram", "كغ", "كجم"] 1.0 -> "lb";
    Mass "g" ["gram"] 0.001 -> "oz";
    Mass "lb" ["lbs", "pound", "pounds"] 0.45359237 -> "kg";
    Mass "oz" ["ounce"] 0.028349523125 -> "g";
    Mass "t" ["tonne", "tonnes", "طن"] 1000.0 -> "LT";
    Mass "ST" ["short ton"] 907.18474 -> "t";
    Mass "LT" ["long ton"] 1016.0469088 -> "t";
    Speed "km/h" ["kph", "كم/س"] 0.2777777777777778 -> "mph";
    Speed "mph" [] 0.44704 -> "km/h";
    Speed "kn" ["knot", "knots"] 0.5144444444444445 -> "km/h";
    Speed "m/s" [] 1.0 -> "ft/s";
    Speed "ft/s" [] 0.3048 -> "m/s";
    Temperature "°C" ["C", "c"] 1.0 -> "°F";
    Temperature "°F" ["F", "f"] 1.0 -> "°C";
    Temperature "K" [] 1.0 -> "°C";
    Power "hp" ["horsepower"] 745.6998715822702 -> "kW";
    Power "kW" ["kw"] 1000.0 -> "hp";
    Power "MW" [] 1e6 -> "hp";
    Pressure "psi" [] 6894.757293168 -> "kPa";
    Pressure "kPa" [] 1000.0 -> "psi";
    Pressure "bar" [] 1e5 -> "psi";
    Pressure "atm" [] 101325.0 -> "kPa";
    Force "lbf" [] 4.4482216152605 -> "N";
    Force "N" [] 1.0 -> "lbf";
    Force "kN" [] 1000.0 -> "lbf";
};

fn unit(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.names.contains(&name))
}

/// What stands between two values of a range.
fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "-" | "–" | "to" | "and" | "or" | "by" | "x" | "×" | "+/-" | "±" | "to(-)" | "&" | "إلى"
    )
}

/// The measure that the unnamed parameters say: values, a unit, perhaps the unit to convert to.
pub fn render(values: &[&str]) -> String {
    let count = values.iter().take_while(|v| number(v).is_some() || is_joint(v)).count();
    let (amounts, rest) = values.split_at(count);
    let mut words: Vec<&str> = amounts.to_vec();
    let Some(given) = rest.first() else {
        return values.join(" ");
    };
    // `5|ft|11|in`
    if let [amount, inches, more @ ..] = &rest[1..]
        && number(amount).is_some()
        && unit(inches).is_some()
    {
        words.extend([*given, *amount, *inches]);
        words.extend(more.iter().copied().filter(|value| number(value).is_none()));
        return words.join(" ");
    }
    let Some(from) = unit(given) else {
        return values.join(" ");
    };
    words.push(from.symbol);
    let shown = words.join(" ");
    let target = rest.get(1).copied().filter(|name| !name.is_empty() && number(name).is_none());
    let targets: Vec<&str> = target.unwrap_or(from.other).split_whitespace().collect();
    let others = targets.iter().filter_map(|name| {
        let to = unit(name).filter(|to| to.measure == from.measure && to.symbol != from.symbol)?;
        let converted: Vec<String> = amounts
            .iter()
            .map(|value| match number(value) {
                Some(amount) => rounded(convert(amount, from, to), value),
                None => (*value).to_owned(),
            })
            .collect();
        Some(format!("{} {}", converted.join(" "), to.symbol))
    });
    let others: Vec<String> = others.collect();
    if others.is_empty() {
        // The target is no unit that is known here, but it is text.
        return rest.get(1).map_or(shown.clone(), |other| format!("{shown} {other}"));
    }
    format!("{shown} ({})", others.join("; "))
}

/// A value as templates have it: with commas, a fraction, a minus of its own.
fn number(value: &str) -> Option<f64> {
    let plain = value.replace([',', ' '], "").replace('−', "-");
    if let Some((whole, fraction)) = plain.split_once('+') {
        let (over, under) = fraction.split_once('/')?;
        return Some(
            whole.parse::<f64>().ok()? + over.parse::<f64>().ok()? / under.parse::<f64>().ok()?,
        );
    }
    if let Some((over, under)) = plain.split_once('/') {
        return Some(over.parse::<f64>().ok()? / under.parse::<f64>().ok()?);
    }
    let digits = plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
    if digits { plain.parse().ok() } else { None }
}

fn convert(amount: f64, from: &Unit, to: &Unit) -> f64 {
    if from.measure == Measure::Temperature {
        let celsius = match from.symbol {
            "°F" => (amount - 32.0) / 1.8,
            "K" => amount - 273.15,
            _ => amount,
        };
        return match to.symbol {
            "°F" => celsius * 1.8 + 32.0,
            "K" => celsius + 273.15,
            _ => celsius,
        };
    }
    amount * from.factor / to.factor
}

/// With about as many digits as the value had that it was worked out from, at least two.
fn rounded(value: f64, like: &str) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let digits = like.chars().filter(char::is_ascii_digit).collect::<String>();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len().clamp(2, 9) as i32;
    let magnitude = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let decimals = (significant - 1 - magnitude).clamp(-12, 6);
    if decimals > 0 {
        return format!("{value:.*}", decimals as usize);
    }
    let scale = 10f64.powi(-decimals);
    with_commas(&format!("{:.0}", (value / scale).round() * scale))
}

fn with_commas(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn measures_are_shown_in_both_units() {
        for (values, shown) in [
            (&["10", "km", "mi"][..], "10 km (6.2 mi)"),
            (&["240", "mi", "0"], "240 mi (390 km)"),
            (&["5", "to", "10", "ft", "m"], "5 to 10 ft (1.5 to 3.0 m)"),
            (&["1,000", "m"], "1,000 m (3,300 ft)"),
            (&["100", "°C", "°F"], "100 °C (210 °F)"),
            (&["5", "ft", "11", "in", "cm"], "5 ft 11 in cm"),
            (&["3", "furlong"], "3 furlong"),
            (&["7", "km", "verst"], "7 km verst"),
            (&["many"], "many"),
            (&[], ""),
        ] {
            assert_eq!(render(values), shown, "{values:?}");
        }
    }
}
