//! An example: a kernel with Mach's names and nothing to do with them. Put your own in its place.
mod portcullis;

use portcullis::{object, raised, returned, serve, unsupported, About, Kernel, Value};
use std::collections::BTreeSet;

struct Example {
    spaces: Vec<BTreeSet<i64>>,
}

impl Example {
    /// A task is meant by itself, or by a name for its port: there are none of those here.
    fn space(&mut self, task: &Value) -> Option<&mut BTreeSet<i64>> {
        let number: usize = task.text().strip_prefix('T')?.parse().ok()?;
        self.spaces.get_mut(number.checked_sub(1)?)
    }
}

impl Kernel for Example {
    fn reset(&mut self, threads: &[i64]) {
        self.spaces = vec![BTreeSet::new(); threads.len()];
    }

    fn step(&mut self, operation: &str, call: &Value) -> Vec<Value> {
        let thread = call.get("thread").text();
        let Some(space) = self.space(call.get("task")) else { return vec![raised(thread, "MACH_SEND_INVALID_DEST")] };
        vec![match operation {
            "mach_port_allocate" if !["receive", "port-set", "dead-name"].contains(&call.get("right").text()) => raised(thread, "KERN_INVALID_VALUE"),
            "mach_port_allocate" => {
                let name = (1..).find(|name| !space.contains(name)).expect("names never run out");
                space.insert(name);
                returned(thread, object(&[("name", Value::Number(name))]))
            }
            "mach_port_destroy" => match call.get("name").number() {
                Some(name) if space.remove(&name) => returned(thread, Value::Null),
                _ => raised(thread, "KERN_INVALID_NAME"),
            },
            _ => unsupported(thread, "no such operation"),
        }]
    }
}

fn main() -> std::io::Result<()> {
    let about = About { model: "mach", name: "example", version: "1", operations: &["mach_port_allocate", "mach_port_destroy"] };
    serve(&about, &mut Example { spaces: Vec::new() })
}
