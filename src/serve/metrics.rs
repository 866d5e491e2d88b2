//! Counters for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The upper ends of the steps of times, in seconds.
const STEPS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The pattern of the path, never the path itself: there are few of them.
    route: String,
    status: u16,
}

/// See the module.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    pub search_seconds: Histogram,
    pub partial: Counter,
    pub passages: Gauge,
    pub generation: Gauge<u64, AtomicU64>,
}

impl Metrics {
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("warraq");
        let requests = Family::default();
        let search_seconds = Histogram::new(STEPS);
        let partial = Counter::default();
        let passages = Gauge::default();
        let generation = Gauge::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "search",
            "Time that searches took, without waiting",
            Unit::Seconds,
            search_seconds.clone(),
        );
        registry.register(
            "partial",
            "Searches that were stopped by their deadline",
            partial.clone(),
        );
        registry.register("passages", "Passages in the index", passages.clone());
        registry.register("generation", "States of the index since the start", generation.clone());
        Metrics { registry, requests, search_seconds, partial, passages, generation }
    }

    /// Counts a response.
    pub fn answered(&self, route: &str, status: StatusCode) {
        let labels = Answered { route: route.to_owned(), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
    }

    pub fn searched(&self, took: Duration) {
        self.search_seconds.observe(took.as_secs_f64());
    }

    /// All of them in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
