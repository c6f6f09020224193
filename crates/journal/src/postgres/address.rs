//! The URL of a journal's database. Its password is shown nowhere.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::system;

/// The schema of the tables, unless the URL names one.
const SCHEMA: &str = "videogen";
/// Environment variable with the password, as for PostgreSQL's own programs.
const PASSWORD: &str = "PGPASSWORD";
const CONNECT: Duration = Duration::from_secs(10);
/// How long sent data may stay unacknowledged.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Characters to escape in the name of a schema.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');
/// Parameters that the database's client reads.
const KNOWN: [&str; 17] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
];

/// How the server's certificate is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verification {
    /// Not at all: the connection is encrypted, and the server may be another one.
    None,
    /// Against the certificates of the platform, and for the name of the host.
    Platform,
    /// Against the certificates in a PEM file, and for the name of the host.
    File(PathBuf),
}

/// Where a journal is.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) verification: Verification,
    pub(super) schema: String,
    /// The URL without user, password and parameters, except a schema that is not the usual one.
    pub(super) name: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn rest(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_known = ["postgres", "postgresql"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then_some(rest)
}

impl Address {
    /// Parses a URL.
    ///
    /// # Errors
    /// What is wrong, without any part of the URL that may belong to a password.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let rest = rest(url).ok_or("it does not begin with postgresql://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        if rest[..end].matches('@').count() > 1 || rest[end..].contains('@') {
            return Err(
                "percent-encode special characters in the user name and password, such as %40 for @".to_owned(),
            );
        }
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let mut kept = Vec::new();
        let (mut mode, mut root) = (None, None);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match key {
                "sslmode" => mode = Some(decoded(value)?),
                "sslrootcert" => root = Some(decoded(value)?),
                key if KNOWN.contains(&key) || key == "load_balance_hosts" => kept.push(parameter),
                key => return Err(format!("unknown parameter `{key}`")),
            }
        }
        let plain = format!("postgresql://{place}?{}", kept.join("&"));
        // The parser's messages quote the URL.
        let mut config: Config = plain
            .trim_end_matches('?')
            .parse()
            .map_err(|_| "a host, port or parameter is not valid")?;
        let verification = tls(&mut config, mode.as_deref(), root)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(
                "it names no host; write postgresql://HOST/DATABASE, or postgresql:///DATABASE?host=/run/postgresql for \
                 a socket"
                    .to_owned(),
            );
        }
        if config.get_password().is_none()
            && let Some(password) = std::env::var_os(PASSWORD)
        {
            config.password(password.as_encoded_bytes());
        }
        if config.get_application_name().is_none() {
            config.application_name("videogen");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED);
        }
        if !kept.iter().any(|parameter| parameter.starts_with("keepalives")) {
            config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE);
        }
        let schema = schema(config.get_options());
        Ok(Self {
            verification,
            name: name(&config, &schema),
            schema,
            config,
        })
    }
}

fn decoded(value: &str) -> Result<String, String> {
    let text = percent_decode_str(value).decode_utf8();
    text.map(|text| text.into_owned())
        .map_err(|_| "a parameter is not UTF-8".to_owned())
}

fn tls(config: &mut Config, mode: Option<&str>, root: Option<String>) -> Result<Verification, String> {
    let (ssl, verification) = match mode {
        Some("disable") => (SslMode::Disable, Verification::None),
        None | Some("prefer") => (SslMode::Prefer, Verification::None),
        Some("require") => (SslMode::Require, Verification::None),
        Some("verify-full") => {
            let file = root.clone().filter(|root| root != "system");
            let verification = file.map_or(Verification::Platform, |file| Verification::File(file.into()));
            (SslMode::Require, verification)
        }
        Some(_) => return Err("invalid sslmode: use disable, prefer, require or verify-full".to_owned()),
    };
    if root.is_some() && mode != Some("verify-full") {
        return Err("sslrootcert has no effect without sslmode=verify-full".to_owned());
    }
    config.ssl_mode(ssl);
    Ok(verification)
}

/// The first schema of a `search_path` in the options, such as `-c search_path=NAME`. As in SQL, a name is in lower case unless
/// it is quoted.
fn schema(options: Option<&str>) -> String {
    let path = options.and_then(|options| options.split_once("search_path="));
    let first = path.map(|(_, path)| path.split([' ', ',']).next().unwrap_or_default());
    match first.map(|first| (first, first.trim_matches('"'))) {
        Some((first, name)) if !name.is_empty() && first == name => name.to_ascii_lowercase(),
        Some((_, name)) if !name.is_empty() => name.to_owned(),
        _ => SCHEMA.to_owned(),
    }
}

