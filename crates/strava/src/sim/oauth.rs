//! Consent, tokens, revocation.

use super::params::Params;
use super::reply::{Refusal, Reply};
use super::shapes;
use super::tokens::{Pair, SCOPES, Scopes};
use super::world::World;
use super::{CLIENT_ID, CLIENT_SECRET};
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Write;

type Answer = Result<Reply, Refusal>;

/// Is it the application? Both its id and its secret are parameters.
pub(super) fn client(params: &Params) -> Result<(), Refusal> {
    let id = params.get("client_id").ok_or(Refusal::NO_CLIENT)?;
    credentials(id, params.get("client_secret").unwrap_or_default())
}

/// Is it the application?
pub(super) fn credentials(id: &str, secret: &str) -> Result<(), Refusal> {
    if id != CLIENT_ID.to_string() {
        return Err(Refusal::BAD_CLIENT);
    }
    if secret == CLIENT_SECRET { Ok(()) } else { Err(Refusal::BAD_SECRET) }
}

/// A request for consent that is in order.
struct Wanted<'a> {
    redirect: &'a str,
    scopes: Vec<&'a str>,
    state: Option<&'a str>,
}

fn wanted<'a>(world: &World, params: &'a Params) -> Result<Wanted<'a>, Refusal> {
    let id = params.get("client_id").ok_or(Refusal::NO_CLIENT)?;
    if id != CLIENT_ID.to_string() {
        return Err(Refusal::BAD_CLIENT);
    }
    let redirect = params.get("redirect_uri").ok_or(Refusal::BAD_REDIRECT)?;
    if !is_allowed(redirect, world.callback_domain.as_deref()) {
        return Err(Refusal::BAD_REDIRECT);
    }
    if params.get("response_type") != Some("code") {
        return Err(Refusal::BAD_RESPONSE_TYPE);
    }
    let asked = params.get("scope").unwrap_or("read");
    let scopes: Vec<&str> = asked.split([',', ' ']).filter(|s| !s.is_empty()).collect();
    if scopes.iter().any(|scope| !SCOPES.contains(scope)) {
        return Err(Refusal::BAD_SCOPE);
    }
    Ok(Wanted { redirect, scopes, state: params.get("state") })
}

/// Inside the application's domain; this machine always is.
fn is_allowed(redirect: &str, domain: Option<&str>) -> bool {
    let Some((_, rest)) = redirect.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A name before an @ is no host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let inside = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    matches!(host.as_str(), "localhost" | "127.0.0.1") || domain.is_some_and(inside)
}

/// The consent form.
pub(super) fn page(world: &World, params: &Params) -> Answer {
    let wanted = wanted(world, params)?;
    let mut people = String::new();
    for (n, person) in world.people().iter().enumerate() {
        let checked = if n == 0 { " checked" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            people,
            "<label><input type=\"radio\" name=\"athlete\" value=\"{}\"{checked}> {}</label><br>",
            person.id,
            escaped(&person.name)
        );
    }
    let mut scopes = String::new();
    let checked = if world.faults.unticked { "" } else { " checked" };
    for scope in wanted.scopes.iter().filter(|scope| **scope != "read") {
        let _ = writeln!(
            scopes,
            "<label><input type=\"checkbox\" name=\"granted\" value=\"{scope}\"{checked}> \
             {scope}</label><br>"
        );
    }
    // Without an action the form goes to the address it came from, parameters and all.
    Ok(Reply::page(
        200,
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <title>Authorize | Strava simulator</title></head>\n\
             <body>\n<h1>Strava simulator</h1>\n<p>An application wants to connect. \
             Nothing here is real: these athletes are invented.</p>\n\
             <form method=\"post\">\n<input type=\"hidden\" name=\"consent\" value=\"shown\">\n\
             <fieldset><legend>You are</legend>\n{people}</fieldset>\n\
             <fieldset><legend>It may read</legend>\n{scopes}</fieldset>\n\
             <button name=\"answer\" value=\"authorize\">Authorize</button>\n\
             <button name=\"answer\" value=\"cancel\">Cancel</button>\n</form>\n</body></html>\n"
        ),
    ))
}

