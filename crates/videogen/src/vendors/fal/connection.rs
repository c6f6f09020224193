//! The generated client of fal.

use videogen_raw_fal as raw;

use crate::vendors::Call;

pub(super) fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}