/// The URL without user, password and parameters, except the folder of a socket, and a schema that is not the usual one.
fn name(config: &Config, schema: &str) -> String {
    let ports = config.get_ports();
    let mut parameters = Vec::new();
    let mut hosts = Vec::new();
    for (number, host) in config.get_hosts().iter().enumerate() {
        let port = ports.get(number).or(ports.first()).filter(|port| **port != 5432);
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        match system::host_or_socket(host) {
            Ok(host) => hosts.push(format!("{host}{port}")),
            Err(path) => parameters.push(format!("host={}", path.display())),
        }
    }
    if hosts.is_empty() && parameters.is_empty() {
        hosts.extend(config.get_hostaddrs().iter().map(ToString::to_string));
    }
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    if schema != SCHEMA {
        // A name in upper case is quoted, as in the URL that it is from.
        let quotes = if schema.to_ascii_lowercase() == schema {
            ""
        } else {
            "%22"
        };
        let schema = utf8_percent_encode(schema, ESCAPED);
        parameters.push(format!("options=-csearch_path%3D{quotes}{schema}{quotes}"));
    }
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!(
        "postgresql://{}/{database}{mark}{}",
        hosts.join(","),
        parameters.join("&")
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_name_has_no_password() {
        for (url, name) in [
            ("postgres://u:hunter2@db.example/jobs", "postgresql://db.example/jobs"),
            (
                "POSTGRESQL://u@a:6432,b/jobs?sslmode=require",
                "postgresql://a:6432,b/jobs",
            ),
            ("postgres://a/jobs?password=hunter2&user=u", "postgresql://a/jobs"),
            (
                "postgres:///jobs?host=/run/postgresql",
                "postgresql:///jobs?host=/run/postgresql",
            ),
            ("postgres://u:hunter%402@a", "postgresql://a/u"),
            (
                "postgres://u@a/jobs?options=-c%20search_path%3DTeam_A,public&sslmode=disable",
                "postgresql://a/jobs?options=-csearch_path%3Dteam_a",
            ),
            (
                "postgres:///jobs?host=/run/pg&options=-csearch_path%3D%22Team%22",
                "postgresql:///jobs?host=/run/pg&options=-csearch_path%3D%22Team%22",
            ),
            (
                "postgres://a/jobs?options=-csearch_path%3Dvideogen",
                "postgresql://a/jobs",
            ),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.name, name);
            // It can be pasted.
            assert_eq!(Address::parse(name).unwrap().schema, address.schema, "{url}");
            assert!(!format!("{address:?}").contains("hunter"), "{address:?}");
        }
        for (url, word) in [
            ("postgres://u:hunter@2@db/jobs", "%40"),
            ("postgres://u:hunter/2@db/jobs", "%40"),
            ("postgres://u:hunter?2@db/jobs", "%40"),
            ("postgres://u:hunter#2@db/jobs", "%40"),
            ("postgres://u:hunter2@db:x/jobs", "port"),
            ("postgres://u:hunter2@db/jobs?sslmode=verify-ca", "verify-full"),
            ("postgres://u:hunter2@db/jobs?sslrootcert=a.pem", "verify-full"),
            ("postgres://u:hunter2@db/jobs?shards=3", "`shards`"),
            ("postgres:///jobs", "no host"),
            ("mysql://u:hunter2@db/jobs", "postgresql://"),
        ] {
            let error = Address::parse(url).unwrap_err();
            assert!(error.contains(word) && !error.contains("hunter"), "{url}: {error}");
        }
    }

    #[test]
    fn a_url_selects_schema_and_tls() {
        let of = |parameters: &str| Address::parse(&format!("postgres://db/jobs?{parameters}")).unwrap();
        assert_eq!(of("").schema, "videogen");
        assert_eq!(of("options=-c%20search_path%3DTeam,public").schema, "team");
        assert_eq!(
            of("options=-csearch_path%3D%22Team%22%20-c%20geqo%3Doff").schema,
            "Team"
        );
        for (parameters, mode, verification) in [
            ("", SslMode::Prefer, Verification::None),
            ("sslmode=disable", SslMode::Disable, Verification::None),
            ("sslmode=require", SslMode::Require, Verification::None),
            ("sslmode=verify-full", SslMode::Require, Verification::Platform),
            (
                "sslmode=verify-full&sslrootcert=/etc/a%20b.pem",
                SslMode::Require,
                Verification::File("/etc/a b.pem".into()),
            ),
        ] {
            let address = of(parameters);
            assert_eq!(address.config.get_ssl_mode(), mode, "{parameters}");
            assert_eq!(address.verification, verification, "{parameters}");
        }
    }
}
