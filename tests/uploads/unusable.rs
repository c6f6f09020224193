//! Answers to uploads that no paid request could use.

use videogen::{Delivery, ErrorKind};

use super::server::{Mood, Server};
use super::{file, request, uploaders, uploading};

/// The links that the answers of uploads have.
const LINKS: [(&str, &str); 5] = [
    ("file:///etc/passwd", "does not use https"),
    ("http://files.example.com/a.png", "does not use https"),
    ("https://10.0.0.1/a.png", "not on the public internet"),
    ("https://user:word@files.example.com/a.png", "a user or a password"),
    ("a.png", "not a valid URL"),
];

#[tokio::test]
async fn an_unusable_link_is_not_submitted() {
    let folder = tempfile::tempdir().unwrap();
    let mut tried = 0;
    for vendor in uploaders() {
        if vendor.facts().uploads[0].gives != "url" {
            continue;
        }
        for (link, words) in LINKS {
            let mood = Mood {
                link: Some(link),
                ..Mood::default()
            };
            let server = Server::new(mood).await;
            let (model, role) = uploading(vendor);
            let path = file(folder.path(), role, 7);
            let request = request(vendor, model, role, &path);
            let error = server.client(vendor, None).submit(&request).await.unwrap_err();
            let text = error.to_string();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Decode, Some(Delivery::NotSent)),
                "{text}"
            );
            assert!(
                text.contains("the link to the uploaded file cannot be used: ")
                    && text.contains(words)
                    && text.ends_with("nothing was submitted"),
                "{vendor}: {text}"
            );
            assert!(!text.contains("passwd") && !text.contains("user:word"), "{text}");
            assert!(server.submissions().is_empty(), "{vendor} {link}");
            tried += 1;
        }
    }
    assert!(tried >= 2 * LINKS.len(), "{tried}");
}

/// By the vendor's clock, whatever that of this machine shows.
#[tokio::test]
async fn an_expired_upload_is_not_submitted() {
    let folder = tempfile::tempdir().unwrap();
    let vendor = videogen::Vendor::Replicate;
    for (expired, is_sent) in [(true, false), (false, true)] {
        let mood = Mood {
            expired,
            ..Mood::default()
        };
        let server = Server::new(mood).await;
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 8);
        let sent = server
            .client(vendor, None)
            .submit(request(vendor, model, role, &path))
            .await;
        assert_eq!(
            (sent.is_ok(), server.submissions().len()),
            (is_sent, usize::from(is_sent))
        );
        if let Err(error) = sent {
            assert_eq!(error.delivery(), Some(Delivery::NotSent));
            assert!(
                error.to_string().contains("it expired at 2020-01-01T00:00:00Z"),
                "{error}"
            );
        }
    }
}
