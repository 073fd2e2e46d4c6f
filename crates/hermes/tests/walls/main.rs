//! The walls of ARCHITECTURE.md, kept by a test: it reads the workspace's metadata and every
//! source and fails on a wrong arrow or on anything that stands in the wrong room. The rules are
//! tables, in `arrows.rs` and `rules.rs`; a rule is changed there, with its reason, or not at all.

mod arrows;
mod rules;
mod source;

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files with one of the extensions below `folder`, sorted.
fn files(folder: &Path, extensions: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extensions)?);
        } else if path.extension().is_some_and(|e| extensions.iter().any(|known| e == *known)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The path below the workspace root, with `/`.
fn below_root(path: &Path) -> String {
    let root = root();
    let path = path.strip_prefix(&root).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn lines(breaches: &[rules::Breach]) -> String {
    let line = |b: &rules::Breach| format!("\n{}:{}: {} -- {}", b.file, b.line, b.found, b.absence);
    breaches.iter().map(line).collect()
}

#[test]
fn arrows_point_inward() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .unwrap();
    let packages: Vec<String> =
        metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let mut dependencies = Vec::new();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            dependencies.push(arrows::Dependency {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                room: dependency.path.is_some(),
                dev: dependency.kind == DependencyKind::Development,
                default_features: dependency.uses_default_features,
                features: dependency.features.clone(),
            });
        }
    }
    for room in arrows::ROOMS {
        assert!(packages.iter().any(|name| name == room.name), "no room {}", room.name);
    }
    let breaches = arrows::breaches(&packages, &dependencies);
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn everything_stands_in_its_room() {
    let mut breaches = Vec::new();
    let sources = files(&root().join("crates"), &["rs"]).unwrap();
    for room in ["app", "engine", "formats", "hermes", "season", "store", "strava", "web"] {
        let place = format!("crates/{room}/src/");
        assert!(sources.iter().any(|path| below_root(path).starts_with(&place)), "no {place}");
    }
    for path in sources {
        let (file, source) = (below_root(&path), fs::read_to_string(&path).unwrap());
        breaches.extend(rules::breaches(&file, &source));
        breaches.extend(rules::untidy(&file, &source));
    }
    assert!(breaches.is_empty(), "{}", lines(&breaches));
}

#[test]
fn sql_files_are_in_the_store() {
    let files = files(&root().join("crates"), &["sql"]).unwrap();
    let strays: Vec<String> = files.iter().map(|path| below_root(path)).collect();
    let strays: Vec<_> = strays.iter().filter(|f| !f.starts_with("crates/store/")).collect();
    assert!(strays.is_empty(), "{strays:?}");
}
