//! Bounds that a measure must reach: `ndcg@10=0.60`.

use std::fmt;
use std::str::FromStr;

use super::lines::quoted;
use super::measures::Measure;

/// Sums of the same values in another order must not fail a bound.
const TOLERANCE: f64 = 1e-9;

/// The least value that the average of a measure may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    pub measure: Measure,
    /// From 0 to 1.
    pub least: f64,
}

/// A bound that was not reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateFailure {
    pub gate: Gate,
    /// `None` if the measure was not measured.
    pub value: Option<f64>,
}

/// Reads `measure=bound`.
impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Gate, String> {
        let (measure, bound) = text.split_once('=').ok_or_else(|| {
            format!("{} is not of the form measure=value, like ndcg@10=0.60", quoted(text))
        })?;
        let measure = measure.parse()?;
        let least: Option<f64> = bound.trim().parse().ok();
        match least {
            Some(least) if (0.0..=1.0).contains(&least) => Ok(Gate { measure, least }),
            _ => Err(format!("the bound {} is not a number from 0 to 1", quoted(bound))),
        }
    }
}

impl fmt::Display for GateFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Gate { measure, least } = self.gate;
        match self.value {
            Some(value) => write!(f, "{measure} is {value:.6}, below {least}"),
            None => write!(f, "{measure} was not measured"),
        }
    }
}

/// The measures together with those that the bounds are about, each once.
pub fn with_gates(measures: &[Measure], gates: &[Gate]) -> Vec<Measure> {
    let all: Vec<Measure> =
        measures.iter().copied().chain(gates.iter().map(|gate| gate.measure)).collect();
    super::evaluation::without_repetitions(&all)
}

/// The bounds that are not reached, in their order. `average` gives the value of a measure if it
/// was measured; what was not measured fails.
pub fn check_gates(gates: &[Gate], average: impl Fn(Measure) -> Option<f64>) -> Vec<GateFailure> {
    let checked = gates.iter().map(|&gate| GateFailure { gate, value: average(gate.measure) });
    checked
        .filter(|GateFailure { gate, value }| {
            !value.is_some_and(|value| value + TOLERANCE >= gate.least)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read() {
        let gate = Gate { measure: Measure::Ndcg(10), least: 0.6 };
        assert_eq!("ndcg@10=0.60".parse(), Ok(gate));
        assert_eq!(" ndcg@10 = .6 ".parse(), Ok(gate));
        for bad in
            ["ndcg@10", "ndcg@10=", "ndcg@10=60", "map=-0.1", "map=NaN", "map=inf", "x=0.5", ""]
        {
            assert!(bad.parse::<Gate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_below_or_was_not_measured_fails() {
        let gates = ["map=0.5", "p@5=0.3", "hit@1=0.2"].map(|gate| gate.parse::<Gate>().unwrap());
        let average = |measure| match measure {
            Measure::Map => Some(0.1 + 0.2 + 0.2),
            Measure::Precision(5) => Some(0.299_999),
            _ => None,
        };
        let failures = check_gates(&gates, average);
        let told: Vec<String> = failures.iter().map(GateFailure::to_string).collect();
        assert_eq!(told, ["p@5 is 0.299999, below 0.3", "hit@1 was not measured"]);
        assert_eq!(check_gates(&gates[..1], |_| Some(f64::NAN)).len(), 1);
    }

    #[test]
    fn bounds_are_measured_as_well() {
        let gates = ["map=0.5", "hit@1=0.2"].map(|gate| gate.parse::<Gate>().unwrap());
        assert_eq!(
            with_gates(&[Measure::Ndcg(10), Measure::Map], &gates),
            [Measure::Ndcg(10), Measure::Map, Measure::Hit(1)]
        );
    }
}
