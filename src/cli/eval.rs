//! `warraq eval`: how well an index or a run ranks what judges found relevant.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::args::{EvalArgs, ShowFormat};
use super::config::Config;
use super::search::{dictionary, request};
use super::{Outcome, print};
use crate::analysis::{Analyzer, attached_prefixes};
use crate::error::{Error, Problem, Result};
use crate::eval::{
    Comparison, Evaluation, Measure, NameCase, Qrels, QueryLine, QueryReader, Run, compare,
    read_names, score_names,
};
use crate::index::OpenIndex;
use crate::output::id_text;
use crate::output::json::write_line;
use crate::search::{Engine, match_names};
use crate::text::sanitize::to_one_line;

/// Passages of each query that are looked at where a measure names no number.
const DEPTH: usize = 1000;

/// A value that must be reached.
struct Gate {
    measure: Measure,
    least: f64,
}

/// Evaluates an index, a run, two runs, or the matching of names.
pub fn eval(config: &Config, args: EvalArgs) -> Result<Outcome> {
    if let Some(path) = &args.names {
        return eval_names(config, &args, path);
    }
    let gates = args.fail_under.iter().map(|gate| parse_gate(gate)).collect::<Result<Vec<_>>>()?;
    let mut measures =
        if args.measures.is_empty() { Measure::USUAL.to_vec() } else { args.measures.clone() };
    for gate in &gates {
        if !measures.contains(&gate.measure) {
            measures.push(gate.measure);
        }
    }
    let path = args.qrels.as_ref().ok_or_else(|| usage("give judgements with --qrels FILE"))?;
    let qrels = Qrels::read(&path.to_string_lossy(), open(path)?)?;
    let mut runs = Vec::new();
    for path in &args.run {
        runs.push(Run::read(&path.to_string_lossy(), open(path)?)?);
    }
    if let Some(path) = &args.queries {
        runs.push(search_all(config, &args, path, &measures)?);
    }
    let evaluations: Vec<Evaluation> =
        runs.iter().map(|run| Evaluation::new(&qrels, run, &measures)).collect();
    let (last, compared) = match evaluations.as_slice() {
        [only] => (only, Vec::new()),
        [a, b] => (b, compare(a, b)),
        _ => return Err(usage("give --queries FILE or --run FILE, or two of them to compare")),
    };
    print(|out| match args.format {
        ShowFormat::Json => write_json(out, last, &compared, args.per_query),
        ShowFormat::Human => write_human(out, last, &compared, args.per_query),
    })?;
    Ok(check(&gates, last))
}

fn usage(message: &str) -> Error {
    Error::Usage(message.to_owned())
}

fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path).map(BufReader::new).map_err(|error| Error::io(path, error))
}

fn parse_gate(text: &str) -> Result<Gate> {
    let bad = || usage(&format!("{text:?}: --fail-under takes MEASURE=VALUE, as ndcg@10=0.60"));
    let (measure, least) = text.split_once('=').ok_or_else(bad)?;
    let least: f64 = least.parse().ok().filter(|least: &f64| least.is_finite()).ok_or_else(bad)?;
    Ok(Gate { measure: measure.parse().map_err(|error: String| usage(&error))?, least })
}

/// Says which values are too low.
fn check(gates: &[Gate], evaluation: &Evaluation) -> Outcome {
    let mut outcome = Outcome::Found;
    for gate in gates {
        let value = evaluation.average(gate.measure).unwrap_or(0.0);
        if value < gate.least {
            eprintln!("warraq: {} is {value:.4}, below {}", gate.measure, gate.least);
            outcome = Outcome::NothingFound;
        }
    }
    outcome
}

/// Searches for every query of a file, on all cores.
fn search_all(config: &Config, args: &EvalArgs, path: &Path, measures: &[Measure]) -> Result<Run> {
    let shown = path.to_string_lossy();
    let queries = QueryReader::new(open(path)?)
        .map(|line| line.map_err(|bad| Error::Problem(Problem { path: shown.to_string(), ..bad })))
        .collect::<Result<Vec<QueryLine>>>()?;
    let dictionary = dictionary(&args.options)?;
    let index = config.open_index()?;
    let depths = measures.iter().map(|measure| measure.depth().unwrap_or(DEPTH));
    let depth = depths.max().unwrap_or(DEPTH);
    let next = AtomicUsize::new(0);
    let run = Mutex::new(Run::default());
    let work = || -> Result<()> {
        let mut engine = Engine::with_dictionary(&index, dictionary.as_ref())?;
        while let Some(line) = queries.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut request = request(&args.options, line.query.clone());
            request.plain = true;
            request.limit = depth;
            request.total = false;
            request.correct = false;
            request.snippets = false;
            let hits = engine.search(&request)?.hits;
            let ranked = hits.into_iter().map(|hit| (hit.id, hit.score as f32)).collect();
            if let Ok(mut run) = run.lock() {
                run.insert(&id_text(&line.id), ranked);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..config.threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(usage("a searching thread failed")))
        })
    })?;
    run.into_inner().map_err(|_| usage("a searching thread failed"))
}

