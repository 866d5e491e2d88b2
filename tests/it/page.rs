//! The page of `warraq serve` in a real browser: headless Chromium, driven by its WebDriver.
//!
//! Where `chromedriver` is not installed these tests say so and are passed over, unless
//! `WARRAQ_BROWSER=required`, as CI has it. On Debian: `apt-get install chromium chromium-driver`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::server::{Server, encoded};
use crate::support::{Desk, HAENGJU, PATIENCE, PYONGYANG_1593, skip};

/// A child that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first line of a child's output that `holds`, as what it makes of it. The rest is read on, so
/// that the child never waits for a reader.
fn line_of<T: Send + 'static>(
    output: impl std::io::Read + Send + 'static,
    holds: impl Fn(&str) -> Option<T> + Send + 'static,
) -> T {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(found) = holds(&line) {
                let _ = tell.send(found);
            }
        }
    });
    told.recv_timeout(PATIENCE).expect("the line came")
}

/// A browser that looks at the page of a desk's index.
struct Page {
    browser: Client,
    server: Server,
    driver_port: u16,
    _driver: Killed,
}

/// Runs a test in a browser of its own, `width` pixels wide, that prefers a language; not where
/// there is none.
fn browse(desk: &Desk, width: u32, language: &str, test: impl AsyncFnOnce(&Page)) {
    if Command::new("chromedriver").arg("--version").output().is_err() {
        let required = std::env::var("WARRAQ_BROWSER").is_ok_and(|value| value == "required");
        assert!(!required, "chromedriver is not installed");
        skip("no chromedriver (on Debian: apt-get install chromium chromium-driver)");
        return;
    }
    let server = Server::start(desk, &["--watch"]);
    let mut driver = Command::new("chromedriver");
    driver.args(["--port=0", "--log-level=SEVERE"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = Killed(driver.spawn().unwrap());
    let port = line_of(driver.0.stdout.take().unwrap(), |line| {
        line.strip_suffix('.')?.rsplit_once("on port ")?.1.parse::<u16>().ok()
    });
    let profile = tempfile::tempdir().unwrap();
    let capabilities = json!({
        "goog:chromeOptions": {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                format!("--window-size={width},900"),
                format!("--user-data-dir={}", profile.path().display()),
            ],
            "prefs": {"intl.accept_languages": language},
            // Windows cannot be made narrow; what they show can.
            "mobileEmulation": {"deviceMetrics": {"width": width, "height": 900, "pixelRatio": 1.0, "mobile": false}},
        },
        "goog:loggingPrefs": {"browser": "ALL"},
    });
    let Value::Object(capabilities) = capabilities else { unreachable!("it is one") };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let browser = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        let page = Page { browser, server, driver_port: port, _driver: driver };
        test(&page).await;
        // Chromium ends by its driver's doing, before its profile goes.
        let _ = page.browser.clone().close().await;
    });
}

impl Page {
    async fn open(&self, path: &str) {
        self.browser.goto(&self.server.url(path)).await.unwrap();
    }

