    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        let no_page = || CallError("the cursor is not the number of a page".to_owned());
        let number = query.page().ok_or_else(no_page)?;
        let size = i64::from(query.limit.unwrap_or(PAGE));
        let page = value(client(call).list_videos(Some(number), Some(size)).await)?;
        let tasks = read_all(page.data, |video| read_task(video, None))?;
        let total = page.total.read();
        // Without a total, only a page that is not full is the last.
        let is_last = match total {
            Some(total) => number.saturating_mul(size) >= total,
            None => i64::try_from(tasks.len()).is_ok_and(|listed| listed < size),
        };
        Ok(RawPage {
            next: (!is_last && !tasks.is_empty()).then(|| number.to_string()),
            total: total.and_then(|total| total.try_into().ok()),
            tasks,
            ..RawPage::default()
        })
    }
