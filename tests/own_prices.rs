//! What a plan says that a request costs by the caller's own prices.

use videogen::facts::PriceUnit;
use videogen::price::{PriceBook, PriceOrigin};
use videogen::{Vendor, VideoRequest};

use crate::cost::{entry, known, planned, seedance, unknown};

#[test]
fn an_own_price_says_that_it_leaves_input_videos_out() {
    let request = seedance()
        .duration(5)
        .reference_video("https://media.example.com/a.mp4");
    for (input_video, basis) in [
        (
            false,
            "108000 tokens at 8 USD per token, without the seconds of input videos",
        ),
        // From 2 to 15 seconds more.
        (true, "151200 to 432000 tokens at 8 USD per token"),
    ] {
        let (mut plan, mut book) = (planned(Vendor::Ark, &request), PriceBook::default());
        let mut price = entry(Vendor::Ark, &request.model, "8", PriceUnit::Token, &[]);
        price.input_video = input_video;
        book.set(price);
        plan.price_with(&book);
        assert_eq!(known(&plan).basis, basis);
    }
}

#[test]
fn own_prices_by_the_token_need_their_number_where_no_size_is_known() {
    let request = VideoRequest::new("seedance-2.0", "a kite")
        .duration(6)
        .resolution("720p");
    let mut plan = planned(Vendor::AllToken, &request);
    let mut price = entry(Vendor::AllToken, "seedance-2.0", "8", PriceUnit::Token, &[]);
    price.per = 1_000_000;
    let mut book = PriceBook::default();
    book.set(price.clone());
    plan.price_with(&book);
    assert_eq!(
        unknown(&plan),
        "how many tokens a video of seedance-2.0 has is not known; give your price tokens_per_second (--tokens-per-second)"
    );
    price.tokens_per_second = Some(21_600.into());
    book.set(price);
    plan.price_with(&book);
    assert_eq!(plan.cost().to_string(), "1.0368 USD");
    assert_eq!(known(&plan).basis, "129600 tokens at 8 USD per 1000000 tokens");
}

#[test]
fn a_range_says_where_each_end_comes_from() {
    let request = seedance().duration_auto();
    let mut plan = planned(Vendor::Ark, &request);
    let mut book = PriceBook::default();
    let own = entry(Vendor::Ark, &request.model, "9", PriceUnit::Clip, &[("duration", "5")]);
    book.set(own);
    plan.price_with(&book);
    let cost = known(&plan);
    assert_eq!(cost.to_string(), "0.6048 to 9 USD");
    assert_eq!(cost.origin, PriceOrigin::User);
    assert!(matches!(cost.low_origin, Some(PriceOrigin::List { .. })), "{cost:?}");
    plan.price_with(&PriceBook::default());
    assert_eq!(known(&plan).low_origin, None);
}

#[test]
fn prices_in_two_currencies_name_what_decides_between_them() {
    let request = VideoRequest::new("seedance-2.0", "a kite").duration(5);
    let mut plan = planned(Vendor::Token360, &request);
    let mut book = PriceBook::default();
    book.set(entry(Vendor::Token360, &request.model, "1", PriceUnit::Second, &[]));
    let conditions = [("resolution", "720p")];
    book.set(entry(
        Vendor::Token360,
        &request.model,
        "1CNY",
        PriceUnit::Second,
        &conditions,
    ));
    plan.price_with(&book);
    let reason = "prices in several currencies may apply, depending on resolution; set resolution";
    assert_eq!(unknown(&plan), reason);
}
