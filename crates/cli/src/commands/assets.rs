//! `videogen assets`.

mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use videogen::facts::Operation;
use videogen::upload::{Asset, AssetPage, AssetQuery, UploadOptions, Uploaded};
use videogen::{Client, ErrorKind, LocalFile, Source, Vendor};

use crate::account::AccountArgs;
use crate::exit::{Failure, INVALID, NO_VIDEO};
use crate::journal::JournalArgs;
use crate::output::{Output, file, fitted, moment};
use crate::text::many;
use crate::uploads;

#[derive(Subcommand)]
pub(crate) enum AssetsCommand {
    /// Upload files as assets, which requests then name as asset://ID
    Upload(UploadArgs),
    /// List assets (AllToken only)
    List(QueryArgs),
    /// Show the status of an asset
    Show(AssetArgs),
    /// Delete an asset (AllToken only)
    Delete(AssetArgs),
    /// List groups of assets (Token360, AllToken)
    Groups(QueryArgs),
    /// Create a group of assets
    CreateGroup(GroupArgs),
    /// Begin the verification of a real person, and wait until it is done
    Verify(verify::VerifyArgs),
}

#[derive(Args)]
pub(crate) struct UploadArgs {
    /// Image, video or audio file.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    account: AccountArgs,
    /// Upload it so that MODEL takes it.
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// How to upload it, as `videogen plan` shows it [default: as an asset, if any].
    #[arg(long, value_name = "WAY")]
    way: Option<String>,
    /// Group to add it to [default: one named videogen].
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// The group is that of a verified person (see `videogen assets verify`).
    #[arg(long, requires = "group")]
    person: bool,
    /// Upload it even if it was uploaded before.
    #[arg(long)]
    again: bool,
}