/// The answer to the consent form. Without the form's own fields everything asked for is granted.
pub(super) fn consent(world: &mut World, params: &Params) -> Answer {
    let now = world.now();
    let wanted = wanted(world, params)?;
    if params.get("answer") == Some("cancel") {
        return Ok(redirected(&wanted, "error=access_denied"));
    }
    let athlete = match params.number("athlete") {
        Ok(None) => world.athletes().first().map(|athlete| athlete.id),
        Ok(Some(id)) => world.athlete(id).map(|athlete| athlete.id),
        Err(()) => None,
    };
    let athlete = athlete.ok_or(Refusal::BAD_TOKEN)?;
    let full = world.faults.athletes_max as usize;
    if full > 0 && world.tokens.connected() >= full && world.tokens.grant(athlete).is_none() {
        return Ok(Reply::page(
            403,
            "<!doctype html>\n<title>Error 403</title>\n\
             <p>Error 403: Limit of connected athletes exceeded</p>\n"
                .to_owned(),
        ));
    }
    let shown = params.get("consent").is_some();
    let ticked = |scope: &&&str| params.all("granted").any(|granted| granted == **scope);
    let left = wanted.scopes.iter().filter(|scope| !shown || ticked(scope));
    let scopes: Scopes = left.map(|scope| (*scope).to_owned()).collect();
    let mut shown_scopes: Vec<&str> = vec!["read"];
    shown_scopes.extend(SCOPES.iter().filter(|s| **s != "read" && scopes.contains(**s)));
    let list = shown_scopes.join(",");
    let code = world.tokens.new_code(athlete, scopes, now);
    Ok(redirected(&wanted, &format!("code={code}&scope={list}")))
}

/// Back to the application; the state comes first, as it was sent.
fn redirected(wanted: &Wanted<'_>, answer: &str) -> Reply {
    let state = wanted.state.unwrap_or_default();
    let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    let join = if wanted.redirect.contains('?') { '&' } else { '?' };
    Reply::redirect(format!("{}{join}state={state}&{answer}", wanted.redirect))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// `POST /oauth/token`.
pub(super) fn token(world: &mut World, params: &Params) -> Answer {
    let now = world.now();
    client(params)?;
    if world.faults.inactive {
        return Err(Refusal::INACTIVE);
    }
    match params.get("grant_type") {
        Some("refresh_token") => {
            let token = params.get("refresh_token").ok_or(Refusal::BAD_REFRESH)?;
            let kept = world.faults.keep_refresh_token;
            let pair = world.tokens.refresh(token, kept, now).ok_or(Refusal::BAD_REFRESH)?;
            Ok(Reply::json(200, pair_json(&pair, now)))
        }
        // Old clients leave the type out.
        Some("authorization_code") | None => {
            let code = params.get("code").ok_or(Refusal::BAD_CODE)?;
            let pair = world.tokens.exchange(code, now).ok_or(Refusal::BAD_CODE)?;
            let mut body = pair_json(&pair, now);
            body["athlete"] = world.athlete(pair.athlete).map(shapes::athlete_summary).into();
            Ok(Reply::json(200, body))
        }
        Some(_) => Err(Refusal::BAD_GRANT_TYPE),
    }
}

fn pair_json(pair: &Pair, now: Timestamp) -> serde_json::Value {
    json!({
        "token_type": "Bearer",
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expires_at": pair.expires.as_second(),
        "expires_in": pair.expires.as_second() - now.as_second(),
    })
}

/// `POST /oauth/deauthorize`: the old way, with the access token itself.
pub(super) fn deauthorize(world: &mut World, params: &Params, bearer: Option<&str>) -> Answer {
    let now = world.now();
    let token = bearer.or_else(|| params.get("access_token")).ok_or(Refusal::BAD_TOKEN)?;
    let athlete = world.tokens.athlete(token, now).ok_or(Refusal::BAD_TOKEN)?;
    world.deauthorize(athlete);
    let mut reply = Reply::json(200, json!({ "access_token": token }));
    reply.headers.extend(world.usage.headers(now, super::quota::Bucket::Read));
    Ok(reply)
}

/// `POST /oauth/revoke`: either token, with the application's own credentials (RFC 7009). A token
/// that nobody has is revoked already.
pub(super) fn revoke(
    world: &mut World,
    params: &Params,
    basic: Option<(String, String)>,
) -> Answer {
    match basic {
        Some((id, secret)) => credentials(&id, &secret)?,
        None => return Err(Refusal::BAD_SECRET),
    }
    let token = params.get("token").ok_or(Refusal::BAD_TOKEN)?;
    if let Some(athlete) = world.tokens.owner(token) {
        world.deauthorize(athlete);
    }
    Ok(Reply::json(200, json!({})))
}
