//! `warraq eval`: how well an index or a run ranks what judges found relevant.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::args::{EvalArgs, ShowFormat};
use super::config::Config;
use super::search::{deadline, request};
use super::tables::read_tables;
use super::tell::say;
use super::{Outcome, print};
use crate::analysis::Analyzer;
use crate::error::{Error, Problem, Result};
use crate::eval::{
    Comparison, Evaluation, Gate, Measure, NameCase, NameEvaluation, Qrels, QueryLine, QueryReader,
    Run, check_gates, depth_of, judge_name, read_names, spellings_of, table, with_gates,
};
use crate::index::OpenIndex;
use crate::output::id_text;
use crate::output::json::write_line;
use crate::search::hit::round_score;
use crate::search::{Engine, match_names};

/// Passages of each query that are looked at where a measure names no number.
const DEPTH: usize = 1000;

/// Evaluates an index, a run, two runs, or the matching of names.
pub fn eval(config: &Config, args: EvalArgs) -> Result<Outcome> {
    let gates = args
        .fail_under
        .iter()
        .map(|gate| gate.parse().map_err(Error::Usage))
        .collect::<Result<Vec<Gate>>>()?;
    if let Some(path) = &args.names {
        return eval_names(config, &args, path, &gates);
    }
    let asked = if args.measures.is_empty() { &Measure::USUAL } else { args.measures.as_slice() };
    let measures = with_gates(asked, &gates);
    let path = args.qrels.as_ref().ok_or_else(|| usage("give judgements with --qrels FILE"))?;
    let qrels = Qrels::read(&path.to_string_lossy(), open(path)?)?;
    let mut runs = Vec::new();
    for path in &args.run {
        runs.push(Run::read(&path.to_string_lossy(), open(path)?)?);
    }
    if let Some(path) = &args.queries {
        runs.push(search_all(config, &args, path, &measures)?);
    }
    match runs.as_slice() {
        [run] => {
            let evaluation = Evaluation::new(&qrels, run, &measures);
            print(|out| match args.format {
                ShowFormat::Human => table::write_evaluation(out, &evaluation, args.per_query),
                ShowFormat::Json => {
                    write_line(out, &table::evaluation_json(&evaluation, args.per_query))
                }
            })?;
            Ok(check(&gates, |measure| evaluation.average(measure)))
        }
        [a, b] => {
            let comparison = Comparison::new(&qrels, a, b, &measures);
            print(|out| match args.format {
                ShowFormat::Human => table::write_comparison(out, &comparison, args.per_query),
                ShowFormat::Json => {
                    write_line(out, &table::comparison_json(&comparison, args.per_query))
                }
            })?;
            Ok(check(&gates, |measure| comparison.b.average(measure)))
        }
        _ => Err(usage("give --queries FILE or --run FILE, or two of them to compare")),
    }
}

fn usage(message: &str) -> Error {
    Error::Usage(message.to_owned())
}

fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path).map(BufReader::new).map_err(|error| Error::io(path, error))
}

/// Says which values are too low.
fn check(gates: &[Gate], average: impl Fn(Measure) -> Option<f64>) -> Outcome {
    let failures = check_gates(gates, average);
    for failure in &failures {
        say(failure);
    }
    if failures.is_empty() { Outcome::Found } else { Outcome::NothingFound }
}

/// Searches for every query of a file, on all cores.
fn search_all(config: &Config, args: &EvalArgs, path: &Path, measures: &[Measure]) -> Result<Run> {
    let queries = QueryReader::named(path.to_string_lossy(), open(path)?)
        .map(|line| line.map_err(|bad| Error::Problem(bad.problem)))
        .collect::<Result<Vec<QueryLine>>>()?;
    let mut ids = HashSet::new();
    for line in &queries {
        if !ids.insert(id_text(&line.id)) {
            let message = "a query before has the same id";
            let path = path.to_string_lossy();
            return Err(Error::Problem(Problem::new(path, Some(line.line), message)));
        }
    }
    let tables = read_tables(&args.options.tables)?;
    let index = config.open_index()?;
    let depth = depth_of(measures, DEPTH);
    let next = AtomicUsize::new(0);
    let run = Mutex::new(Run::default());
    let work = || -> Result<()> {
        let mut engine = Engine::with_tables(index, tables.borrow());
        while let Some(line) = queries.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut request = request(&args.options, line.query.clone());
            request.plain = true;
            request.limit = depth;
            request.total = false;
            request.correct = false;
            request.snippets = false;
            engine.set_deadline(deadline(&args.options));
            let hits = engine.search(&request)?.hits;
            let ranked =
                hits.into_iter().map(|hit| (hit.id, round_score(hit.score) as f32)).collect();
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

fn eval_names(config: &Config, args: &EvalArgs, path: &Path, gates: &[Gate]) -> Result<Outcome> {
    let cases = read_names(&path.to_string_lossy(), open(path)?)?;
    let evaluation = match_all(config.open_index()?, &cases);
    print(|out| match args.format {
        ShowFormat::Human => table::write_names(out, &evaluation, args.per_query),
        ShowFormat::Json => write_line(out, &table::names_json(&evaluation, args.per_query)),
    })?;
    Ok(check(gates, |measure| evaluation.average(measure)))
}

fn match_all(index: &OpenIndex, cases: &[NameCase]) -> NameEvaluation {
    let mut analyzer = Analyzer::new();
    let mut fold = |text: &str| {
        let words: Vec<String> = analyzer.words(text).into_iter().map(|word| word.form).collect();
        words.join(" ")
    };
    let pool: Vec<String> = spellings_of(cases).into_iter().map(&mut fold).collect();
    let names: Vec<String> = cases.iter().map(|case| fold(&case.name)).collect();
    let found = match_names(index, &names, &pool);
    let judged = cases.iter().zip(&found);
    NameEvaluation {
        names: judged.map(|(case, found)| judge_name(case, found, &mut fold)).collect(),
    }
}
