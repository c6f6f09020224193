//! The journal's file: which paths can hold a journal, and its creation for its owner only.

use std::fs::OpenOptions;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::name::{is_mistyped_url, url};
use crate::system;

/// How long a process waits for another one's commit.
pub(crate) const BUSY: Duration = Duration::from_secs(30);
/// The longest pause between its attempts, which is SQLite's: a file that is free for less time may never be found free.
pub(crate) const RETRIED: Duration = Duration::from_millis(100);
/// Pages copied at a time, and the pause between.
const PAGES: i32 = 4096;
const PAUSE: Duration = Duration::ZERO;
/// Maximum size of a copy in memory, in bytes.
const IN_MEMORY: i64 = 16 << 20;
/// Characters to escape in the path of an SQLite URI.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');
/// Maximum number of symbolic links followed to a file that does not exist yet.
const LINKS: usize = 40;

/// Rejects paths that SQLite can open but that do not outlive the process: a repeated key would pay twice.
///
/// # Errors
/// Why `path` cannot hold a journal, and what to do.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    let text = path.to_string_lossy();
    let is_uri = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    if text.is_empty() {
        return Err("the path is empty; name a file".to_owned());
    }
    if text.eq_ignore_ascii_case(":memory:") {
        return Err("a journal in memory is lost when the process ends; name a file".to_owned());
    }
    if is_uri {
        return Err("SQLite URIs are not supported; name the file by its path".to_owned());
    }
    if url(path).is_some() {
        return Err("it is the URL of a database; open it with `Store`, or name a file".to_owned());
    }
    if is_mistyped_url(path) {
        return Err(
            "the URL of a database begins with postgresql://; write a path that looks like another URL with ./ in front"
                .to_owned(),
        );
    }
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Err("it is a directory; name a file".to_owned()),
        Ok(metadata) if !metadata.is_file() => Err("it is not a regular file; name one".to_owned()),
        Ok(metadata) => match system::links(&metadata) {
            0 => Err("the file has been deleted; name another one".to_owned()),
            1 => Ok(()),
            // SQLite derives the name of the write-ahead log from that of the file.
            count => Err(format!(
                "the file has {count} names (hard links), each with its own write-ahead log, so a submission under one \
                 is not seen under another; keep one name, and use symbolic links for the others"
            )),
        },
        // Other errors are reported by opening it.
        Err(_) => Ok(()),
    }
}

/// Creates the file and its directories for their owner only, whatever the umask, because it contains prompts. Symbolic
/// links are followed. An existing file keeps its mode, and is not opened: closing it would release the
/// locks that this process has on it.
pub(crate) fn create(path: &Path) -> std::io::Result<()> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if path.exists() {
            return Ok(());
        }
        if let Some(directory) = path.parent() {
            create_directory(directory)?;
        }
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        system::owner_only(&mut options);
        match options.open(&path) {
            Ok(file) => {
                return system::restrict(&file);
            }
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            // A dangling link, or a file that another process has just created.
            Err(_) => match path.read_link() {
                Ok(target) => path = path.parent().map_or(target.clone(), |parent| parent.join(target)),
                Err(_) => return Ok(()),
            },
        }
    }
    Err(Error::other("too many symbolic links"))
}

fn create_directory(path: &Path) -> std::io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_directory(parent)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    system::owner_only_folder(&mut builder);
    match builder.create(path) {
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => system::restrict_folder(path),
    }
}

/// A connection that reads the journal's file without changing it.
pub(crate) struct Reader {
    pub(crate) connection: Connection,
    /// Whether SQLite takes no locks, and assumes that no process writes: one that begins to is seen by opening the file again.
    pub(crate) is_immutable: bool,
}

/// Opens the journal for reading.
pub(crate) fn read(path: &Path) -> rusqlite::Result<Reader> {
    let shared = reader(path, OpenFlags::empty()).map(|connection| Reader {
        connection,
        is_immutable: false,
    });
    shared.or_else(|error| {
        // Without a write-ahead log no process is writing, and the file is complete. With one, the file alone would
        // show an older state.
        let mut log = path.canonicalize().unwrap_or_else(|_| path.to_owned()).into_os_string();
        log.push("-wal");
        if Path::new(&log).metadata().is_ok_and(|log| log.len() > 0) {
            return Err(error);
        }
        // No lock file can be created next to it, for example.
        let name = percent_encode(path.as_os_str().as_encoded_bytes(), ESCAPED);
        let uri = format!("file:{name}?immutable=1");
        Ok(Reader {
            connection: reader(Path::new(&uri), OpenFlags::SQLITE_OPEN_URI)?,
            is_immutable: true,
        })
    })
}

fn reader(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | flags)?;
    connection.busy_timeout(BUSY)?;
    // SQLite opens the files at the first read.
    connection.query_row("PRAGMA user_version", [], |_| Ok(()))?;
    Ok(connection)
}

/// Copies the journal to memory; a large one to a file that SQLite deletes when it is closed.
pub(crate) fn copy(source: &Connection) -> rusqlite::Result<Connection> {
    let number = |sql: &str| source.query_row(sql, [], |row| row.get::<_, i64>(0));
    let bytes = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
    let mut copy = if bytes > IN_MEMORY {
        Connection::open("")?
    } else {
        Connection::open_in_memory()?
    };
    Backup::new(source, &mut copy)?.run_to_completion(PAGES, PAUSE, None)?;
    Ok(copy)
}
