//! How the reader's browser writes days and times. Pages are in English, and English has more than
//! one way: the month first or the day first, twelve hours or twenty-four.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::middleware::Next;
use axum::response::Response;

/// Most languages of a browser that are looked at.
const LANGUAGES: usize = 20;

/// A way to write days and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Locale {
    /// `Nov 22`, else `22 Nov`.
    pub(crate) month_first: bool,
    /// `6:05 pm`, else `18:05`.
    pub(crate) twelve_hours: bool,
}

tokio::task_local! {
    /// The way of the request that is being answered.
    static LOCALE: Locale;
}

/// The way of the request that is being answered; the day first and twenty-four hours without one.
pub(crate) fn current() -> Locale {
    LOCALE.try_with(|locale| *locale).unwrap_or_default()
}

/// Answers a request in the way of its browser.
pub(crate) async fn scope(request: Request, next: Next) -> Response {
    let locale = of(request.headers());
    LOCALE.scope(locale, next.run(request)).await
}

/// The way of the first English that the browser names with a country.
fn of(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let tags = wanted.unwrap_or_default().split(',').take(LANGUAGES);
    let tags = tags.filter_map(|tag| tag.split(';').next()?.trim().split_once('-'));
    let mut english = tags.filter(|(language, _)| language.eq_ignore_ascii_case("en"));
    let country = english.next().map(|(_, country)| country.to_ascii_uppercase());
    match country.as_deref() {
        Some("US" | "PH") => Locale { month_first: true, twelve_hours: true },
        Some("AU" | "CA" | "IN" | "NZ") => Locale { month_first: false, twelve_hours: true },
        _ => Locale::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, LOCALE, Locale, of};
    use crate::text;
    use hermes_engine::calendar::Day;

    #[test]
    fn the_first_english_with_a_country_decides() {
        let (day, us) = (Locale::default(), Locale { month_first: true, twelve_hours: true });
        let twelve = Locale { month_first: false, twelve_hours: true };
        for (wanted, locale) in [
            ("", day),
            ("en", day),
            ("en-US,en;q=0.9", us),
            ("EN-us", us),
            ("en-GB,en-US;q=0.8", day),
            ("de-DE,de;q=0.9,en-US;q=0.6", us),
            ("fr", day),
            ("en-AU", twelve),
            (";;,-,en-", day),
        ] {
            let headers = HeaderMap::from_iter([(
                axum::http::header::ACCEPT_LANGUAGE,
                axum::http::HeaderValue::from_static(wanted),
            )]);
            assert_eq!(of(&headers), locale, "{wanted}");
        }
        assert_eq!(of(&HeaderMap::new()), day);
    }

    #[test]
    fn days_and_times_are_written_as_the_browser_writes_them() {
        let day = Day::parse("2026-11-22").unwrap();
        let said = || {
            let week = [text::week_span(day - 6), text::week_span(day + 8)];
            let days = [text::long_day(day), text::short_day(day), text::date(day)];
            let times = ["00:05", "12:30", "18:05", "?"].map(text::time_of_day);
            [week.join("; "), days.join("; "), times.join("; ")]
        };
        let us = Locale { month_first: true, twelve_hours: true };
        assert_eq!(
            LOCALE.sync_scope(us, said),
            [
                "November 16 – 22, 2026; Nov 30 – Dec 6, 2026",
                "Sunday, November 22, 2026; Sun, Nov 22; Nov 22, 2026",
                "12:05 am; 12:30 pm; 6:05 pm; ?",
            ]
        );
        assert_eq!(
            said(),
            [
                "16 – 22 November 2026; 30 Nov – 6 Dec 2026",
                "Sunday 22 November 2026; Sun 22 Nov; 22 Nov 2026",
                "00:05; 12:30; 18:05; ?",
            ]
        );
    }
}
