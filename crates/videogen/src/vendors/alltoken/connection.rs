//! The generated client of AllToken.

use videogen_raw_alltoken as raw;

use crate::vendors::Call;

pub(super) fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}
