    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        let page = client(call)
            .list_videos(query.after.as_deref(), query.limit.map(i64::from))
            .await;
        let page = value(page)?;
        Ok(RawPage {
            tasks: read_all(page.data, |video| read_task(video, None))?,
            next: page.next.read(),
            ..RawPage::default()
        })
    }
