//! Proxies over real sockets, with an environment of the tests' own: all tests of a process share the real one.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;

use super::*;
use crate::{Client, Delivery, RetryPolicy, TaskId, Vendor, VideoRequest};

fn build(base_url: &str, variables: &[(&str, String)]) -> Result<Client, Error> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let builder = Client::builder(Vendor::ALL[0]).key("sk-test".to_owned());
    let builder = builder.base_url(base_url).allow_http().retry(RetryPolicy::never());
    builder.build_in(&variable)
}

/// Serves one connection after another; the receiver gets the report of `serve` for each.
fn listen(serve: fn(TcpStream) -> String) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, receiver) = channel();
    spawn(move || {
        for socket in listener.incoming().flatten() {
            if sender.send(serve(socket)).is_err() {
                break;
            }
        }
    });
    (address, receiver)
}

/// The head of a request.
fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("a request");
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("ASCII")
}

fn answer(socket: &mut TcpStream) -> String {
    let head = head(socket);
    let body = r#"{"id": "t-1", "status": "queued"}"#;
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    socket.write_all(answer.as_bytes()).expect("a client");
    head
}

fn socks5(mut socket: TcpStream) -> String {
    let exactly = |socket: &mut TcpStream, length: u8| {
        let mut bytes = vec![0; length.into()];
        socket.read_exact(&mut bytes).expect("SOCKS");
        bytes
    };
    let greeting = exactly(&mut socket, 2);
    exactly(&mut socket, greeting[1]);
    socket.write_all(&[5, 0]).expect("a client");
    let request = exactly(&mut socket, 4);
    let host = match request[3] {
        1 => exactly(&mut socket, 4)
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join("."),
        _ => {
            let length = exactly(&mut socket, 1)[0];
            String::from_utf8(exactly(&mut socket, length)).expect("a name")
        }
    };
    let port = exactly(&mut socket, 2);
    socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).expect("a client");
    answer(&mut socket);
    format!("{host}:{}", u16::from_be_bytes([port[0], port[1]]))
}

fn task() -> TaskId {
    TaskId::new(Vendor::ALL[0], Vendor::ALL[0].facts().families[0].name, "t-1").expect("an id")
}

#[tokio::test]
async fn through_a_socks_proxy() {
    let (proxy, seen) = listen(socks5);
    for (variable, scheme, base_url, wanted) in [
        ("ALL_PROXY", "socks5h", "http://vendor.invalid", "vendor.invalid:80"),
        ("all_proxy", "socks5", "http://192.0.2.1:8080", "192.0.2.1:8080"),
        ("HTTP_PROXY", "socks5h", "http://vendor.invalid", "vendor.invalid:80"),
    ] {
        let client = build(base_url, &[(variable, format!("{scheme}://{proxy}"))]).expect("a client");
        assert_eq!(client.get(task()).await.expect("an answer").id, task());
        assert_eq!(seen.recv().expect("a request"), wanted, "{variable}");
    }
}

#[tokio::test]
async fn through_an_http_proxy() {
    let (proxy, seen) = listen(|mut socket| answer(&mut socket));
    for address in [
        format!("http://{proxy}"),
        proxy.to_string(),
        format!(" http://{proxy}/ "),
    ] {
        let client = build("http://vendor.invalid", &[("http_proxy", address)]).expect("a client");
        client.get(task()).await.expect("an answer");
        assert!(
            seen.recv()
                .expect("a request")
                .starts_with("GET http://vendor.invalid/")
        );
    }
}

