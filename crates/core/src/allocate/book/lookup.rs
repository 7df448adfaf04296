//! A look-up that is quick for the few keys that most orders have, and for the thousands that some have.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key.
pub(super) struct Lookup<K, V> {
    few: Vec<(K, V)>,
    many: HashMap<K, V>,
}

/// Keys that are compared one by one, which takes less than hashing.
const FEW: usize = 12;

impl<K: Eq + Hash, V: Copy> Lookup<K, V> {
    pub(super) fn new() -> Self {
        Self {
            few: Vec::new(),
            many: HashMap::new(),
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let found = self.few.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| *value).or_else(|| {
            let full = self.few.len() == FEW;
            full.then(|| self.many.get(key).copied()).flatten()
        })
    }

    /// Adds a key that is not there.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.few.len() < FEW {
            self.few.push((key, value));
        } else {
            self.many.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_keys_are_found() {
        let mut lookup = Lookup::new();
        for n in 0..100 {
            assert_eq!(lookup.get(&n), None);
            lookup.insert(n, 2 * n);
            assert!((0..=n).all(|k| lookup.get(&k) == Some(2 * k)));
        }
    }
}
