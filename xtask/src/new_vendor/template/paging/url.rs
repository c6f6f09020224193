    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        // The query of a later page is that of its URL.
        let page = value(client(call).list_videos(None, query.limit.map(i64::from)).await)?;
        Ok(RawPage {
            tasks: read_all(page.data, |video| read_task(video, None))?,
            next: page.next.read(),
            ..RawPage::default()
        })
    }
