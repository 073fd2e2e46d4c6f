//! A reader of Rust source that knows just enough for the walls: comments do not count, string
//! literals are text, and every path is spelled out in full, `use a::{b, c}` as `a::b` and `a::c`.

/// A token, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    line: usize,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// An identifier, a keyword or a number.
    Word(String),
    /// The inside of a string literal, escapes as written, line continuations joined.
    Text(String),
    /// `::`
    Path,
    /// Any other character.
    Sign(char),
}

/// What the rules look at: one path or one literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// 1-based line.
    pub(crate) line: usize,
    /// Inside an item marked `#[cfg(test)]`.
    pub(crate) test: bool,
    /// What stands there.
    pub(crate) what: What,
}

/// The two things a source is made of, for the walls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Segments of a path: `std::env::var`; a macro ends in `!`, an attribute begins with `#`,
    /// and `env!("HOME")` is `env!::HOME`.
    Path(Vec<String>),
    /// A string literal.
    Text(String),
}

/// Paths and literals of a source, in order.
pub(crate) fn items(source: &str) -> Vec<Item> {
    let tokens = tokens(source);
    let mut items = Vec::new();
    let mut at = 0;
    let mut test_until = 0;
    while at < tokens.len() {
        if is_cfg_test(&tokens[at..]) {
            test_until = test_until.max(at + item_length(&tokens[at..]));
        }
        let test = at < test_until;
        let line = tokens[at].line;
        match &tokens[at].kind {
            Kind::Word(_) => {
                let before = |n: usize| at.checked_sub(n).map(|at| &tokens[at].kind);
                let hash = Some(&Kind::Sign('#'));
                let attribute = before(1) == Some(&Kind::Sign('['))
                    && (before(2) == hash
                        || before(2) == Some(&Kind::Sign('!')) && before(3) == hash);
                let mut paths = Vec::new();
                at = path(&tokens, at, &mut Vec::new(), &mut paths);
                for (line, mut segments) in paths {
                    if attribute {
                        segments[0].insert(0, '#');
                    }
                    items.push(Item { line, test, what: What::Path(segments) });
                }
                continue;
            }
            Kind::Text(text) => {
                items.push(Item { line, test, what: What::Text(text.clone()) });
            }
            Kind::Path | Kind::Sign(_) => {}
        }
        at += 1;
    }
    items
}

/// Reads the path, or the tree of a `use`, that starts at `at`; returns where it ends.
fn path(
    tokens: &[Token],
    mut at: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let depth = prefix.len();
    let kind = |at: usize| tokens.get(at).map(|token| &token.kind);
    let line = tokens[at].line;
    while let Some(Kind::Word(word)) = kind(at) {
        prefix.push(word.clone());
        at += 1;
        if kind(at) != Some(&Kind::Path) {
            break;
        }
        at += 1;
    }
    match kind(at) {
        Some(Kind::Sign('{')) if kind(at - 1) == Some(&Kind::Path) => {
            at += 1;
            while at < tokens.len() && kind(at) != Some(&Kind::Sign('}')) {
                at = match kind(at) {
                    Some(Kind::Word(word)) if word == "as" => at + 2,
                    Some(Kind::Word(_) | Kind::Sign('*')) => path(tokens, at, prefix, found),
                    _ => at + 1,
                };
            }
            at += 1;
        }
        Some(Kind::Sign('*')) if depth > 0 || kind(at - 1) == Some(&Kind::Path) => {
            prefix.push("*".to_owned());
            found.push((line, prefix.clone()));
            at += 1;
        }
        Some(Kind::Sign('!')) if kind(at + 1) != Some(&Kind::Sign('=')) => {
            if let Some(last) = prefix.last_mut() {
                last.push('!');
            }
            if let (true, Some(Kind::Text(name))) =
                (prefix.last().is_some_and(|last| last.ends_with("env!")), kind(at + 2))
            {
                prefix.push(name.clone());
            }
            found.push((line, prefix.clone()));
            at += 1;
        }
        _ => found.push((line, prefix.clone())),
    }
    prefix.truncate(depth);
    at
}

fn is_cfg_test(tokens: &[Token]) -> bool {
    let expected = ["#", "[", "cfg", "(", "test", ")", "]"];
    tokens.len() > expected.len()
        && expected.iter().zip(tokens).all(|(expected, token)| match &token.kind {
            Kind::Word(word) => word == expected,
            Kind::Sign(sign) => expected.chars().eq([*sign]),
            Kind::Path | Kind::Text(_) => false,
        })
}

/// Tokens up to the end of the item that starts with an attribute: its closing brace, or the
/// semicolon outside brackets.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('{' | '(' | '[') => depth += 1,
            Kind::Sign(')' | ']') => depth = depth.saturating_sub(1),
            Kind::Sign('}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            Kind::Sign(';') if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (end, kind) = token(&chars, at);
        if let Some(kind) = kind {
            tokens.push(Token { line, kind });
        }
        line += chars[at..end].iter().filter(|&&c| c == '\n').count();
        at = end;
    }
    tokens
}