fn write_human(
    out: &mut dyn Write,
    evaluation: &Evaluation,
    compared: &[Comparison],
    per_query: bool,
) -> io::Result<()> {
    if per_query {
        for (query, values) in &evaluation.queries {
            for (measure, value) in evaluation.measures.iter().zip(values) {
                writeln!(out, "{measure:<12} {:<32} {value:.4}", to_one_line(query))?;
            }
        }
    }
    if compared.is_empty() {
        for (measure, value) in evaluation.measures.iter().zip(&evaluation.averages) {
            writeln!(out, "{:<12} {value:.4}", measure.to_string())?;
        }
    } else {
        writeln!(
            out,
            "{:<12} {:>8} {:>8} {:>8} {:>6} {:>6} {:>6} {:>8}",
            "measure", "A", "B", "B-A", "wins", "losses", "ties", "p"
        )?;
        for row in compared {
            writeln!(
                out,
                "{:<12} {:>8.4} {:>8.4} {:>+8.4} {:>6} {:>6} {:>6} {:>8.4}",
                row.measure,
                row.a,
                row.b,
                row.b - row.a,
                row.wins,
                row.losses,
                row.ties,
                row.p_value
            )?;
        }
    }
    writeln!(out, "{:<12} {}", "queries", evaluation.queries.len())
}

fn write_json(
    out: &mut dyn Write,
    evaluation: &Evaluation,
    compared: &[Comparison],
    per_query: bool,
) -> io::Result<()> {
    let values = |values: &[f64]| -> serde_json::Map<String, serde_json::Value> {
        let named = evaluation.measures.iter().zip(values);
        named.map(|(measure, &value)| (measure.to_string(), json!(value))).collect()
    };
    let mut shown = json!({
        "queries": evaluation.queries.len(),
        "averages": values(&evaluation.averages),
    });
    if per_query {
        let each: serde_json::Map<_, _> = evaluation
            .queries
            .iter()
            .map(|(query, of_query)| (query.clone(), json!(values(of_query))))
            .collect();
        shown["per_query"] = json!(each);
    }
    if !compared.is_empty() {
        shown["comparison"] = json!(compared);
    }
    write_line(out, &shown)
}

fn eval_names(config: &Config, args: &EvalArgs, path: &Path) -> Result<Outcome> {
    let cases = read_names(&path.to_string_lossy(), open(path)?)?;
    let index = config.open_index()?;
    let folded = match_all(&index, &cases);
    let pairs = folded.iter().map(|(spellings, found)| (spellings.as_slice(), found.as_slice()));
    let scores = score_names(pairs, attached_prefixes());
    print(|out| match args.format {
        ShowFormat::Json => write_line(out, &scores),
        ShowFormat::Human => {
            if args.per_query {
                for (case, (_, found)) in cases.iter().zip(&folded) {
                    writeln!(out, "{}\t{}", to_one_line(&case.name), found.join(" | "))?;
                }
            }
            writeln!(out, "hit@1        {:.4}", scores.hit_at_1)?;
            writeln!(out, "hit@5        {:.4}", scores.hit_at_5)?;
            writeln!(out, "false/name   {:.4}", scores.false_accepts)?;
            writeln!(out, "names        {}", scores.names)
        }
    })?;
    Ok(Outcome::Found)
}

/// For each name its spellings and its matches, folded.
fn match_all(index: &OpenIndex, cases: &[NameCase]) -> Vec<(Vec<String>, Vec<String>)> {
    let mut analyzer = Analyzer::new();
    let mut fold = |text: &str| {
        let words: Vec<String> = analyzer.words(text).into_iter().map(|word| word.form).collect();
        words.join(" ")
    };
    let spellings: Vec<Vec<String>> = cases
        .iter()
        .map(|case| case.spellings.iter().map(|spelling| fold(spelling)).collect())
        .collect();
    let pool: Vec<String> = spellings.iter().flatten().cloned().collect();
    let names: Vec<String> = cases.iter().map(|case| fold(&case.name)).collect();
    let found = match_names(index, &names, &pool);
    spellings.into_iter().zip(found).collect()
}
