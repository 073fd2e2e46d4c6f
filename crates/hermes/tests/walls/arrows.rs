//! The arrows between the rooms, as data: who may know whom, and which libraries belong to one
//! room only.

/// A room and what it may depend on directly.
pub(crate) struct Room {
    /// Package name.
    pub(crate) name: &'static str,
    /// Rooms it may use.
    pub(crate) uses: &'static [&'static str],
    /// Rooms its tests may use beside those: only ones further in.
    pub(crate) tests_use: &'static [&'static str],
}

/// All rooms, innermost first.
pub(crate) const ROOMS: &[Room] = &[
    // Its tests let virtual runners live.
    Room { name: "hermes-engine", uses: &[], tests_use: &["hermes-season"] },
    Room { name: "hermes-season", uses: &["hermes-engine"], tests_use: &[] },
    Room { name: "hermes-store", uses: &["hermes-engine"], tests_use: &[] },
    Room { name: "hermes-strava", uses: &["hermes-engine"], tests_use: &[] },
    Room { name: "hermes-formats", uses: &["hermes-engine"], tests_use: &[] },
    Room {
        name: "hermes-app",
        uses: &["hermes-store", "hermes-strava", "hermes-formats", "hermes-engine"],
        tests_use: &[],
    },
    // The engine only for the types that a page shows.
    Room {
        name: "hermes-web",
        uses: &["hermes-app", "hermes-engine"],
        tests_use: &["hermes-store", "hermes-strava", "hermes-formats"],
    },
    // The engine only for the types that the command line prints, strava only for the simulator.
    Room {
        name: "hermes",
        uses: &["hermes-web", "hermes-app", "hermes-season", "hermes-strava", "hermes-engine"],
        tests_use: &["hermes-store", "hermes-formats"],
    },
];

/// The only libraries the engine may use: values, calendars, portable functions, digests.
const ENGINE_LIBRARIES: &[&str] = &["jiff", "libm", "serde", "serde_json", "sha2"];

/// Features that would let jiff ask the machine for its time or its zone.
const ENGINE_JIFF_FEATURES: &[&str] = &["tz-system", "tzdb-zoneinfo", "tzdb-concatenated"];

/// A feature that tests switch on and no program has: the store's seam for faults.
const FOR_TESTS: &str = "faults";

/// Libraries that belong to some rooms only, and whether tests elsewhere may use them.
const OWNED: &[(&str, &[&str], TestsElsewhere)] = &[
    ("sqlx", &["hermes-store"], TestsElsewhere::MayNot),
    ("maud", &["hermes-web"], TestsElsewhere::MayNot),
    ("utoipa", &["hermes-web"], TestsElsewhere::MayNot),
    ("axum", &["hermes-web", "hermes-strava"], TestsElsewhere::May),
    ("tower-http", &["hermes-web", "hermes-strava"], TestsElsewhere::May),
    ("reqwest", &["hermes-strava"], TestsElsewhere::May),
    ("quick-xml", &["hermes-formats"], TestsElsewhere::May),
    ("csv", &["hermes-formats"], TestsElsewhere::May),
    ("zip", &["hermes-formats"], TestsElsewhere::May),
    ("flate2", &["hermes-formats"], TestsElsewhere::May),
    ("rustyfit", &["hermes-formats"], TestsElsewhere::May),
    ("metrics", &["hermes-app"], TestsElsewhere::MayNot),
    ("metrics-exporter-prometheus", &["hermes-app"], TestsElsewhere::MayNot),
    ("clap", &["hermes"], TestsElsewhere::MayNot),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum TestsElsewhere {
    May,
    MayNot,
}

/// One direct dependency of a package of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) from: String,
    pub(crate) to: String,
    /// A package of this workspace.
    pub(crate) room: bool,
    /// For tests and benches only.
    pub(crate) dev: bool,
    pub(crate) default_features: bool,
    pub(crate) features: Vec<String>,
}