/// The token at `at`, if it is one that matters, and where it ends (always beyond `at`).
fn token(chars: &[char], at: usize) -> (usize, Option<Kind>) {
    let next = |offset: usize| chars.get(at + offset).copied().unwrap_or('\0');
    let (end, kind) = match (chars[at], next(1)) {
        ('/', '/') => (find(chars, at, |c| c == '\n'), None),
        ('/', '*') => (block_comment_end(chars, at), None),
        (':', ':') => (at + 2, Some(Kind::Path)),
        ('"', _) => string(chars, at),
        // A character literal: '\n', or three characters of which the last is a quote. Anything
        // else is a lifetime, whose name is of no interest.
        ('\'', '\\') => (find(chars, at + 3, |c| c == '\'') + 1, None),
        ('\'', _) if next(2) == '\'' => (at + 3, None),
        ('\'', _) => (find(chars, at + 1, |c| !is_word(c)), None),
        (c, _) if is_word(c) => {
            let end = find(chars, at, |c| !is_word(c));
            let word: String = chars[at..end].iter().collect();
            match (word.as_str(), chars.get(end)) {
                ("r" | "br" | "cr", Some('"' | '#')) => raw(chars, at, end),
                ("b" | "c", Some('"')) => string(chars, end),
                _ => (end, Some(Kind::Word(word))),
            }
        }
        (c, _) if c.is_whitespace() => (at + 1, None),
        (c, _) => (at + 1, Some(Kind::Sign(c))),
    };
    (end.min(chars.len()), kind)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn find(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|&index| stop(chars[index])).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (at, depth) = (at + 2, depth + 1),
            ('*', '/') => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

/// A literal with escapes, its quote at `at`.
fn string(chars: &[char], at: usize) -> (usize, Option<Kind>) {
    let mut text = String::new();
    let mut end = at + 1;
    while let Some(&c) = chars.get(end) {
        match c {
            '"' => break,
            '\\' if chars.get(end + 1) == Some(&'\n') => {
                end = find(chars, end + 1, |c| !c.is_whitespace());
                continue;
            }
            '\\' => {
                text.extend(chars.get(end..end + 2).into_iter().flatten());
                end += 1;
            }
            c => text.push(c),
        }
        end += 1;
    }
    (end + 1, Some(Kind::Text(text)))
}

/// A raw literal whose prefix stands at `at` and whose hashes or quote start at `open`; or a raw
/// identifier (`r#type`).
fn raw(chars: &[char], at: usize, open: usize) -> (usize, Option<Kind>) {
    let quote = find(chars, open, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        let end = find(chars, quote, |c| !is_word(c));
        return (end.max(at + 1), Some(Kind::Word(chars[quote..end].iter().collect())));
    }
    let hashes = quote - open;
    let closes = |end: usize| {
        chars[end] == '"'
            && chars.get(end + 1..=end + hashes).is_some_and(|tail| tail.iter().all(|&c| c == '#'))
    };
    let end = (quote + 1..chars.len()).find(|&end| closes(end)).unwrap_or(chars.len());
    (end + 1 + hashes, Some(Kind::Text(chars[quote + 1..end].iter().collect())))
}

#[cfg(test)]
mod tests {
    use super::{What, items};

    fn paths(source: &str) -> Vec<String> {
        let path = |item: super::Item| match item.what {
            What::Path(segments) => Some(segments.join("::")),
            What::Text(_) => None,
        };
        items(source).into_iter().filter_map(path).collect()
    }

    fn texts(source: &str) -> Vec<String> {
        let text = |item: super::Item| match item.what {
            What::Text(text) => Some(text),
            What::Path(_) => None,
        };
        items(source).into_iter().filter_map(text).collect()
    }

    #[test]
    fn a_use_tree_is_spelled_out() {
        let source = "use std::{collections::{HashMap, BTreeMap as Map}, env::*, fs};";
        assert_eq!(
            paths(source),
            [
                "use",
                "std::collections::HashMap",
                "std::collections::BTreeMap",
                "std::env::*",
                "std::fs"
            ]
            .map(str::to_owned)
        );
    }

    #[test]
    fn blocks_multiplication_and_inequality_are_no_paths() {
        assert_eq!(paths("a * b; if c { d } e != f"), ["a", "b", "if", "c", "d", "e", "f"]);
    }

    #[test]
    fn macros_attributes_and_compile_time_environment_are_told_apart() {
        assert_eq!(paths("html! { }"), ["html!"]);
        assert_eq!(paths("#[allow(dead_code)]"), ["#allow", "dead_code"]);
        assert_eq!(paths("#![allow(x)]"), ["#allow", "x"]);
        assert_eq!(paths("std::env!(\"HOME\")"), ["std::env!::HOME"]);
        assert_eq!(paths("limiter.allow(vec![allow])"), ["limiter", "allow", "vec!", "allow"]);
    }

    #[test]
    fn comments_do_not_count_and_literals_are_text() {
        let source =
            "a // b \"c\"\n/* d /* e */ \" */ f '\"' '\\'' g<'h> \"i \\\" // j\" r#\"k\"l\"#";
        assert_eq!(paths(source), ["a", "f", "g"]);
        assert_eq!(texts(source), ["i \\\" // j", "k\"l"]);
        assert_eq!(texts("\"one \\\n    line\" b\"bytes\""), ["one line", "bytes"]);
        assert_eq!(paths("r#type"), ["type"]);
    }

    #[test]
    fn unfinished_source_is_read_to_its_end() {
        for source in
            ["\"", "'", "'\\", "r#\"", "/*", "use a::{", "a::{{b}", "#[cfg(test)]", "a::", "\"\\"]
        {
            items(source);
        }
    }

    #[test]
    fn test_items_are_marked_with_their_lines() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c(); } }\nfn d() {}";
        let seen = |name: &str| {
            let item = items(source).into_iter().find(
                |item| matches!(&item.what, What::Path(segments) if segments == &[name.to_owned()]),
            );
            item.map(|item| (item.line, item.test))
        };
        assert_eq!(seen("a"), Some((1, false)));
        assert_eq!(seen("c"), Some((3, true)));
        assert_eq!(seen("d"), Some((4, false)));
    }
}