    /// What a piece of JavaScript returns.
    async fn js(&self, script: &str) -> Value {
        self.browser
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a piece of JavaScript returns something true, and gives it.
    async fn wait(&self, script: &str) -> Value {
        let started = Instant::now();
        loop {
            let value = self.js(script).await;
            if value != Value::Null
                && value != json!(false)
                && value != json!(0)
                && value != json!("")
            {
                return value;
            }
            if started.elapsed() > PATIENCE {
                let shown = self.js("return document.body.innerText").await;
                panic!("still waiting: {script}\nthe page shows: {shown}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Types as a person does, letter by letter.
    async fn type_keys(&self, keys: &str) {
        let focused = self.browser.active_element().await.unwrap();
        for key in keys.chars() {
            focused.send_keys(&key.to_string()).await.unwrap();
        }
    }

    async fn press(&self, key: Key) {
        let focused = self.browser.active_element().await.unwrap();
        focused.send_keys(&String::from(char::from(key))).await.unwrap();
    }

    async fn click(&self, css: &str) {
        self.browser.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    /// Searches for something by its address, and waits until hits are shown.
    async fn search(&self, query: &str) {
        self.open(&format!("/?q={}", encoded(query))).await;
        self.wait("return document.querySelectorAll('[data-testid=hit]').length").await;
    }

    /// Demands that the page wrote no error to its console.
    async fn has_no_errors(&self) {
        let session = self.browser.session_id().await.unwrap().unwrap();
        let url = format!("http://127.0.0.1:{}/session/{session}/se/log", self.driver_port);
        let read = move || {
            let mut response = ureq::post(&url).send_json(json!({"type": "browser"})).unwrap();
            response.body_mut().read_json::<Value>().unwrap()
        };
        let log = tokio::task::spawn_blocking(read).await.unwrap();
        let lines = log["value"].as_array().unwrap().iter();
        let errors: Vec<&Value> = lines.filter(|line| line["level"] == "SEVERE").collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

const HITS: &str = "return document.querySelectorAll('[data-testid=hit]').length";
const FIRST_TITLE: &str =
    "return document.querySelector('[data-testid=hit] [data-testid=hit-link]')?.textContent";

#[test]
fn what_is_typed_is_found_with_its_words_marked() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.open("/").await;
        // The empty box shows what is there.
        page.wait("return document.querySelectorAll('[data-testid=article-entry]').length === 4")
            .await;
        page.click("#q").await;
        page.type_keys("Konishi retreat").await;
        page.wait("return new URL(location).searchParams.get('q') === 'Konishi retreat'").await;
        page.wait("return document.querySelector('[data-testid=hit]')").await;
        let marks = "return [...document.querySelectorAll('[data-testid=snippet] mark')].map((mark) => mark.textContent.toLowerCase())";
        page.wait(&format!("{marks}.some((word) => word.startsWith('retreat'))")).await;
        let marked = page.js(marks).await;
        for mark in marked.as_array().unwrap() {
            let mark = mark.as_str().unwrap();
            let known = ["konishi", "retreat", "withdr", "كونيشي", "انسحاب"];
            assert!(known.iter().any(|word| mark.contains(word)), "{mark}");
        }
        assert_eq!(page.js(FIRST_TITLE).await, "Siege of Pyongyang (1593)");
        // Somebody who cannot see hears how many there are.
        page.wait(
            "const total = document.querySelector('[data-testid=total]').textContent.split(' ')[0];
            return document.querySelector('[role=status]').textContent.includes(total)",
        )
        .await;
        page.has_no_errors().await;
    });
}

#[test]
fn the_newest_answer_is_shown_however_fast_one_types() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.open("/").await;
        page.click("#q").await;
        page.type_keys("Pyongyang castle monks").await;
        for _ in 0.."castle monks".len() {
            page.press(Key::Backspace).await;
        }
        page.type_keys("rice").await;
        page.wait("return new URL(location).searchParams.get('q') === 'Pyongyang rice'").await;
        let expected = "const done = arguments[arguments.length - 1];
            fetch('/api/v1/search?q=Pyongyang+rice').then((response) => response.json()).then((answer) => done(answer.hits.map((hit) => hit.id)))";
        let expected = page.browser.execute_async(expected, Vec::new()).await.unwrap();
        let shown =
            "[...document.querySelectorAll('[data-testid=hit]')].map((hit) => hit.dataset.key)";
        page.wait(&format!("return JSON.stringify({shown}) === '{expected}'")).await;
        // And it stays: nothing older comes after it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(page.js(&format!("return {shown}")).await, expected);
    });
}

#[test]
fn from_a_hit_to_its_article_and_back() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.search("rice Pyongyang 1593").await;
        let before = page.js(HITS).await;
        let chosen =
            page.js("return document.querySelector('[data-testid=hit]').dataset.key").await;
        page.click("[data-testid=hit-link]").await;
        page.wait("return document.querySelector('[data-testid=article-title]')").await;
        assert_eq!(page.js("return location.pathname").await, "/article");
        // The hit is what one sees, marked, with the words of the query.
        page.wait(
            "const hit = document.querySelector('#article [aria-current]');
            if (!hit) return false;
            const {top, bottom} = hit.getBoundingClientRect();
            return bottom > 0 && top < innerHeight && hit.querySelector('mark') !== null",
        )
        .await;
        page.wait("return document.querySelectorAll('[data-testid=infobox] th, [data-testid=infobox] dt').length > 3").await;
        page.js("history.back()").await;
        page.wait(HITS).await;
        assert_eq!(page.js("return location.pathname").await, "/");
        assert_eq!(page.js(HITS).await, before);
        assert_eq!(
            page.js("return document.querySelector('#q').value").await,
            "rice Pyongyang 1593"
        );
        // A link that was shared leads to the same place.
        let shared = format!(
            "/article?id={PYONGYANG_1593}&q=Konishi&passage={}",
            chosen.as_str().unwrap().replace('#', "%23")
        );
        page.open(&shared).await;
        page.wait("return document.querySelector('#article mark')").await;
        page.has_no_errors().await;
    });
}