/// What is wrong with the packages of the workspace and their direct dependencies.
pub(crate) fn breaches(packages: &[String], dependencies: &[Dependency]) -> Vec<String> {
    let unknown = packages.iter().filter(|name| room(name).is_none()).map(|name| {
        format!("{name}: a package without a row in crates/hermes/tests/walls/arrows.rs")
    });
    unknown.chain(dependencies.iter().filter_map(breach)).collect()
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

fn breach(dependency: &Dependency) -> Option<String> {
    let Dependency { from, to, dev, .. } = dependency;
    if !dev && dependency.features.iter().any(|f| f == FOR_TESTS) {
        return Some(format!("{from} -> {to}: the feature {FOR_TESTS} is for tests only"));
    }
    if dependency.room {
        let room = room(from)?;
        let allowed =
            room.uses.contains(&to.as_str()) || *dev && room.tests_use.contains(&to.as_str());
        let uses = room.uses.join(", ");
        return (!allowed).then(|| format!("{from} -> {to}: a wrong arrow; it may use [{uses}]"));
    }
    if let Some((_, owners, tests)) = OWNED.iter().find(|(library, ..)| library == to) {
        let free = *dev && *tests == TestsElsewhere::May;
        if !free && !owners.contains(&from.as_str()) {
            return Some(format!("{from} -> {to}: only for {}", owners.join(", ")));
        }
    }
    if from == "hermes-engine" && !dev {
        if !ENGINE_LIBRARIES.contains(&to.as_str()) {
            return Some(format!("{from} -> {to}: the engine has few libraries, and not this one"));
        }
        let asks_the_machine = dependency.default_features
            || dependency.features.iter().any(|f| ENGINE_JIFF_FEATURES.contains(&f.as_str()));
        if to == "jiff" && asks_the_machine {
            return Some(format!("{from} -> {to}: without default features and system time zones"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Dependency, ROOMS, breaches};

    fn dependency(from: &str, to: &str) -> Dependency {
        Dependency {
            from: from.to_owned(),
            to: to.to_owned(),
            room: ROOMS.iter().any(|room| room.name == to),
            dev: false,
            default_features: false,
            features: Vec::new(),
        }
    }

    fn is_breach(dependency: Dependency) -> bool {
        !breaches(&[], &[dependency]).is_empty()
    }

    fn for_tests(from: &str, to: &str) -> Dependency {
        Dependency { dev: true, ..dependency(from, to) }
    }

    /// Of all pairs of rooms, exactly the arrows of ARCHITECTURE.md are allowed.
    #[test]
    fn exactly_the_inward_arrows_are_allowed() {
        let mut allowed = Vec::new();
        for from in ROOMS {
            for to in ROOMS {
                if !is_breach(dependency(from.name, to.name)) {
                    allowed.push((from.name, to.name));
                }
            }
        }
        let expected = [
            ("hermes-season", "hermes-engine"),
            ("hermes-store", "hermes-engine"),
            ("hermes-strava", "hermes-engine"),
            ("hermes-formats", "hermes-engine"),
            ("hermes-app", "hermes-engine"),
            ("hermes-app", "hermes-store"),
            ("hermes-app", "hermes-strava"),
            ("hermes-app", "hermes-formats"),
            ("hermes-web", "hermes-engine"),
            ("hermes-web", "hermes-app"),
            ("hermes", "hermes-engine"),
            ("hermes", "hermes-season"),
            ("hermes", "hermes-strava"),
            ("hermes", "hermes-app"),
            ("hermes", "hermes-web"),
        ];
        assert_eq!(allowed, expected);
    }

    #[test]
    fn tests_may_reach_further_in_and_never_out() {
        assert!(!is_breach(for_tests("hermes-web", "hermes-store")));
        assert!(is_breach(for_tests("hermes-engine", "hermes-formats")));
        assert!(is_breach(for_tests("hermes-app", "hermes-web")));
    }

    #[test]
    fn no_program_has_the_faults_of_tests() {
        let faults = |dependency| Dependency { features: vec!["faults".to_owned()], ..dependency };
        assert!(is_breach(faults(dependency("hermes-app", "hermes-store"))));
        assert!(!is_breach(faults(for_tests("hermes-app", "hermes-store"))));
    }

    #[test]
    fn libraries_stay_in_their_room() {
        assert!(is_breach(dependency("hermes-app", "sqlx")));
        assert!(is_breach(for_tests("hermes", "sqlx")));
        assert!(!is_breach(dependency("hermes-store", "sqlx")));
        assert!(is_breach(dependency("hermes-app", "zip")));
        assert!(!is_breach(for_tests("hermes-app", "zip")));
    }

    #[test]
    fn the_engine_has_its_few_libraries_without_a_clock() {
        assert!(!is_breach(dependency("hermes-engine", "serde")));
        assert!(is_breach(dependency("hermes-engine", "tokio")));
        assert!(!is_breach(for_tests("hermes-engine", "proptest")));
        let jiff = dependency("hermes-engine", "jiff");
        assert!(!is_breach(jiff.clone()));
        assert!(is_breach(Dependency { default_features: true, ..jiff.clone() }));
        assert!(is_breach(Dependency { features: vec!["tz-system".to_owned()], ..jiff }));
    }

    #[test]
    fn a_package_without_a_room_is_a_breach() {
        assert_eq!(breaches(&["hermes-utils".to_owned()], &[]).len(), 1);
    }
}
