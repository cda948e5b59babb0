//! Pictures of the pages that jobs stood on: sealed files, in a folder for each account and in it one for each job, since guests' details are to be seen on
//! them.
//!
//! They lie beside the record, not in it: nothing hangs on them, and a full disk stops no booking. They belong to the
//! machine that ran the job, and go when the guest is forgotten.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use onegent_core::id::{AccountId, JobId};
use onegent_core::port::{Screenshot, ScreenshotInfo};
use onegent_core::text::Text;

use crate::vault::{Purpose, Sealed, Vault};

/// How many pictures of a job are kept. Where there are more, the oldest go.
const MOST: usize = 60;
/// The longest step word in a file's name.
const LONGEST_STEP: usize = 40;

/// Whose a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whose {
    pub account: AccountId,
    pub job: JobId,
}

/// All pictures of one engine.
#[derive(Debug, Clone)]
pub(crate) struct Album {
    folder: PathBuf,
    vault: Arc<Vault>,
}

impl Album {
    /// In this folder; it is made with the first picture.
    pub(crate) fn new(folder: PathBuf, vault: Arc<Vault>) -> Self {
        Self { folder, vault }
    }

    /// Keeps a picture that was taken at this moment, in this step.
    pub(crate) async fn keep(
        &self,
        whose: Whose,
        (at, step): (Timestamp, String),
        jpeg: Vec<u8>,
    ) -> io::Result<()> {
        let vault = Arc::clone(&self.vault);
        self.with(whose, move |folder| {
            let job = whose.job.to_string();
            let sealed = vault.seal(purpose(&job), &STANDARD.encode(jpeg)).map_err(io::Error::other)?;
            make(folder)?;
            let kept = pictures(folder)?;
            let oldest = (kept.len() + 1).saturating_sub(MOST);
            for (_, file) in kept.iter().take(oldest) {
                fs::remove_file(file)?;
            }
            let number = kept.last().map_or(1, |(info, _)| info.number.saturating_add(1));
            write(&folder.join(name(number, at, &step)), sealed.as_str().as_bytes())
        })
        .await
    }

    /// What there is of a job, oldest first.
    pub(crate) async fn list(&self, whose: Whose) -> io::Result<Vec<ScreenshotInfo>> {
        self.with(whose, |folder| Ok(pictures(folder)?.into_iter().map(|(info, _)| info).collect())).await
    }

    /// One picture of a job, or the newest.
    pub(crate) async fn picture(&self, whose: Whose, number: Option<u32>) -> io::Result<Option<Screenshot>> {
        let vault = Arc::clone(&self.vault);
        self.with(whose, move |folder| {
            let mut kept = pictures(folder)?;
            let found = match number {
                Some(number) => kept.into_iter().find(|(info, _)| info.number == number),
                None => kept.pop(),
            };
            let Some((info, file)) = found else { return Ok(None) };
            let sealed = match fs::read_to_string(file) {
                // It made room for a newer one, or was forgotten.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                read => Sealed::kept(read?),
            };
            let job = whose.job.to_string();
            let image: String = vault.unseal(purpose(&job), &sealed).map_err(io::Error::other)?;
            Ok(Some(Screenshot { info, image: STANDARD.decode(image).map_err(io::Error::other)? }))
        })
        .await
    }

    /// The jobs that have a folder.
    pub(crate) async fn jobs(&self) -> io::Result<Vec<Whose>> {
        let root = self.folder.clone();
        blocking(move || {
            let mut jobs = Vec::new();
            for (account, folder) in named::<AccountId>(&root)? {
                jobs.extend(named::<JobId>(&folder)?.into_iter().map(|(job, _)| Whose { account, job }));
            }
            Ok(jobs)
        })
        .await
    }

    /// Throws away all pictures of a job.
    pub(crate) async fn forget(&self, whose: Whose) -> io::Result<()> {
        self.with(whose, remove).await
    }

    /// Throws away all pictures of an account.
    pub(crate) async fn forget_account(&self, account: AccountId) -> io::Result<()> {
        let folder = self.folder.join(account.to_string());
        blocking(move || remove(&folder)).await
    }

    async fn with<T: Send + 'static>(
        &self,
        whose: Whose,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = self.folder.join(whose.account.to_string()).join(whose.job.to_string());
        blocking(move || work(&folder)).await
    }
}

/// A picture opens for its own job alone.
fn purpose(job: &str) -> Purpose<'_> {
    Purpose { what: "picture", whose: job }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Makes a folder, and those around it, for their owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