#[test]
fn the_interface_and_each_card_have_their_own_direction() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.search("Busan حصار").await;
        assert_eq!(page.js("return document.documentElement.dir").await, "ltr");
        let directions = "const of = (lang) => {
                const snippet = document.querySelector(`[data-testid=snippet][lang=${lang}]`);
                return snippet && getComputedStyle(snippet).direction;
            };
            return [of('en'), of('ar')]";
        assert_eq!(page.js(directions).await, json!(["ltr", "rtl"]));
        let titles = "return [...document.querySelectorAll('.hit-title')].map((title) =>
            [title.lang, getComputedStyle(title).direction].join()).sort().filter((each, at, all) => each !== all[at - 1])";
        assert_eq!(page.js(titles).await, json!(["ar,rtl", "en,ltr"]));
        page.click("#ui-switch").await;
        page.wait("return document.documentElement.dir === 'rtl' && document.documentElement.lang === 'ar'").await;
        page.wait("return /[ء-ي]/.test(document.querySelector('[data-testid=total]').textContent)")
            .await;
        assert_eq!(page.js(directions).await, json!(["ltr", "rtl"]));
        // The facets stand on the other side.
        let side = page.js("return document.querySelector('#facets').getBoundingClientRect().left > innerWidth / 2").await;
        assert_eq!(side, true);
        assert_eq!(page.js("return new URL(location).searchParams.get('ui')").await, "ar");
        // It is remembered.
        page.open("/").await;
        page.wait("return document.documentElement.dir === 'rtl'").await;
        page.has_no_errors().await;
    });
}

#[test]
fn whoever_prefers_arabic_gets_it() {
    browse(&Desk::indexed(), 1280, "ar", async |page| {
        page.search("حصار هانجو").await;
        assert_eq!(page.js("return document.documentElement.dir").await, "rtl");
        let first = page.js("return document.querySelector('[data-testid=hit]').dataset.key").await;
        assert!(first.as_str().unwrap().starts_with(HAENGJU), "{first}");
    });
}

