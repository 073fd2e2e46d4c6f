//! A run that nothing recorded, entered in a form.

use crate::Web;
use crate::auth::Viewer;
use crate::fault::{self, Fault};
use crate::form::{self, Fields};
use crate::parts;
use crate::shell::{self, Tab};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hermes_app::ByHand;
use hermes_engine::calendar::Day;
use hermes_engine::units::{Metres, Units};
use maud::{Markup, html};

/// `GET /activities/new`.
pub(crate) async fn page(viewer: Viewer) -> Markup {
    shown(&viewer, None)
}

fn shown(viewer: &Viewer, problem: Option<&str>) -> Markup {
    let unit = crate::text::unit(viewer.units());
    let body = html! {
        header.page-head {
            p.eyebrow { "Nothing recorded it" }
            h1 { "Enter a run" }
        }
        section.card.narrow {
            (parts::problem(problem))
            form method="post" action="/activities/new" {
                label { span { "Day" } input type="date" name="day" required
                    value=(viewer.today) max=(viewer.today); }
                label { span { "Start" } input type="time" name="start" required value="12:00"; }
                label { span { "Distance (" (unit) ")" }
                    input name="distance" inputmode="decimal" required placeholder="8.5"; }
                label { span { "Time (h:mm:ss)" } input name="time" required placeholder="0:48:30"; }
                label { span { "Title" } input name="name" maxlength="255"; }
                label { span { "Average heart rate" }
                    input type="number" name="heart_rate" min="30" max="240"; }
                label { span { "How hard it was, 1 to 10" }
                    input type="number" name="effort" min="1" max="10"; }
                label.check { input type="checkbox" name="trail" value="1"; span { "On trails" } }
                label.check { input type="checkbox" name="race" value="1"; span { "A race" } }
                button.button type="submit" { "Add the run" }
            }
        }
    };
    shell::page(Tab::Activities, "Enter a run", viewer, &body)
}

/// A distance with at most two decimals, in the unit on screen.
fn distance(text: &str, units: Units) -> Result<Metres, String> {
    let wrong = || format!("\"{text}\" is no distance; write it as 8.5");
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.len() > 4 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let hundredths: i64 = format!("0{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    Ok(match units {
        Units::Km => Metres(hundredths * 10),
        Units::Miles => Metres((hundredths * 1_609_344 + 50_000) / 100_000),
    })
}

fn read(fields: &Fields, units: Units) -> Result<ByHand, String> {
    let get = |name, missing: &str| fields.get(name).ok_or_else(|| missing.to_owned());
    let day = get("day", "Choose the day of the run.")?;
    let start = get("start", "Say when it began.")?;
    let (hour, minute) = start
        .split_once(':')
        .and_then(|(h, m)| Some((h.parse::<u16>().ok()?, m.get(..2)?.parse::<u16>().ok()?)))
        .filter(|(h, m)| *h < 24 && *m < 60)
        .ok_or_else(|| format!("\"{start}\" is no time of the day; write it as 07:30"))?;
    let number = |name, low: u16, high: u16, what| {
        fields.get(name).map(|t| form::within(t, low, high, what, "")).transpose()
    };
    let effort = number("effort", 1, 10, "How hard it was")?;
    Ok(ByHand {
        day: Day::parse(day).map_err(|e| e.to_string())?,
        minute: hour * 60 + minute,
        distance: distance(get("distance", "Say how far it was.")?, units)?,
        time: form::clock(get("time", "Say how long it took.")?)?,
        name: fields.get("name").map(str::to_owned),
        trail: fields.get("trail").is_some(),
        race: fields.get("race").is_some(),
        ascent: None,
        heart_rate: number("heart_rate", 30, 240, "Average heart rate")?,
        effort: effort.and_then(|e| u8::try_from(e).ok()),
    })
}

/// `POST /activities/new`.
pub(crate) async fn save(
    State(web): State<Web>,
    viewer: Viewer,
    fields: Fields,
) -> Result<Response, Fault> {
    let refused =
        |status: StatusCode, why: &str| Ok((status, shown(&viewer, Some(why))).into_response());
    let run = match read(&fields, viewer.units()) {
        Ok(run) => run,
        Err(why) => return refused(StatusCode::UNPROCESSABLE_ENTITY, &why),
    };
    match web.app.add_by_hand(&viewer.runner, &run).await {
        Ok((id, _)) => Ok(Redirect::to(&format!("/activities/{id}")).into_response()),
        Err(error) => refused(fault::status(error.kind()), &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_read_in_the_unit_on_screen() {
        assert_eq!(distance("8.5", Units::Km), Ok(Metres(8_500)));
        assert_eq!(distance("8,25", Units::Km), Ok(Metres(8_250)));
        assert_eq!(distance("6", Units::Miles), Ok(Metres(9_656)));
        for bad in ["x", "-1", "1e3", "99999", "1.234", "1.2.3"] {
            assert!(distance(bad, Units::Km).is_err_and(|w| w.contains("8.5")), "{bad}");
        }
    }
}
