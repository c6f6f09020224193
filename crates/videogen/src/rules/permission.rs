//! Fields that a caller may permit to be dropped or rounded.

use crate::model::{Adjust, Role, VideoRequest};

/// Whether `field` is one that [`VideoRequest::adjust`] may name.
pub(crate) fn is_adjustable(field: &str, how: Adjust) -> bool {
    match how {
        Adjust::Drop => unset(&mut VideoRequest::default(), field),
        Adjust::Round => matches!(field, "duration" | "frames" | "resolution"),
    }
}

/// Leaves a field out. `false`: there is no such field, or it cannot be left out.
pub(super) fn unset(request: &mut VideoRequest, field: &str) -> bool {
    match field {
        "duration" => request.duration = None,
        "frames" => request.frames = None,
        "resolution" => request.resolution = None,
        "aspect_ratio" => request.aspect_ratio = None,
        "generate_audio" => request.generate_audio = None,
        "seed" => request.seed = None,
        "watermark" => request.watermark = None,
        "camera_fixed" => request.camera_fixed = None,
        "return_last_frame" => request.return_last_frame = None,
        "service_tier" => request.service_tier = None,
        "expires_after" => request.expires_after = None,
        "safety_identifier" => request.safety_identifier = None,
        "callback_url" => request.callback_url = None,
        "client_reference" => request.client_reference = None,
        "draft" => request.draft = None,
        "video_operation" => request.video_operation = None,
        "output_format" => request.output_format = None,
        "tools" => request.tools.clear(),
        "metadata" => request.metadata.clear(),
        _ => match Role::ALL.into_iter().find(|role| role.as_str() == field) {
            Some(role) => request.inputs.retain(|input| input.role != role),
            None => return false,
        },
    }
    true
}