/// A refused tunnel: nothing was sent, and the error names vendor and proxy, without the password.
#[tokio::test]
async fn errors_name_the_proxy() {
    let (refusing, seen) = listen(|mut socket| {
        let head = head(&mut socket);
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        socket.write_all(refusal.as_bytes()).expect("a client");
        head
    });
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = closed.expect("an address");
    for (proxy, cause) in [(refusing, "the proxy refused the connection"), (closed, "refused")] {
        for scheme in ["http", "socks5h"] {
            if scheme == "socks5h" && proxy == refusing {
                continue;
            }
            let variables = [("HTTPS_PROXY", format!("{scheme}://user:pass-word@{proxy}"))];
            let client = build("https://vendor.invalid", &variables).expect("a client");
            let request = VideoRequest::new(Vendor::ALL[0].default_model(), "a kite");
            let error = client.submit(&request).await.expect_err("no way");
            let text = error.to_string();
            let place = format!("cannot connect to vendor.invalid:443 through the proxy {proxy}: ");
            assert!(text.contains(&place) && text.contains(cause), "{text}");
            assert!(!text.contains("pass-word"), "{text}");
            assert_eq!(error.delivery(), Some(Delivery::NotSent));
        }
    }
    assert!(
        seen.recv()
            .expect("a tunnel")
            .starts_with("CONNECT vendor.invalid:443 ")
    );
}

#[test]
fn a_malformed_proxy_is_an_error() {
    for (value, place) in [
        ("htp://proxy.corp:3128", "htp://proxy.corp:3128: unknown scheme"),
        ("ftp://user:secret@proxy.corp", "ftp://***@proxy.corp: unknown scheme"),
        ("http://", "http://: no valid host"),
        ("http://:3128", "http://:3128: no valid host"),
        ("socks5://:1080", "socks5://:1080: no valid host"),
        ("http://proxy.corp:99999", "http://proxy.corp:99999: no valid host"),
        ("http://user:secret", "http://user:***: no valid host"),
        (
            "http://user:sec ret@proxy.corp:3128",
            "http://***@proxy.corp:3128: invalid URL",
        ),
        ("http://user:sec/ret@proxy.corp:3128", "http://***@proxy.corp:3128: "),
        ("proxy corp", "proxy corp: no valid host"),
        ("proxy.corp\n:3128", "proxy.corp"),
    ] {
        for name in [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ] {
            let variables = [(name, value.to_owned())];
            let error = build("https://vendor.invalid", &variables).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = error.to_string();
            assert!(
                text.contains(&format!("the proxy in {name} cannot be used: {place}")),
                "{text}"
            );
            assert!(!text.contains("secret") && !text.contains("sec"), "{text}");
            // No proxy is used for this machine.
            build("http://127.0.0.1:9", &variables).expect("a client");
        }
    }
    // A value that is not Unicode is an error too.
    #[cfg(unix)]
    {
        let value: OsString = std::os::unix::ffi::OsStringExt::from_vec(b"http://pr\xffxy:1".to_vec());
        let variable = |name: &str| (name == "ALL_PROXY").then(|| value.clone());
        assert!(Proxies::from_env(&variable).is_err());
    }
}

#[test]
fn the_proxy_for_each_url() {
    let proxies = |variables: &[(&str, &str)]| {
        let variables: Vec<(String, OsString)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let variable = move |name: &str| Some(variables.iter().find(|(known, _)| known == name)?.1.clone());
        Proxies::from_env(&variable).expect("proxies")
    };
    let url = Url::parse("https://vendor.example/v1").expect("a URL");
    let both = proxies(&[
        ("HTTPS_PROXY", "http://u:p@Proxy.Corp:3128"),
        ("ALL_PROXY", "socks5://0x0a.1:1080"),
    ]);
    assert_eq!(both.towards(&url).as_deref(), Some("Proxy.Corp:3128"));
    assert_eq!(both.hosts(), ["10.0.0.1", "proxy.corp"]);
    let but = proxies(&[
        ("ALL_PROXY", "https://[fd00:0::1]:3128"),
        ("NO_PROXY", ".vendor.example"),
    ]);
    assert_eq!((but.towards(&url), but.hosts().len()), (None, 2));
    for off in [
        &[("HTTPS_PROXY", "")][..],
        &[],
        &[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", "x://")],
    ] {
        assert_eq!(proxies(off).towards(&url), None);
    }
}