#[test]
fn the_keyboard_is_enough() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.open("/").await;
        page.wait("return document.querySelector('[data-testid=article-entry]')").await;
        page.js("document.activeElement.blur()").await;
        page.press_anywhere("/").await;
        page.wait("return document.activeElement.id === 'q'").await;
        page.type_keys("Konishi").await;
        page.wait("return new URL(location).searchParams.get('q') === 'Konishi'").await;
        page.wait("return document.querySelector('main').getAttribute('aria-busy') !== 'true'")
            .await;
        page.wait(HITS).await;
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        page.press(Key::Up).await;
        page.wait(
            "return document.activeElement === document.querySelector('[data-testid=hit-link]')",
        )
        .await;
        page.press(Key::Enter).await;
        page.wait(
            "return location.pathname === '/article' && document.querySelector('#article mark')",
        )
        .await;
        page.press_anywhere(&String::from(char::from(Key::Escape))).await;
        page.wait("return location.pathname === '/' && document.querySelectorAll('[data-testid=hit]').length").await;
        page.press_anywhere("/").await;
        page.wait("return document.activeElement.id === 'q'").await;
        page.press(Key::Escape).await;
        page.wait("return document.querySelector('#q').value === ''").await;
        page.has_no_errors().await;
    });
}

impl Page {
    /// Presses a key where nothing in particular has the focus.
    async fn press_anywhere(&self, key: &str) {
        self.browser.find(Locator::Css("body")).await.unwrap().send_keys(key).await.unwrap();
    }
}

#[test]
fn results_are_narrowed_by_what_they_have_in_common() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.search("siege").await;
        let total = "return document.querySelector('[data-testid=total]').textContent";
        let all = page.js(total).await;
        let entry = page.js("const entry = [...document.querySelectorAll('[data-testid=facet-lang] [data-testid=facet-entry]')].find((entry) => entry.textContent.includes('Arabic'));
            const count = entry.querySelector('.facet-count').textContent; entry.click(); return count").await;
        page.wait("return document.querySelectorAll('[data-testid=chip]').length === 1").await;
        page.wait(&format!("{total} !== {all}")).await;
        let narrowed = page.js(total).await;
        assert!(
            narrowed.as_str().unwrap().starts_with(entry.as_str().unwrap()),
            "{narrowed} {entry}"
        );
        let others = page
            .js("return document.querySelectorAll('[data-testid=snippet]:not([lang=ar])').length")
            .await;
        assert_eq!(others, 0);
        assert_eq!(page.js("return new URL(location).searchParams.get('filter')").await, "lang:ar");
        page.click("[data-testid=chip]").await;
        page.wait(&format!("{total} === {all}")).await;
    });
}

#[test]
fn what_a_word_became_can_be_switched_off() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.search("retreat").await;
        let arabic = "document.querySelectorAll('[data-testid=snippet][lang=ar]').length";
        page.wait(&format!("return {arabic}")).await;
        page.click("[data-testid=words-summary]").await;
        // Translations, one by one.
        loop {
            let clicked = page
                .js("const boxes = [...document.querySelectorAll('[data-testid=expansion]')];
                const box = boxes.find((box) => box.checked && /[ء-ي]/.test(box.dataset.without));
                box?.click(); return box ? box.dataset.without : null")
                .await;
            let Some(term) = clicked.as_str() else { break };
            page.wait(&format!(
                "return new URL(location).searchParams.getAll('without').includes({})",
                json!(term)
            ))
            .await;
        }
        page.wait(&format!("return {arabic} === 0")).await;
        // Their switches are still there, and the way back.
        page.wait("return [...document.querySelectorAll('[data-testid=expansion]')].some((box) => !box.checked)").await;
        page.js("document.querySelectorAll('[data-testid=expansion]:not(:checked)').forEach((box) => box.click())").await;
        page.wait(&format!("return {arabic}")).await;
    });
}

