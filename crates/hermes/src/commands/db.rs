//! `hermes db check`, `backup`, `restore`, `copy` and `rekey`. None of them brings the database to
//! this version first, and none of them makes one that is not there but where that is asked for.

use crate::cli::{Db, Options};
use crate::config::{Config, make_private};
use crate::output;
use anyhow::{Context, Result};
use hermes_app::clock::SystemClock;
use hermes_app::secrets::Keys;
use hermes_app::{App, TableDigest};
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) async fn db(options: &Options, config: &Config, command: Db) -> Result<ExitCode> {
    let clock = Arc::new(SystemClock);
    match command {
        Db::Restore { from, to } => {
            let moved = hermes_app::restore(&from, &to, clock).await?;
            return print(
                options,
                &json!({
                    "backend": moved.backend, "schema": moved.schema, "tables": rows(&moved.tables)
                }),
                &format!("Restored into {} and compared:\n", moved.backend),
                &moved.tables,
            );
        }
        Db::Copy { from, to } => {
            let moved = hermes_app::copy(&from, &to, clock).await?;
            return print(
                options,
                &json!({
                    "backend": moved.backend, "schema": moved.schema, "tables": rows(&moved.tables)
                }),
                &format!("Copied into {} and compared:\n", moved.backend),
                &moved.tables,
            );
        }
        Db::Migrate | Db::Check | Db::Backup { .. } | Db::Rekey => {}
    }
    let app = App::connect(&config.database, clock).await?;
    let done = match command {
        Db::Check => check(&app, options).await,
        Db::Backup { out, force } => match app.backup(&out, force).await {
            Ok(made) => print(
                options,
                &json!({
                    "file": made.file, "schema": made.schema, "tables": rows(&made.tables)
                }),
                &format!("{}: schema {}\n", made.file.display(), made.schema),
                &made.tables,
            ),
            Err(error) => Err(error.into()),
        },
        _ => rekey(&app, options, config).await,
    };
    app.close().await;
    done
}

async fn check(app: &App, options: &Options) -> Result<ExitCode> {
    let checked = app.check().await?;
    let (applied, known) = (checked.schema.applied, checked.schema.known);
    let sound = checked.is_sound();
    if options.json {
        output::json(&json!({
            "backend": app.backend(),
            "faults": checked.faults,
            "known_schema": known,
            "schema": applied,
            "sound": sound,
            "tables": rows(&checked.tables),
        }))?;
    } else {
        let mut text = format!("{}, schema {applied}", app.backend());
        if applied < known {
            // Writing to a String cannot fail.
            let _ = write!(text, " (this Hermes knows {known}: run `hermes db migrate`)");
        }
        text.push('\n');
        text.push_str(&listed(&checked.tables));
        for fault in &checked.faults {
            let _ = writeln!(text, "BAD  {fault}");
        }
        text.push_str(if sound {
            "The database is sound.\n"
        } else {
            "The database is NOT sound.\n"
        });
        output::print(&text)?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn rekey(app: &App, options: &Options, config: &Config) -> Result<ExitCode> {
    let file = &config.secret_key_file;
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        make_private(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let done = app.rekey(&Keys::in_file(file.clone())).await?;
    if options.json {
        output::json(&json!({
            "envelopes": done.envelopes, "key": done.key, "sealed_anew": done.sealed_anew
        }))?;
    } else {
        output::print(&format!(
            "{} of {} secrets were sealed anew; key {} in {} is in force.\n",
            done.sealed_anew,
            done.envelopes,
            done.key,
            file.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rows(tables: &[TableDigest]) -> Vec<Value> {
    let row = |t: &TableDigest| json!({ "name": t.name, "rows": t.rows, "sha256": t.sha256 });
    tables.iter().map(row).collect()
}

fn listed(tables: &[TableDigest]) -> String {
    let mut text = String::new();
    for table in tables {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<22} {:>10}  {}", table.name, table.rows, table.sha256);
    }
    text
}

fn print(options: &Options, json: &Value, title: &str, tables: &[TableDigest]) -> Result<ExitCode> {
    if options.json {
        output::json(json)?;
    } else {
        output::print(&format!("{title}{}", listed(tables)))?;
    }
    Ok(ExitCode::SUCCESS)
}
