//! The benchmark server: a separate process with fixed responses, so that its work is in no figure.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use videogen::Vendor;

use crate::bodies::{VENDORS, accepted, completed, page, path};
use crate::result::Result;

/// Chunk size of files, in bytes.
const PIECE: usize = 256 * 1024;

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Its address, such as `127.0.0.1:4711`.
    pub address: String,
}

impl Server {
    /// Starts this program again, as a server.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        Self::spawn(Command::new(std::env::current_exe()?).arg("serve"))
    }

    /// Starts it with TLS and a new certificate for `localhost`, which is written to a file.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_tls(certificate: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::spawn(command.arg("serve").arg("--certificate").arg(certificate))
    }

    fn spawn(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let output = child.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self {
            child,
            address: address.trim().to_owned(),
        })
    }

    /// The base URL of a vendor at this server.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same of one with TLS.
    #[must_use]
    pub fn tls_base_url(&self) -> String {
        let port = self.address.rsplit(':').next().unwrap_or_default();
        format!("https://localhost:{port}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its standard input is closed.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The prepared bodies.
struct Bodies {
    vendors: Vec<VendorBodies>,
    tasks: AtomicUsize,
}

struct VendorBodies {
    vendor: Vendor,
    task: Vec<u8>,
    /// By their queries.
    pages: [(&'static str, Vec<u8>); 2],
}

/// Serves until standard input ends. Prints its address first. With a file for a certificate, it serves TLS.
///
/// # Errors
/// When it cannot listen.
pub fn serve(certificate: Option<&Path>) -> Result<()> {
    let tls = certificate.map(tls).transpose()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let bytes = |value: serde_json::Value| value.to_string().into_bytes();
    let bodies = Arc::new(Bodies {
        vendors: VENDORS
            .into_iter()
            .map(|vendor| {
                let pages = ["limit=100", "limit=1"];
                VendorBodies {
                    vendor,
                    task: bytes(completed(vendor, 0)),
                    pages: [(pages[0], bytes(page(vendor, 100))), (pages[1], bytes(page(vendor, 1)))],
                }
            })
            .collect(),
        tasks: AtomicUsize::new(0),
    });
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let (bodies, tls) = (Arc::clone(&bodies), tls.clone());
            std::thread::spawn(move || {
                // Clients may close the connection early.
                let _ = connection(&socket, tls, &bodies);
            });
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Settings with a new certificate, which is written to a file.
fn tls(certificate: &Path) -> Result<Arc<ServerConfig>> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    std::fs::write(certificate, cert.pem())?;
    Ok(Arc::new(config))
}

fn connection(socket: &TcpStream, tls: Option<Arc<ServerConfig>>, bodies: &Bodies) -> Result<()> {
    socket.set_nodelay(true)?;
    match tls {
        Some(tls) => answer(StreamOwned::new(ServerConnection::new(tls)?, socket), bodies),
        None => answer(socket, bodies),
    }
}

fn answer(socket: impl Read + Write, bodies: &Bodies) -> Result<()> {
    let mut input = BufReader::new(socket);
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (is_post, target) = (
            line.starts_with("POST"),
            line.split(' ').nth(1).unwrap_or_default().to_owned(),
        );
        let mut length = 0;
        loop {
            line.clear();
            input.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse()?;
            }
        }
        std::io::copy(&mut (&mut input).take(length), &mut std::io::sink())?;
        if let Some(bytes) = target.strip_prefix("/file/") {
            file(input.get_mut(), bytes.parse()?)?;
            continue;
        }
        let (place, query) = target.split_once('?').unwrap_or((&target, ""));
        let known = bodies
            .vendors
            .iter()
            .find(|known| place.starts_with(path(known.vendor)));
        let VendorBodies { vendor, task, pages } = known.ok_or("no such vendor")?;
        let made;
        let body = if is_post {
            made = accepted(*vendor, bodies.tasks.fetch_add(1, Ordering::Relaxed)).to_string();
            made.as_bytes()
        } else {
            pages
                .iter()
                .find(|(limit, _)| query == *limit)
                .map_or(task, |(_, page)| page)
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        input.get_mut().write_all(&[head.as_bytes(), body].concat())?;
    }
}

/// Sends a valid MP4 file of the given size.
fn file(socket: &mut impl Write, bytes: u64) -> Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: \"1\"\r\nContent-Length: {bytes}\r\n\r\n");
    socket.write_all(head.as_bytes())?;
    let mut boxes = b"\0\0\0\x08ftyp\0\0\0\x08moov\0\0\0\x01mdat".to_vec();
    boxes.extend((bytes - 16).to_be_bytes());
    socket.write_all(&boxes)?;
    let (piece, mut left) = (vec![0x5a; PIECE], bytes - boxes.len() as u64);
    while left > 0 {
        let part = left.min(PIECE as u64) as usize;
        socket.write_all(&piece[..part])?;
        left -= part as u64;
    }
    Ok(())
}