#[derive(Args)]
pub(crate) struct AssetArgs {
    /// Id of the asset, also as asset://ID.
    #[arg(value_name = "ID")]
    asset: String,
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// Only assets of GROUP.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Those of verified persons, where they are listed separately.
    #[arg(long)]
    persons: bool,
    /// Number of the page, from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    /// Page size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

#[derive(Args)]
pub(crate) struct GroupArgs {
    /// Name of the group.
    name: String,
    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) async fn assets(
    command: AssetsCommand,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let result = match command {
        AssetsCommand::Upload(args) => upload(args, journal, output).await,
        AssetsCommand::List(args) => list(args, output).await,
        AssetsCommand::Show(args) => show(args, output).await,
        AssetsCommand::Delete(args) => delete(args, output).await,
        AssetsCommand::Groups(args) => groups(args, output).await,
        AssetsCommand::CreateGroup(args) => create_group(args, output).await,
        AssetsCommand::Verify(args) => verify::verify(args, output).await,
    };
    result.map_err(without_task)
}

/// A refused file is not a task without a video.
fn without_task(mut failure: Failure) -> Failure {
    if failure.code == NO_VIDEO {
        failure.code = INVALID;
    }
    failure
}

fn client(account: &AccountArgs, operation: Operation, output: &Output) -> Result<(Vendor, Client), Failure> {
    let vendor = account.choose(None, operation, output)?;
    Ok((vendor, account.client(vendor, output)?))
}

async fn upload(args: UploadArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(args.model.as_deref(), Operation::Upload, output)?;
    let builder = args.account.builder(vendor, journal.open(output)?, output)?;
    let client = uploads::watch(builder, *output).build()?;
    let mut options = UploadOptions::default().again(args.again);
    options.model = args.model;
    options.way = args.way;
    options.group = args.group;
    options.person = args.person;
    let has_assets = vendor.facts().uploads.iter().any(|way| way.gives == "asset");
    let as_assets = has_assets && options.way.is_none();
    // Nothing is sent before every file is known to be one that the vendor takes.
    let (mut problems, mut refused) = (Vec::new(), None);
    for path in &args.files {
        let checked = match as_assets {
            true => client.assets().check(local(path), options.clone()).await,
            false => client.check_upload(local(path), options.clone()).await,
        };
        if let Err(error) = checked {
            let failure = about_file(path, error);
            problems.push(failure.message.clone());
            refused.get_or_insert(failure);
        }
    }
    if let Some(mut failure) = refused {
        if problems.len() > 1 {
            failure.message = format!("{} files cannot be uploaded:\n{}", problems.len(), problems.join("\n"));
            failure.error.message.clone_from(&failure.message);
        }
        if args.files.len() > 1 {
            failure = failure.hint("Nothing was uploaded.");
        }
        return Err(failure);
    }
    let (mut rows, mut documents, mut names, mut failed) = (Vec::new(), Vec::new(), Vec::new(), None);
    for path in &args.files {
        let uploaded = match as_assets {
            true => client.assets().upload(local(path), options.clone()).await,
            false => client.upload(local(path), options.clone()).await,
        };
        match uploaded {
            Ok(uploaded) => {
                names.push(shown(&uploaded.source));
                rows.push(row(path, &uploaded));
                documents.push(json!({"file": path.to_string_lossy(), "upload": uploaded}));
            }
            Err(error) => {
                let failure = about_file(path, error);
                if args.files.len() == 1 {
                    return Err(failure);
                }
                output.problem(&failure.message);
                documents.push(json!({"file": path.to_string_lossy(), "error": failure.error}));
                failed = failed.or(Some(failure.code));
            }
        }
    }
    let text = || match rows.is_empty() {
        true => "Nothing was uploaded.".to_owned(),
        false => fitted(&["file", "source", "bytes", "valid until"], rows),
    };
    output.result(&json!({"vendor": vendor, "uploads": documents}), || names, text)?;
    Ok(failed.map_or(ExitCode::SUCCESS, ExitCode::from))
}

/// The failure of an upload, which names the file.
fn about_file(path: &Path, error: videogen::Error) -> Failure {
    let mut failure = without_task(error.into());
    let name = file(path);
    if !failure.message.contains(&name) {
        failure.message = format!("{name}: {}", failure.message);
        failure.error.message = format!("{name}: {}", failure.error.message);
    }
    failure
}

/// A path, also in the form in which a request names it.
fn local(path: &Path) -> LocalFile {
    let text = path.to_str().filter(|text| text.starts_with("file:"));
    match text.map(Source::try_from) {
        Some(Ok(Source::File(file))) => file,
        _ => path.into(),
    }
}

fn row(path: &Path, uploaded: &Uploaded) -> Vec<String> {
    let until = uploaded.expires_at.map_or_else(|| "not documented".to_owned(), moment);
    let until = match uploaded.single_use {
        true => format!("{until}, one request"),
        false => until,
    };
    vec![file(path), shown(&uploaded.source), uploaded.bytes.to_string(), until]
}

/// A source as a request names it. The user asked for it, so a URL is shown completely.
fn shown(source: &Source) -> String {
    source.to_wire()
}

fn query(args: &QueryArgs) -> AssetQuery {
    let mut query = AssetQuery::default().persons(args.persons);
    query.group.clone_from(&args.group);
    query.page = args.page;
    query.limit = args.limit;
    query
}

async fn list(args: QueryArgs, output: &Output) -> Result<ExitCode, Failure> {
    let (vendor, client) = client(&args.account, Operation::Assets, output)?;
    let page = client.assets().list(&query(&args)).await?;
    let ids = || page.items.iter().map(|asset| asset.id.clone()).collect();
    output.result(&document(vendor, "assets", &page), ids, || {
        if page.items.is_empty() {
            return "No assets.".to_owned();
        }
        let rows = page.items.iter().map(|asset| {
            vec![
                asset.id.clone(),
                asset.status.to_string(),
                asset.media.clone().unwrap_or_default(),
                asset.name.clone().unwrap_or_default(),
                asset.group.clone().unwrap_or_default(),
            ]
        });
        fitted(&["asset", "status", "media", "name", "group"], rows) + &rest(page.items.len(), page.total)
    })?;
    unreadable(page.unreadable, output);
    Ok(ExitCode::SUCCESS)
}

async fn groups(args: QueryArgs, output: &Output) -> Result<ExitCode, Failure> {
    if args.group.is_some() {
        let message = "--group selects assets: use it with `videogen assets list`";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let (vendor, client) = client(&args.account, Operation::Groups, output)?;
    let page = client.assets().groups(&query(&args)).await?;
    let ids = || page.items.iter().map(|group| group.id.clone()).collect();
    output.result(&document(vendor, "groups", &page), ids, || {
        if page.items.is_empty() {
            return "No groups.".to_owned();
        }
        let rows = page.items.iter().map(|group| {
            vec![
                group.id.clone(),
                group.name.clone().unwrap_or_default(),
                group.kind.clone().unwrap_or_default(),
            ]
        });
        fitted(&["group", "name", "kind"], rows) + &rest(page.items.len(), page.total)
    })?;
    unreadable(page.unreadable, output);
    Ok(ExitCode::SUCCESS)
}

fn document<T: serde::Serialize>(vendor: Vendor, name: &str, page: &AssetPage<T>) -> Value {
    let mut document = json!({"vendor": vendor, "unreadable": page.unreadable});
    document[name] = json!(page.items);
    if let Some(total) = page.total {
        document["total"] = total.into();
    }
    document
}

/// A line on the items of other pages.
fn rest(shown: usize, total: Option<u64>) -> String {
    match total {
        Some(total) if total > shown as u64 => format!("\n{shown} of {total}; see --page and --limit"),
        _ => String::new(),
    }
}

fn unreadable(count: usize, output: &Output) {
    if count > 0 {
        output.note(&format!(
            "Not listed, because they have no id: {}.",
            many(count, "asset")
        ));
    }
}

async fn show(args: AssetArgs, output: &Output) -> Result<ExitCode, Failure> {
    let (vendor, client) = client(&args.account, Operation::Asset, output)?;
    let asset = client.assets().get(&args.asset).await?;
    let id = || vec![asset.id.clone()];
    output.result(&json!({"vendor": vendor, "asset": asset}), id, || text(&asset))?;
    Ok(ExitCode::SUCCESS)
}

fn text(asset: &Asset) -> String {
    let members = [
        ("name", asset.name.clone()),
        ("media", asset.media.clone()),
        ("group", asset.group.clone()),
        ("created", asset.created_at.map(moment)),
        ("error", asset.reason.clone()),
    ];
    let lines = members
        .into_iter()
        .filter_map(|(name, value)| Some(format!("\n  {name:<12} {}", value?)));
    format!(
        "{}  {}{}",
        shown(&asset.source()),
        asset.status,
        lines.collect::<String>()
    )
}

async fn delete(args: AssetArgs, output: &Output) -> Result<ExitCode, Failure> {
    let (vendor, client) = client(&args.account, Operation::DeleteAsset, output)?;
    client.assets().delete(&args.asset).await?;
    output.result(&json!({"vendor": vendor, "deleted": args.asset}), Vec::new, || {
        format!("Deleted {}.", args.asset)
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn create_group(args: GroupArgs, output: &Output) -> Result<ExitCode, Failure> {
    let (vendor, client) = client(&args.account, Operation::CreateGroup, output)?;
    let group = client.assets().create_group(&args.name).await?;
    output.product(&json!({"vendor": vendor, "group": group}), || group.id.clone())?;
    Ok(ExitCode::SUCCESS)
}
