//! The router: all refusals look the same, whatever the reason.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use videogen::webhook::BODY_LIMIT;

use super::*;

/// Sends bytes and reads the whole response, without the date, the only part that may change.
async fn raw(server: &Server, request: &[u8]) -> String {
    let address = server.base.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    answer
        .lines()
        .filter(|line| !line.starts_with("date: "))
        .collect::<Vec<_>>()
        .join("\n")
}

fn request(method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

const REFUSED: &str = "HTTP/1.1 404 Not Found\nconnection: close\ncontent-length: 0\n";

#[tokio::test]
async fn every_refusal_is_the_same_to_the_byte() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let server = Server::start(&receiver).await;
    let (good, body) = signed("evt-1", &completed("task-1"));
    let (stale, _) = signed_at(NOW - 301, "evt-1", &completed("task-1"));
    let mut forged = good.clone();
    forged.insert(HEADERS[2], format!("v1={}", "0".repeat(64)).parse().unwrap());
    let (unreadable, garbage) = signed("evt-2", &json!([]));
    let none = HeaderMap::new();
    for (what, bytes) in [
        ("wrong path", request("POST", "/elsewhere", &good, &body)),
        ("deeper path", request("POST", "/hooks/a/b", &good, &body)),
        ("root", request("POST", "/", &good, &body)),
        ("GET", request("GET", "/hooks", &good, b"")),
        ("PUT", request("PUT", "/hooks", &good, &body)),
        ("OPTIONS", request("OPTIONS", "/hooks", &none, b"")),
        ("odd method", request("BREW", "/hooks", &good, &body)),
        ("bad signature", request("POST", "/hooks", &forged, &body)),
        ("stale", request("POST", "/hooks", &stale, &body)),
        ("no headers", request("POST", "/hooks", &none, &body)),
        ("unreadable", request("POST", "/hooks", &unreadable, &garbage)),
        ("query", request("POST", "/?token=hooks", &good, &body)),
    ] {
        assert_eq!(raw(&server, &bytes).await, REFUSED, "{what}");
        // The connection stays open after it.
        let text = String::from_utf8_lossy(&bytes).replace("connection: close\r\n", "");
        let both = raw(&server, &[text.as_bytes(), &bytes].concat()).await;
        assert_eq!(
            both,
            format!("{}{REFUSED}", REFUSED.replace("connection: close\n", "") + "\n"),
            "{what}"
        );
    }

    let (unsigned, family) = UNSIGNED[0];
    let receiver = Receiver::builder(vendor.client(unsigned)).build().unwrap();
    let server = Server::start(&receiver).await;
    let callback = receiver.callback(&server.base).unwrap();
    receiver
        .bind(callback.hash(), &task(unsigned, family, "t-1"))
        .await
        .unwrap();
    let good = format!("/hooks/{}", token(&callback));
    let wrong = format!(
        "/hooks/{}",
        token(&receiver.callback("https://x.example").unwrap())
            .chars()
            .rev()
            .collect::<String>()
    );
    for (what, bytes) in [
        ("no token", request("POST", "/hooks", &none, b"{}")),
        ("wrong token", request("POST", &wrong, &none, b"{}")),
        (
            "token elsewhere",
            request("POST", &good.replace("hooks", "hook"), &none, b"{}"),
        ),
        (
            "token in the query",
            request("POST", &good.replace("hooks/", "hooks?"), &none, b"{}"),
        ),
        ("GET with the token", request("GET", &good, &none, b"")),
    ] {
        assert_eq!(raw(&server, &bytes).await, REFUSED, "{what}");
    }
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn accepted_is_204_and_a_failed_handler_503() {
    let (vendor, family) = UNSIGNED[0];
    for (status, expected) in [(200, "204 No Content"), (500, "503 Service Unavailable")] {
        let api = Canned::json(status, &polled("t-1", "completed")).await;
        let receiver = Receiver::builder(api.client(vendor)).build().unwrap();
        let server = Server::start(&receiver).await;
        let callback = receiver.callback(&server.base).unwrap();
        let path = format!("/hooks/{}", token(&callback));
        let bytes = request("POST", &path, &HeaderMap::new(), b"{}");
        // Not bound yet: the vendor should retry.
        assert!(raw(&server, &bytes).await.starts_with("HTTP/1.1 503 "));
        let _ = receiver.bind(callback.hash(), &task(vendor, family, "t-1")).await;
        for _ in 0..2 {
            let answer = raw(&server, &bytes).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected}\n")), "{answer}");
        }
    }
}

#[tokio::test]
async fn the_size_of_a_body_is_limited() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let server = Server::start(&receiver).await;
    let (good, body) = signed("evt-1", &completed("task-1"));
    // An announced length beyond the limit is rejected at once.
    let mut announced = request("POST", "/hooks", &good, &body);
    announced.truncate(announced.len() - body.len());
    let announced = String::from_utf8(announced).unwrap();
    let announced = announced.replace(
        &format!("content-length: {}", body.len()),
        &format!("content-length: {}", BODY_LIMIT + 1),
    );
    assert_eq!(raw(&server, announced.as_bytes()).await, REFUSED);

    // The longest accepted body, padded with whitespace.
    let mut padded = completed("task-1").to_string().into_bytes();
    padded.resize(BODY_LIMIT, b' ');
    let time = NOW.to_string();
    let signature = format!("v1={}", sign(SECRET, "evt-1", &time, &padded));
    let good = headers([b"evt-1", time.as_bytes(), signature.as_bytes()]).unwrap();
    let answer = raw(&server, &request("POST", "/hooks", &good, &padded)).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

/// Time is paused, so it advances as soon as nothing else can run.
#[tokio::test(start_paused = true)]
async fn an_endless_request_times_out() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let server = Server::start(&receiver).await;
    let (good, body) = signed("evt-1", &completed("task-1"));
    let mut bytes = request("POST", "/hooks", &good, &body);
    bytes.pop();
    assert_eq!(raw(&server, &bytes).await, REFUSED);
}

#[tokio::test]
async fn it_can_be_nested_in_a_larger_server() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api/hooks", listener.local_addr().unwrap());
    let router = axum::Router::new().nest("/api/hooks", receiver.router("/"));
    let server = Server {
        base: base.clone(),
        server: tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }),
    };
    let (good, body) = signed("evt-1", &completed("task-1"));
    for (path, status) in [("/api/hooks", 204), ("/api/hooks/any", 204), ("/hooks", 404)] {
        let answer = raw(&server, &request("POST", path, &good, &body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
    }
}
