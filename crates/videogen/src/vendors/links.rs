//! Links to videos in outputs whose form depends on the model.

use serde_json::Value;

/// Members of an output that have the video, or contain it.
const MEMBERS: [&str; 5] = ["video", "videos", "video_url", "url", "output"];
/// Extensions of images, which some models return along with the video.
const IMAGES: [&str; 7] = ["avif", "bmp", "gif", "jpeg", "jpg", "png", "webp"];

/// The links to the videos in an output: a text, a list, or an object. An image counts only without anything else.
pub(super) fn videos(output: &Value) -> Vec<String> {
    let links = all(output);
    let (images, others): (Vec<String>, Vec<String>) = links.into_iter().partition(|link| is_image(link));
    match others.is_empty() {
        true => images,
        false => others,
    }
}

fn all(output: &Value) -> Vec<String> {
    match output {
        Value::String(url) if !url.is_empty() => vec![url.clone()],
        Value::Array(items) => items.iter().flat_map(all).collect(),
        Value::Object(members) => MEMBERS
            .iter()
            .filter_map(|name| members.get(*name))
            .flat_map(all)
            .collect(),
        _ => Vec::new(),
    }
}

fn is_image(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| IMAGES.contains(&extension.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_videos_of_an_output() {
        let (video, image) = ("https://f.example/a.mp4?x=.png", "https://f.example/a.PNG");
        for (output, found) in [
            (json!(video), vec![video]),
            (json!([image, video]), vec![video]),
            (json!([image]), vec![image]),
            (json!({"video": video, "thumbnail": image}), vec![video]),
            (json!({"video": {"url": video}, "seed": 5}), vec![video]),
            (
                json!({"videos": [{"url": video}, {"url": "https://f.example/b"}]}),
                vec![video, "https://f.example/b"],
            ),
            (json!({"video_url": video}), vec![video]),
            (json!({"images": [image]}), vec![]),
            (json!({"url": ""}), vec![]),
            (json!(5), vec![]),
        ] {
            assert_eq!(videos(&output), found, "{output}");
        }
    }
}
