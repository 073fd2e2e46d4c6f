//! The OpenAPI document and the pages that show it.

use super::problem::{self, SORTS, Sort};
use crate::fault::Fault;
use crate::{Web, shell};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use maud::{Markup, html};
use utoipa::openapi::path::{
    HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref,
    Required, ResponseBuilder, ServerBuilder, Tag,
};
use utoipa::{PartialSchema, ToSchema};

/// Where the document is, below [`super::ROOT`].
pub(super) const DOCUMENT: &str = "/openapi.json";
/// The name of the way to sign in.
const SESSION: &str = "session";

const ABOUT: &str = "Everything that the pages of Hermes do. Distances are metres, times seconds, \
    paces seconds per kilometre, days the runner's own. Lists come in pages: `next` is the \
    `cursor` of the next one. Every error is an `application/problem+json` (RFC 9457).";

/// The parts of the API, with what they are about.
const TAGS: [(&str, &str); 9] = [
    ("you", "Who is signed in, and what is known of you."),
    ("plan", "Weeks, workouts, and changes of them."),
    ("road", "The way to your races, and the weeks ahead."),
    ("activities", "What you did."),
    ("progress", "How training went."),
    ("health", "Health records, strikes, check-ins."),
    ("settings", "Goals, preferences, Send It mode."),
    ("imports", "What came in from files."),
    ("strava", "The connection to Strava."),
];

/// The document without its operations.
pub(super) fn frame() -> OpenApi {
    let tag = |(name, about): (&str, &str)| -> Tag {
        TagBuilder::new().name(name).description(Some(about)).build()
    };
    let license = LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build();
    let info = InfoBuilder::new()
        .title("Hermes")
        .version("1")
        .description(Some(ABOUT))
        .license(Some(license));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url(super::ROOT).build()]))
        .tags(Some(TAGS.map(tag)))
        .components(Some(
            ComponentsBuilder::new()
                .schema(problem::Shape::name(), problem::Shape::schema())
                .schema(problem::FieldError::name(), problem::FieldError::schema())
                .build(),
        ))
        .build()
}

/// The document with what goes for every operation: how to sign in and what can go wrong.
pub(super) fn finished(mut document: OpenApi, port: u16) -> OpenApi {
    let about = "The session cookie of the pages; its name holds the port.";
    let cookie = ApiKeyValue::with_description(format!("hermes_{port}"), about.to_owned());
    if let Some(components) = &mut document.components {
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    document.security = Some(vec![SecurityRequirement::new(SESSION, [""; 0])]);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of(item) {
            add_problems(path, method, operation);
        }
    }
    document
}

/// The operations of a path.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// What can go wrong with an operation beside what its handler says.
fn add_problems(path: &str, method: HttpMethod, operation: &mut Operation) {
    let reads = method == HttpMethod::Get;
    let mut found: Vec<&Sort> = vec![
        &problem::SIGNED_OUT,
        &problem::MISDIRECTED,
        &problem::INTERNAL,
        &problem::UNAVAILABLE,
    ];
    if operation.parameters.as_ref().is_some_and(|p| !p.is_empty()) || !reads {
        found.push(&problem::BAD_QUERY);
    }
    if path.contains('{') {
        found.push(&problem::NOT_FOUND);
    }
    if reads {
        let seen = ResponseBuilder::new().description("You have it: the ETag is the same.");
        operation.responses.responses.insert("304".to_owned(), seen.build().into());
    } else {
        found.extend([&problem::FOREIGN, &problem::CONFLICT, &problem::TOO_LARGE]);
        found.extend([&problem::WRONG_MEDIA, &problem::INVALID, &problem::NOT_FOUND]);
        operation.parameters.get_or_insert_default().push(key_parameter());
    }
    for sort in found {
        let status = sort.status.as_str().to_owned();
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(problem::Shape::name())))
            .build();
        let response =
            ResponseBuilder::new().description(sort.title).content(problem::MEDIA_TYPE, content);
        operation.responses.responses.entry(status).or_insert_with(|| response.build().into());
    }
}

/// The header that makes a write repeatable.
fn key_parameter() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    let about = "Names this request, 1 to 255 visible ASCII characters: sent again with the same \
        key and body within 24 hours, it is answered as the first time and not done again.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(text))
        .build()
}

/// `GET /api`: the document as a page.
pub(crate) async fn page(State(web): State<Web>) -> Markup {
    let mut document = super::document(&web.config);
    let mut all: Vec<(String, HttpMethod, Operation)> = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let of = operations_of(item);
        all.extend(of.map(|(method, operation)| (path.clone(), method, operation.clone())));
    }
    shell::bare(
        "API",
        &html! {
            section.card {
                h1 { "The API of Hermes" }
                p.lead { "Everything that the pages do, for programs." }
                p { (ABOUT) }
                p {
                    "The whole document: "
                    a href={ (super::ROOT) (DOCUMENT) } { (super::ROOT) (DOCUMENT) }
                    " (OpenAPI 3.1)."
                }
            }
            @for (name, about) in TAGS {
                section.card aria-labelledby={ "tag-" (name) } {
                    h2 id={ "tag-" (name) } { (name) }
                    p.quiet { (about) }
                    @for (path, method, operation) in &all {
                        @if operation.tags.iter().flatten().any(|t| t == name) {
                            (drawn(path, method, operation))
                        }
                    }
                }
            }
            section.card aria-labelledby="problems" {
                h2 #problems { "What can go wrong" }
                dl {
                    @for sort in SORTS {
                        dt { a href={ "/api/problems/" (sort.slug) } {
                            (sort.status.as_u16()) " " (sort.slug) } }
                        dd { (sort.title) ". " (sort.advice) }
                    }
                }
            }
        },
    )
}

const fn method_name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Put => "PUT",
        HttpMethod::Post => "POST",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}

fn drawn(path: &str, method: &HttpMethod, operation: &Operation) -> Markup {
    let parameters = operation.parameters.iter().flatten();
    html! {
        details {
            summary {
                code { (method_name(method)) " " (super::ROOT) (path) } " "
                (operation.summary.as_deref().unwrap_or_default())
            }
            @if let Some(more) = &operation.description { p { (more) } }
            ul {
                @for p in parameters {
                    li { code { (p.name) } " " (p.description.as_deref().unwrap_or_default()) }
                }
            }
            p.quiet {
                "Answers: "
                @for status in operation.responses.responses.keys() { (status) " " }
            }
        }
    }
}

/// `GET /api/problems/{slug}`: what a kind of problem means.
pub(crate) async fn problem_page(Path(slug): Path<String>) -> Result<Markup, Fault> {
    let sort = SORTS.iter().find(|s| s.slug == slug);
    let sort = sort.ok_or_else(|| {
        Fault::Refused(StatusCode::NOT_FOUND, "the API has no such problem".to_owned())
    })?;
    Ok(shell::bare(
        sort.title,
        &html! {
            section.card.narrow {
                p.eyebrow { (sort.status.as_u16()) " " (sort.slug) }
                h1 { (sort.title) }
                p.lead { (sort.advice) }
                p { a href="/api" { "The API of Hermes" } }
            }
        },
    ))
}