fn write(file: &Path, sealed: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A half-written one has another name, and is no picture.
    let half = file.with_extension("part");
    options.open(&half)?.write_all(sealed)?;
    fs::rename(&half, file)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What lies in a folder under an id's name.
fn named<I: FromStr>(folder: &Path) -> io::Result<Vec<(I, PathBuf)>> {
    let id = |path: &Path| path.file_name()?.to_str()?.parse().ok();
    Ok(entries(folder)?.into_iter().filter_map(|path| Some((id(&path)?, path))).collect())
}

/// What lies in a folder; nothing where there is none.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The pictures in a job's folder, oldest first.
fn pictures(folder: &Path) -> io::Result<Vec<(ScreenshotInfo, PathBuf)>> {
    let mut pictures: Vec<_> =
        entries(folder)?.into_iter().filter_map(|file| Some((info(&file)?, file))).collect();
    pictures.sort_by_key(|(info, _)| info.number);
    Ok(pictures)
}

/// Number, moment and step make the name: `0007-1767225600000-guest_details.sealed`.
fn name(number: u32, at: Timestamp, step: &str) -> String {
    let plain = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_';
    let step: String = step.chars().filter(plain).take(LONGEST_STEP).collect();
    format!("{number:04}-{}-{step}.sealed", at.as_millisecond())
}

fn info(file: &Path) -> Option<ScreenshotInfo> {
    let name = file.file_name()?.to_str()?.strip_suffix(".sealed")?;
    let (number, rest) = name.split_once('-')?;
    let (millis, step) = rest.split_once('-')?;
    Some(ScreenshotInfo {
        number: number.parse().ok()?,
        taken_at: Timestamp::from_millisecond(millis.parse().ok()?).ok()?,
        step: Text::fit(step).or_else(|| Text::fit("page"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    fn album(dir: &tempfile::TempDir) -> Album {
        let vault = Vault::open(&dir.path().join("onegent.key"), Arc::new(SystemEntropy)).unwrap();
        Album::new(dir.path().join("screenshots"), Arc::new(vault))
    }

    fn job(n: u8) -> Whose {
        let account = AccountId::generate(Timestamp::UNIX_EPOCH, [n; 10]);
        Whose { account, job: JobId::generate(Timestamp::UNIX_EPOCH, [n; 10]) }
    }

    fn folder(album: &Album, whose: Whose) -> PathBuf {
        album.folder.join(whose.account.to_string()).join(whose.job.to_string())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn pictures_are_kept_in_order_and_the_oldest_make_room() {
        let dir = tempfile::tempdir().unwrap();
        let album = album(&dir);
        assert!(album.list(job(1)).await.unwrap().is_empty());
        assert!(album.picture(job(1), None).await.unwrap().is_none());
        for n in 1..=62_u8 {
            album.keep(job(1), (at(n.into()), "guest_details".to_owned()), vec![n]).await.unwrap();
        }
        let listed = album.list(job(1)).await.unwrap();
        let numbers: Vec<_> = listed.iter().map(|info| info.number).collect();
        assert_eq!(numbers, (3..=62).collect::<Vec<u32>>());
        assert_eq!((listed[0].taken_at, listed[0].step.as_str()), (at(3), "guest_details"));
        assert_eq!(album.picture(job(1), None).await.unwrap().unwrap().image, [62]);
        assert_eq!(album.picture(job(1), Some(7)).await.unwrap().unwrap().image, [7]);
        assert!(album.picture(job(1), Some(2)).await.unwrap().is_none());
        assert!(album.list(job(2)).await.unwrap().is_empty(), "each job has its own");
    }

    #[tokio::test]
    async fn a_step_s_word_makes_no_path_and_its_absence_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let album = album(&dir);
        for step in ["../../etc/passwd", "", "Ünlesbar-7"] {
            album.keep(job(1), (at(1), step.to_owned()), vec![1]).await.unwrap();
        }
        let steps: Vec<_> = album.list(job(1)).await.unwrap().into_iter().map(|info| info.step).collect();
        assert_eq!(steps.iter().map(Text::as_str).collect::<Vec<_>>(), ["etcpasswd", "page", "nlesbar7"]);
        assert_eq!(fs::read_dir(&album.folder).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn jobs_with_pictures_are_found_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let album = album(&dir);
        for (n, second) in [(1, 10), (2, 10), (2, 30)] {
            album.keep(job(n), (at(second), "review".to_owned()), vec![n]).await.unwrap();
        }
        fs::create_dir(album.folder.join("not-a-job")).unwrap();
        let mut jobs = album.jobs().await.unwrap();
        jobs.sort_by_key(|whose| whose.job);
        assert_eq!(jobs, [job(1), job(2)]);
        album.forget(job(1)).await.unwrap();
        album.forget(job(1)).await.unwrap();
        assert!(album.list(job(1)).await.unwrap().is_empty());
        assert_eq!(album.list(job(2)).await.unwrap().len(), 2);
        album.forget_account(job(2).account).await.unwrap();
        assert!(album.list(job(2)).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_lies_on_the_disk_is_sealed_for_its_job() {
        let dir = tempfile::tempdir().unwrap();
        let album = album(&dir);
        album.keep(job(1), (at(1), "search".to_owned()), b"a page".to_vec()).await.unwrap();
        let (_, file) = pictures(&folder(&album, job(1))).unwrap().remove(0);
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("a page") && !text.contains(&STANDARD.encode("a page")), "{text}");
        let other = folder(&album, job(2));
        make(&other).unwrap();
        fs::rename(&file, other.join(file.file_name().unwrap())).unwrap();
        assert!(album.picture(job(2), None).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_on_the_machine_sees_them() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let album = album(&dir);
        album.keep(job(1), (at(1), "search".to_owned()), vec![1]).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = folder(&album, job(1));
        assert_eq!([&album.folder, folder.parent().unwrap(), &folder].map(mode), [0o700; 3]);
        assert_eq!(mode(&pictures(&folder).unwrap()[0].1), 0o600);
    }
}