#[test]
fn documents_are_text_whatever_they_hold() {
    let desk = Desk::empty();
    let title = "<img src=x onerror=\"window.hacked=1\"> zephyr \u{202e}gpj";
    desk.write("articles/a.md", format!("# {title}\n\n## <script>window.hacked=2</script>\n\nA zephyr & <b onclick=alert(1)>bold</b> &lt;i&gt; [x](javascript:alert(2)).\n"));
    desk.write("articles/b.jsonl", json!({"id": "z\"><script>window.hacked=3</script>", "title": "<svg onload=window.hacked=4>", "text": "The zephyr again", "url": "javascript:window.hacked=5"}).to_string());
    desk.run(["index", "articles"]).exits(0);
    browse(&desk, 1280, "en", async |page| {
        page.search("zephyr").await;
        assert_eq!(page.js(HITS).await, 2);
        let foreign = "return document.querySelectorAll('#results img, #results script, #results svg, #results b, #article img, #article script, #article svg, #article b').length";
        assert_eq!(page.js(foreign).await, 0);
        let titles = page.js("return [...document.querySelectorAll('[data-testid=hit-link]')].map((link) => link.textContent)").await;
        assert!(titles.to_string().contains("<svg onload=window.hacked=4>"), "{titles}");
        let links = page.js("return [...document.querySelectorAll('a')].filter((link) => link.href.startsWith('javascript')).length").await;
        assert_eq!(links, 0);
        for place in 0..2 {
            page.search("zephyr").await;
            page.js(&format!(
                "document.querySelectorAll('[data-testid=hit-link]')[{place}].click()"
            ))
            .await;
            page.wait("return document.querySelector('#article mark')").await;
            assert_eq!(page.js(foreign).await, 0);
        }
        assert_eq!(page.js("return window.hacked ?? null").await, Value::Null);
    });
}

#[test]
fn what_is_indexed_meanwhile_appears_by_itself() {
    let desk = Desk::empty();
    desk.write("articles/a.txt", "A zephyr blew over the harbour.\n");
    desk.run(["index", "articles"]).exits(0);
    browse(&desk, 1280, "en", async |page| {
        page.search("zephyr").await;
        assert_eq!(page.js(HITS).await, 1);
        // The server watches.
        desk.write("articles/b.txt", "Another zephyr came from the sea.\n");
        page.wait("return document.querySelectorAll('[data-testid=hit]').length === 2").await;
        assert_eq!(page.js("return document.querySelector('#q').value").await, "zephyr");
    });
}

#[test]
fn narrow_screens_show_everything_without_scrolling_sideways() {
    for language in ["en", "ar"] {
        browse(&Desk::indexed(), 360, language, async |page| {
            let fits =
                "return document.documentElement.scrollWidth <= innerWidth && innerWidth <= 360";
            page.open("/").await;
            page.wait("return document.querySelector('[data-testid=article-entry]')").await;
            assert_eq!(page.js(fits).await, true, "the empty box, {language}");
            page.search("Busan حصار").await;
            page.js(
                "document.querySelectorAll('details').forEach((part) => { part.open = true; })",
            )
            .await;
            assert_eq!(page.js(fits).await, true, "results, {language}");
            page.click("[data-testid=hit-link]").await;
            page.wait("return document.querySelector('#article mark')").await;
            assert_eq!(page.js(fits).await, true, "an article, {language}");
        });
    }
}

#[test]
fn everything_has_a_name_and_a_place() {
    browse(&Desk::indexed(), 1280, "en", async |page| {
        page.search("Busan حصار").await;
        let nameless = "return [...document.querySelectorAll('a, button, input, select')]
            .filter((element) => element.getClientRects().length > 0)
            .filter((element) => !(element.textContent.trim() || element.getAttribute('aria-label') || element.labels?.length))
            .map((element) => element.outerHTML)";
        assert_eq!(page.js(nameless).await, json!([]));
        for landmark in
            ["header", "main", "[role=search]", "nav[aria-label]", "[role=status][aria-live]"]
        {
            let there = format!("return document.querySelector('{landmark}') !== null");
            assert_eq!(page.js(&there).await, true, "{landmark}");
        }
        let ids = "const ids = [...document.querySelectorAll('[id]')].map((element) => element.id); return ids.length - new Set(ids).size";
        assert_eq!(page.js(ids).await, 0);
    });
}
