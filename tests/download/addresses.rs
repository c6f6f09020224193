//! Links to hosts that are not allowed.
//!
//! Links are followed here with a proxy in the environment, which receives and counts every connection, to any
//! host. The environment belongs to a process, so the links are followed in a child of the test.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use videogen::{Client, ClientBuilder, ErrorKind, RetryPolicy, Vendor};

use super::{FileServer, Reply, Run, local, task};

const PART: &str = "VIDEOGEN_TEST_PART";

/// Networks that are not public, each with some addresses.
const IPV4: &[&str] = &[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
];

const OTHERS: &[&str] = &[
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:7f00:1]",
    "[::7f00:1]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[4000::1]",
    "[8000::1]",
    "[64:ff9b:1:fffe::1]",
    "[2606:4700::5efe:127.0.0.1]",
    "[2606:4700::200:5efe:127.0.0.1]",
    "localhost",
    "localhost.",
    "localhost..",
    "LOCALHOST",
    "a.localhost",
    "metadata",
    "metadata.google.internal",
    "metadata.google.internal.",
    "metadata.google.internal..",
    "127.0.0.1..",
    "printer.local",
    "nas.home.arpa",
    "user@8.8.8.8",
    "user:pass@8.8.8.8",
    "8.8.8.8@10.0.0.1",
    "8.8.8.8:1@[::1]",
    "files.example.com@127.0.0.1",
    "0",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0177.1",
    "017700000001",
    "0x7f000001",
    "0300.0250.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "①⑦②.16.0.1",
];

/// An IPv4 address in every spelling that some parser accepts.
fn spellings(text: &str) -> Vec<String> {
    let address: Ipv4Addr = text.parse().unwrap();
    let [a, b, c, d] = address.octets();
    let bits = address.to_bits();
    let (high, low) = (bits >> 16, bits & 0xffff);
    vec![
        text.to_owned(),
        format!("{text}."),
        format!("{bits}"),
        format!("0x{bits:x}"),
        format!("0{bits:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{}", bits & 0xff_ffff),
        format!("{a}.{b}.{low}"),
        format!("[::ffff:{text}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[::{text}]"),
        format!("[::ffff:0:{text}]"),
        format!("[64:ff9b::{text}]"),
        format!("[64:ff9b:1::{text}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:{high:x}:{low:x}::1]"),
        text.chars()
            .map(|c| {
                c.to_digit(10)
                    .map_or(c, |digit| char::from_u32(0xff10 + digit).unwrap())
            })
            .collect(),
        text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
    ]
}

fn forbidden() -> Vec<String> {
    let mut hosts: Vec<String> = IPV4.iter().flat_map(|address| spellings(address)).collect();
    hosts.extend(OTHERS.iter().map(|host| (*host).to_owned()));
    hosts
}

/// A client of a vendor on another host, with a resolver that answers and counts.
fn builder(answer: &Arc<Mutex<Vec<IpAddr>>>) -> (ClientBuilder, Arc<AtomicUsize>) {
    let (asked, answer) = (Arc::new(AtomicUsize::new(0)), Arc::clone(answer));
    let count = Arc::clone(&asked);
    let builder = Client::builder(Vendor::ALL[0])
        .key("sk-x".to_owned())
        .base_url("https://api.example.com")
        .retry(RetryPolicy::never())
        .dns_resolver(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(answer.lock().unwrap().clone()))
        });
    (builder, asked)
}

/// Follows a link, and returns the error.
async fn follow(client: &Client, link: &str) -> videogen::Error {
    let folder = tempfile::tempdir().unwrap();
    let task = task(client.vendor(), link);
    let error = client.download(&task, folder.path().join("v.mp4")).await.unwrap_err();
    assert!(super::names(folder.path()).is_empty());
    error
}

fn assert_refused(error: &videogen::Error, link: &str) {
    assert_eq!(error.kind(), ErrorKind::Vendor, "{link}: {error}");
    assert!(error.to_string().contains("is not allowed"), "{link}: {error}");
}

#[tokio::test]
async fn in_the_child() {
    let Ok(part) = std::env::var(PART) else { return };
    let (client, asked) = builder(&Arc::default());
    let client = client.build().unwrap();
    match part.as_str() {
        "forbidden" => {
            let hosts = forbidden();
            assert!(hosts.len() >= 200);
            for host in hosts {
                let link = format!("https://{host}/v.mp4?sig=canary");
                let error = follow(&client, &link).await;
                assert_refused(&error, &link);
                assert!(!error.to_string().contains("canary"), "{error}");
            }
            for link in [
                "http://8.8.8.8/v.mp4",
                "ftp://8.8.8.8/v.mp4",
                "file:///etc/passwd",
                "data:video/mp4,x",
                "//8.8.8.8/v.mp4",
                "https://",
                "https://[fe80::1%25eth0]/",
                "https://300.1.1.1/",
                "https://1.1.1.1.1.0x/",
                "",
                "v.mp4",
                "https:///127.0.0.1/",
                "https:\\\\127.0.0.1\\",
                "https://127.0.0.1\\@8.8.8.8/",
                " https://127.0.0.1/",
                "https://\t127.0.0.1/",
                "javascript:alert(1)",
                "gopher://127.0.0.1/",
                "unix:/var/run/docker.sock",
            ] {
                assert_refused(&follow(&client, link).await, link);
            }
            assert_eq!(asked.load(Ordering::SeqCst), 0, "no name had to be resolved");
        }
        // The same links are followed if allowed; the proxy then counts them.
        "control" => {
            for link in [
                "https://8.8.8.8/v.mp4",
                "https://files.example.com/v.mp4",
                "https://[2606:4700::1111]/v.mp4",
            ] {
                let error = follow(&client, link).await;
                assert_eq!(error.kind(), ErrorKind::Transport, "{link}: {error}");
            }
            let anywhere = builder(&Arc::default()).0.allow_private_hosts(true).build().unwrap();
            follow(&anywhere, "https://10.0.0.1/v.mp4").await;
        }
        // Without the proxy, so that names are resolved here.
        "names" => names().await,
        other => panic!("{other}"),
    }
}

