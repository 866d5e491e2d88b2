use crate::error::Problem;
use serde_json::*;
use std::io::BufRead;
pub struct QueryLine {
    pub line: u64,
    pub id: Value,
    pub query: String,
    pub options: Map<String, Value>,
}
pub struct QueryReader(std::vec::IntoIter<String>);
impl QueryReader {
    pub fn new(b: Box<dyn BufRead + Send>) -> Self {
        Self(b.lines().map_while(|l| l.ok()).collect::<Vec<_>>().into_iter())
    }
}
impl Iterator for QueryReader {
    type Item = std::result::Result<QueryLine, Problem>;
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|l| {
            let (i, q) = l.split_once('\t').unwrap_or((&l, &l));
            Ok(QueryLine { line: 1, id: Value::from(i), query: q.to_string(), options: Map::new() })
        })
    }
}
