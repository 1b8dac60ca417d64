//! A kit for adapters in Rust: it speaks the adapter protocol, and asks a kernel of yours to make the calls.
//!
//! A kernel says what was seen of each call: what the caller got, that it was refused, that it has to wait, and the
//! answers of threads that had waited. Standard output is the protocol's: print on standard error. Nothing but the
//! standard library is needed.
#![allow(dead_code)]

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

/// A JSON value. Numbers of the protocol are whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

static NULL: Value = Value::Null;

impl Value {
    /// A field of an object; null if there is none.
    pub fn get(&self, name: &str) -> &Value {
        match self {
            Value::Object(fields) => fields.iter().find(|(key, _)| key == name).map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    pub fn text(&self) -> &str {
        if let Value::Text(text) = self { text } else { "" }
    }

    pub fn number(&self) -> Option<i64> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    pub fn list(&self) -> &[Value] {
        if let Value::List(items) = self { items } else { &[] }
    }

    fn write(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Number(number) => write!(out, "{number}").unwrap(),
            Value::Text(text) => write_text(text, out),
            Value::List(items) => write_all(out, '[', ']', items, |item, out| item.write(out)),
            Value::Object(fields) => write_all(out, '{', '}', fields, |(key, value), out| {
                write_text(key, out);
                out.push(':');
                value.write(out);
            }),
        }
    }
}

fn write_all<T>(out: &mut String, open: char, close: char, items: &[T], write: impl Fn(&T, &mut String)) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if (character as u32) < 0x20 => write!(out, "\\u{:04x}", character as u32).unwrap(),
            character => out.push(character),
        }
    }
    out.push('"');
}

/// Makes an object.
pub fn object(fields: &[(&str, Value)]) -> Value {
    Value::Object(fields.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_string())
}

pub fn returned(thread: &str, value: Value) -> Value {
    object(&[("tag", text("returned")), ("thread", text(thread)), ("value", value)])
}

pub fn raised(thread: &str, error: &str) -> Value {
    object(&[("tag", text("raised")), ("thread", text(thread)), ("error", text(error))])
}

pub fn blocked(thread: &str) -> Value {
    object(&[("tag", text("blocked")), ("thread", text(thread))])
}

pub fn ended(thread: &str) -> Value {
    object(&[("tag", text("ended")), ("thread", text(thread))])
}

/// The call cannot be made here: nothing follows about the kernel, and the case ends.
pub fn unsupported(thread: &str, why: &str) -> Value {
    object(&[("tag", text("unsupported")), ("thread", text(thread)), ("why", text(why))])
}

pub trait Kernel {
    /// Begins anew: how many tasks there are, and how many threads each has.
    fn reset(&mut self, threads: &[i64]);
    /// What else of a run's beginning it can set up: of Chorus `sites`, `privileges`, …
    fn scope(&self) -> &[&str] {
        &[]
    }
    /// Is told, before `reset`, what of that is to differ from what it is otherwise.
    fn set_up(&mut self, _scope: &Value) {}
    /// Makes a call, and says everything that was seen, event by event.
    fn step(&mut self, operation: &str, call: &Value) -> Vec<Value>;
}

/// What an implementation says of itself. `model`: the model it claims to follow, `mach`, `qnx`, …
pub struct About<'a> {
    pub model: &'a str,
    pub name: &'a str,
    pub version: &'a str,
    pub operations: &'a [&'a str],
}

/// Answers requests until there are no more.
pub fn serve(about: &About, kernel: &mut impl Kernel) -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        let request = parse(&line).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a request is not JSON"))?;
        let method = request.get("method").text();
        let (key, value) = match answer(about, kernel, method, request.get("params")) {
            Some(result) => ("result", result),
            None => ("error", object(&[("code", Value::Number(-32601)), ("message", text("no such method"))])),
        };
        let mut reply = String::new();
        object(&[("jsonrpc", text("2.0")), ("id", request.get("id").clone()), (key, value)]).write(&mut reply);
        reply.push('\n');
        let mut out = io::stdout().lock();
        out.write_all(reply.as_bytes())?;
        out.flush()?;
        if method == "shutdown" {
            break;
        }
    }
    Ok(())
}

fn answer(about: &About, kernel: &mut impl Kernel, method: &str, params: &Value) -> Option<Value> {
    match method {
        "initialize" => Some(object(&[
            ("protocol", Value::Number(1)),
            ("implementation", object(&[("name", text(about.name)), ("version", text(about.version)), ("language", text("rust"))])),
            ("kernel", text(about.model)),
            ("operations", Value::List(about.operations.iter().map(|operation| text(operation)).collect())),
            ("features", object(&[
                ("step", Value::Bool(true)),
                ("run", Value::Bool(false)),
                ("scope", Value::List(kernel.scope().iter().map(|field| text(field)).collect())),
            ])),
        ])),
        "reset" => {
            let scope = params.get("scope");
            kernel.set_up(scope);
            let threads: Vec<i64> = scope.get("threads").list().iter().filter_map(Value::number).collect();
            kernel.reset(&threads);
            Some(object(&[]))
        }
        "step" => {
            let call = params.get("call");
            Some(object(&[("events", Value::List(kernel.step(call.get("operation").text(), call)))]))
        }
        "shutdown" => Some(object(&[])),
        _ => None,
    }
}

/// Reads one JSON value; None if it is not JSON.
pub fn parse(line: &str) -> Option<Value> {
    let mut at = Reader { rest: line.trim() };
    let value = at.value(0)?;
    at.rest.trim_start().is_empty().then_some(value)
}

const DEPTH: usize = 64;

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        if self.eat("{") {
            return self.many("}", |at| {
                let Value::Text(key) = at.value(depth + 1)? else { return None };
                at.eat(":").then_some(())?;
                Some((key, at.value(depth + 1)?))
            }).map(Value::Object);
        }
        if self.eat("[") {
            return self.many("]", |at| at.value(depth + 1)).map(Value::List);
        }
        if self.eat("\"") {
            return self.string().map(Value::Text);
        }
        for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
            if self.eat(word) {
                return Some(value);
            }
        }
        let end = self.rest.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse().ok().map(Value::Number)
    }

    fn many<T>(&mut self, close: &str, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if self.eat(close) {
            return Some(items);
        }
        loop {
            items.push(one(self)?);
            if self.eat(close) {
                return Some(items);
            }
            self.eat(",").then_some(())?;
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let digits: String = characters.by_ref().take(4).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}')
                    }
                    other => other,
                }),
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}