async fn names() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let link = format!("https://rebind.test:{}/v.mp4", listener.local_addr().unwrap().port());
    let public: IpAddr = "93.184.216.34".parse().unwrap();
    let answer = Arc::default();
    let (client, asked) = builder(&answer);
    let client = client.build().unwrap();
    let mut bad: Vec<IpAddr> = IPV4.iter().map(|address| address.parse().unwrap()).collect();
    bad.extend(
        ["::1", "fd00:ec2::254", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
            .map(|address| address.parse::<IpAddr>().unwrap()),
    );
    for address in bad {
        // Alone, and among public addresses.
        for hidden in [vec![address], vec![public, address], vec![address, public]] {
            *answer.lock().unwrap() = hidden;
            let error = follow(&client, &link).await;
            assert_refused(&error, &link);
            assert!(error.to_string().contains(&address.to_string()), "{error}");
            // One lookup: there is no second one with another result.
            assert_eq!(asked.swap(0, Ordering::SeqCst), 1);
        }
    }
    assert!(listener.accept().is_err(), "a socket was opened");
    *answer.lock().unwrap() = vec!["127.0.0.1".parse().unwrap()];
    let (client, asked) = builder(&answer);
    let client = client.allow_private_hosts(true).build().unwrap();
    // TLS waits for a response that does not arrive, so the connection is aborted.
    let folder = tempfile::tempdir().unwrap();
    let options = videogen::download::DownloadOptions::default().idle_timeout(std::time::Duration::from_millis(200));
    let task = task(client.vendor(), &link);
    let path = folder.path().join("v.mp4");
    client.download_with(&task, path, options, |_, _| {}).await.unwrap_err();
    assert!(listener.accept().is_ok(), "where it is allowed, a socket is opened");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Runs a part in a child behind a proxy, and counts the connections that the proxy got.
fn connections(part: &str, no_proxy: &str) -> usize {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let counting = std::thread::spawn(move || {
        let mut count = 0;
        loop {
            let (mut socket, _) = proxy.accept().unwrap();
            let mut word = [0; 4];
            std::io::Read::read_exact(&mut socket, &mut word).unwrap();
            if &word == b"stop" {
                return count;
            }
            count += 1;
        }
    });
    let mut child = Command::new(std::env::current_exe().unwrap());
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        child.env_remove(name).env_remove(name.to_uppercase());
    }
    let output = child
        .args(["--exact", "download::addresses::in_the_child", "--nocapture"])
        .env(PART, part)
        .env("HTTPS_PROXY", format!("http://{address}"))
        .env("NO_PROXY", no_proxy)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    std::io::Write::write_all(&mut std::net::TcpStream::connect(address).unwrap(), b"stop").unwrap();
    counting.join().unwrap()
}

#[test]
fn no_socket_is_opened_to_an_address_that_is_not_public() {
    assert_eq!(connections("forbidden", ""), 0);
    assert_eq!(connections("control", ""), 4);
}

#[test]
fn no_socket_is_opened_to_a_name_that_is_not_public() {
    assert_eq!(connections("names", "rebind.test"), 0);
}

/// Redirects are checked like links. The client's vendor is on this machine, so only this machine is
/// allowed.
#[tokio::test]
async fn redirects_are_checked() {
    let client = local();
    for host in forbidden() {
        let target = format!("https://{host}:8443/v.mp4?sig=canary");
        let is_here = url::Url::parse(&target).is_ok_and(|url| match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback() && url.username().is_empty(),
            Some(url::Host::Ipv6(address)) => address.is_loopback() && url.username().is_empty(),
            Some(url::Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
            None => false,
        });
        if is_here {
            continue;
        }
        let to = target.clone();
        let server = FileServer::new(move |_, _| Reply::redirect(&to)).await;
        let error = Run::on(&client, &server).start().await.unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
        // Some of these are not valid header values.
        if target.is_ascii() {
            assert_refused_or_no_url(&error, &target);
        }
        assert!(server.connections() <= 4);
    }
    // These would be counted if they were followed.
    let inner = FileServer::new(|_, _| panic!("it was followed")).await;
    for host in ["0.0.0.0", "[::ffff:127.0.0.1]", "0"] {
        let target = format!("https://{host}:{}/v.mp4", inner.address.port());
        let server = FileServer::new(move |_, _| Reply::redirect(&target)).await;
        assert_refused(&Run::on(&client, &server).start().await.unwrap_err(), host);
    }
    assert_eq!(inner.connections(), 0);
}

fn assert_refused_or_no_url(error: &videogen::Error, target: &str) {
    let nowhere = url::Url::parse(target).is_err() && error.to_string().contains("redirects to nowhere");
    if !nowhere {
        assert_refused(error, target);
    }
}
