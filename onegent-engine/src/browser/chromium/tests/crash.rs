//! Browsers and pages that end in the middle.

use super::*;

#[tokio::test]
async fn a_killed_browser_is_started_again() {
    let mut scene = Scene::at("/near").await;
    let first = scene.browser.crash().await;
    let lost = scene.page.observe().await;
    assert!(matches!(lost, Err(PageError::Gone)), "{lost:?}");
    scene.page = open(&scene.browser, scene.site.origins()).await;
    scene.go("/near").await;
    assert_eq!(scene.seen().await.title, "Near");
    let second = scene.browser.running().await.unwrap().process.as_ref().map(Process::id).unwrap();
    assert_ne!(first, second);
    scene.browser.close().await;
    drop(scene.page);
    until(|| !lives(second)).await;
}

#[tokio::test]
async fn a_browser_elsewhere_is_used_and_reached_again() {
    let profile = tempfile::tempdir().unwrap();
    let mut far = Far::start(profile.path());
    let source = Source::Remote(far.url(profile.path()).await);
    let config = ChromiumConfig { source, ..ChromiumConfig::default() };
    let browser = ChromiumBrowser::new(&config, Arc::new(SystemClock)).unwrap();
    let site = Site::open().await;
    for _ in 0..2 {
        let mut page = open(&browser, site.origins()).await;
        let Verdict::Allowed(entry) = Gate::new().entry(site.url("/near")) else { panic!("no entry") };
        page.act(entry).await.unwrap();
        assert_eq!(page.observe().await.unwrap().title, "Near");
        // The line breaks; the next visit calls again.
        browser.running().await.unwrap().wire.end();
        assert!(matches!(page.observe().await, Err(PageError::Gone)));
    }
    far.end();
}

/// A browser elsewhere lets go of what waits in it when the line breaks: not the submit, whose context goes first.
#[tokio::test]
async fn a_browser_elsewhere_sends_no_submit_when_the_line_breaks() {
    let profile = tempfile::tempdir().unwrap();
    let mut far = Far::start(profile.path());
    let source = Source::Remote(far.url(profile.path()).await);
    let config = ChromiumConfig { source, ..ChromiumConfig::default() };
    let browser = ChromiumBrowser::new(&config, Arc::new(SystemClock)).unwrap();
    let site = Site::open().await;
    let page = open(&browser, site.origins()).await;
    let mut scene = Scene { browser, page, gate: Gate::new(), site };
    let armed = scene.fill_in(scene.site.url("/guest")).await;
    scene.page.arm(&armed).await.unwrap();
    scene.browser.running().await.unwrap().wire.end();
    // By the time the browser shows another page, it has cleared up behind the first visit.
    scene.page = open(&scene.browser, scene.site.origins()).await;
    scene.go("/near").await;
    assert!(scene.site.written().is_empty(), "{:?}", scene.site.written());
    far.end();
}

/// A browser that somebody else started.
struct Far(std::process::Child);

impl Far {
    fn start(profile: &std::path::Path) -> Self {
        use std::os::unix::process::CommandExt as _;
        let program = launch::find(None).unwrap();
        let data = format!("--user-data-dir={}", profile.display());
        let flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", &data];
        let mut command = std::process::Command::new(program);
        command.args(flags).process_group(0).stderr(std::process::Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// Where it says that it listens.
    async fn url(&self, profile: &std::path::Path) -> Url {
        let read = || std::fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        until(|| read().contains('\n')).await;
        let text = read();
        let (port, path) = text.split_once('\n').unwrap();
        format!("ws://127.0.0.1:{port}{path}").parse().unwrap()
    }

    fn end(&mut self) {
        kill(self.0.id());
        self.0.wait().unwrap();
    }
}

fn group(id: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(id.try_into().unwrap()).unwrap()
}

fn kill(id: u32) {
    rustix::process::kill_process_group(group(id), rustix::process::Signal::KILL).unwrap();
}

/// Whether a process of a group still runs. Those that nobody has buried don't.
fn lives(group: u32) -> bool {
    let stat = |entry: std::fs::DirEntry| std::fs::read_to_string(entry.path().join("stat")).ok();
    std::fs::read_dir("/proc").unwrap().flatten().filter_map(stat).any(|stat| {
        // After the name in brackets: state, parent, group.
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[0] != "Z" && fields[2] == group.to_string()
    })
}

/// Asks until it is so; what a foreign process does gives no other signal.
async fn until(is_so: impl Fn() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..1500 {
        ticks.tick().await;
        if is_so() {
            return;
        }
    }
    panic!("it is never so")
}
