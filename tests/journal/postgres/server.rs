//! A PostgreSQL server for the tests: the one that a variable names, or one in a temporary folder that ends with this process.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Environment variable with the URL of a server, whose schemas the tests create and leave.
pub(crate) const VARIABLE: &str = "VIDEOGEN_TEST_POSTGRES";
/// Environment variable that turns a missing server into a failure.
const REQUIRED: &str = "VIDEOGEN_TEST_POSTGRES_REQUIRED";
/// Users that the server may run as if the tests run as root, which it refuses.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// A server, and a database in it.
pub(crate) struct Server {
    url: String,
    own: Option<Own>,
}

/// A server of this process.
struct Own {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<&'static str>,
    /// Ends the server and removes the folder when this process has ended, however it ends.
    _watcher: Child,
}

/// The server that all tests of this process share. Prints that a test is skipped if there is none.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var(VARIABLE) {
        Ok(url) => Some(Server { url, own: None }),
        Err(_) => Server::start(),
    });
    if server.is_none() {
        assert!(
            std::env::var_os(REQUIRED).is_none(),
            "{REQUIRED} is set, and there is no PostgreSQL: install it, or name a server in {VARIABLE}"
        );
        let _ = writeln!(
            std::io::stderr(),
            "skipped: PostgreSQL is not installed; install it, or name a server in {VARIABLE}"
        );
    }
    server.as_ref()
}

impl Server {
    /// Starts a server, if PostgreSQL is installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("", &[])
    }

    /// The same with settings, and files in its data.
    pub(crate) fn start_with(settings: &str, files: &[(&str, &str)]) -> Option<Self> {
        let programs = programs()?;
        let is_root = is_root();
        let user = USERS.into_iter().find(|user| is_root && exists(user));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // Not in a private folder: another user must reach it.
        let name = format!("videogen-postgres-{}-{port}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        if let Some(user) = user {
            let owned = Command::new("chown").arg(user).arg(&folder).status().unwrap();
            assert!(owned.success());
        }
        let own = Own {
            _watcher: watch(&programs, &folder, user),
            programs,
            folder,
            port,
            user,
        };
        let data = own.data();
        own.run(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                "videogen",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
            ],
        );
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nmax_connections = 400\n{settings}",
            own.folder.display()
        );
        own.write("postgresql.auto.conf", &settings);
        for (name, text) in files {
            own.write(name, text);
        }
        let server = Self {
            url: format!("postgresql://videogen@127.0.0.1:{port}/postgres?sslmode=disable"),
            own: Some(own),
        };
        server.up();
        Some(server)
    }

    /// The URL of its database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The URL with a schema.
    pub(crate) fn schema(&self, name: &str) -> String {
        let join = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{join}options=-csearch_path%3D{name}", self.url)
    }

    /// The port of a server of this process.
    pub(crate) fn port(&self) -> u16 {
        self.own.as_ref().expect("a server of this process").port
    }

    /// Starts it, and waits until it answers.
    pub(crate) fn up(&self) {
        let own = self.own.as_ref().expect("a server of this process");
        let log = format!("{}/log", own.folder.display());
        own.run("pg_ctl", &["-D", &own.data(), "-w", "-t", "60", "-l", &log, "start"]);
    }

    /// Stops it: `fast`, or `immediate` as in a crash.
    pub(crate) fn down(&self, mode: &str) {
        let own = self.own.as_ref().expect("a server of this process");
        own.run("pg_ctl", &["-D", &own.data(), "-w", "-m", mode, "stop"]);
    }
}

impl Own {
    fn data(&self) -> String {
        format!("{}/data", self.folder.display())
    }

    /// Writes a file of its data, which its owner alone may read.
    fn write(&self, name: &str, text: &str) {
        let mut written = self.command("sh");
        let script = "umask 077; cat > \"$1\"";
        written
            .args(["-c", script, "sh"])
            .arg(format!("{}/{name}", self.data()));
        let mut written = written.stdin(Stdio::piped()).spawn().unwrap();
        written.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(written.wait().unwrap().success());
    }

    /// A program, run by the user of the server.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        command(self.user, program)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = self.command(self.programs.join(program));
        // The server keeps what it inherits.
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.current_dir("/").status().unwrap();
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(status.success(), "{program} {arguments:?}: {log}");
    }
}

fn command(user: Option<&str>, program: impl AsRef<std::ffi::OsStr>) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    }
}

fn watch(programs: &Path, folder: &Path, user: Option<&str>) -> Child {
    let script = "cat >/dev/null; \"$1\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"";
    let mut watcher = command(user, "sh");
    watcher
        .args(["-c", script, "sh"])
        .arg(programs.join("pg_ctl"))
        .arg(folder);
    // It reads until this process has ended.
    watcher
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    watcher.spawn().unwrap()
}

/// The folder of the programs: in the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn exists(user: &str) -> bool {
    let mut id = Command::new("id");
    id.arg(user).stdout(Stdio::null()).stderr(Stdio::null());
    id.status().unwrap().success()
}
