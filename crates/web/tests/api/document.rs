//! The OpenAPI document: what it lists is what is served, and how it looks.

use crate::client::{World, operations};
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Changes of the document are changes of a promise: they are looked at.
#[tokio::test]
async fn the_document_is_as_it_was_reviewed() {
    let world = World::new().await;
    let document = world.client.read("/openapi.json").await;
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&document).unwrap());
}

/// Each address takes exactly the methods that are listed for it.
#[tokio::test]
async fn the_document_lists_exactly_what_is_served() {
    let world = World::new().await;
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (method, path) in operations(&world.client).await {
        paths.entry(path).or_default().insert(method);
    }
    for (path, listed) in paths {
        let address = path.replace("{day}", "2026-11-25").replace("{id}", "1");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let request = world.client.request(method, &address);
            let request = request.header("content-type", "application/json");
            let answer = world.client.send(request.body("?".into()).unwrap()).await;
            if listed.contains(method) {
                assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                let lost = answer.body.contains("the API has nothing at this address");
                assert!(!lost, "{method} {path}");
            } else {
                answer.problem(405, "wrong-method");
                let allowed = answer.header("allow").split(',').map(str::to_owned);
                let allowed: BTreeSet<String> = allowed.filter(|m| m != "HEAD").collect();
                assert_eq!(allowed, listed, "{path}");
            }
        }
    }
}

/// Everything in the document is said in words, and every reference leads somewhere.
#[tokio::test]
async fn every_operation_and_field_is_described() {
    let world = World::new().await;
    let document = world.client.read("/openapi.json").await;
    assert!(document["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut bare = Vec::new();
    for (name, schema) in schemas {
        for (field, value) in schema["properties"].as_object().into_iter().flatten() {
            let said = value["description"].is_string() || value.to_string().contains("$ref");
            if !said {
                bare.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:?}");
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not there");
    }
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(ids.insert(id.clone()), "{id} names two operations");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{method} {path}: {parameter}");
            }
            for response in operation["responses"].as_object().unwrap().values() {
                assert_ne!(response["description"], Value::from(""), "{method} {path}");
            }
        }
    }
}

/// The pages about it work without script and follow the policy of all pages.
#[tokio::test]
async fn the_page_of_the_api_names_every_operation_and_problem() {
    let world = World::new().await;
    let page = world.client.get("/api").await;
    assert_eq!(page.status, StatusCode::OK);
    for (method, path) in operations(&world.client).await {
        assert!(page.body.contains(&format!("{method} /api/v1{path}<")), "{method} {path}");
    }
    let links: Vec<&str> = page.body.split("href=\"/api/problems/").skip(1).collect();
    assert!(links.len() > 15, "{}", links.len());
    for link in links {
        let slug = link.split('"').next().unwrap();
        let about = world.client.get(&format!("/api/problems/{slug}")).await;
        assert_eq!(about.status, StatusCode::OK, "{slug}");
        assert_eq!(about.body.matches("<h1").count(), 1, "{slug}");
    }
    let none = world.client.get("/api/problems/no-such").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
