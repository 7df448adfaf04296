//! Lists of numbers in one piece of memory: which orders could use a row, and which rows an order could use.

/// Lists of numbers, one after another.
pub(crate) struct Lists {
    start: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// The lists, in their order.
    pub(crate) fn new(lists: &[Vec<u32>]) -> Self {
        let mut start = vec![0];
        let mut items = Vec::new();
        for list in lists {
            items.extend_from_slice(list);
            start.push(items.len() as u32);
        }
        Self { start, items }
    }

    /// The list with a number.
    pub(crate) fn of(&self, n: u32) -> &[u32] {
        &self.items[self.start[n as usize] as usize..self.start[n as usize + 1] as usize]
    }

    /// For each of `n` numbers the lists that it is in, rising.
    pub(crate) fn reversed(&self, n: usize) -> Self {
        let mut start = vec![0u32; n + 1];
        for &item in &self.items {
            start[item as usize + 1] += 1;
        }
        for i in 0..n {
            start[i + 1] += start[i];
        }
        let mut at = start.clone();
        let mut items = vec![0; self.items.len()];
        for list in 0..self.start.len() as u32 - 1 {
            for &item in self.of(list) {
                items[at[item as usize] as usize] = list;
                at[item as usize] += 1;
            }
        }
        Self { start, items }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversing_twice_gives_the_lists_back() {
        let lists = Lists::new(&[vec![0, 2], vec![], vec![1, 2], vec![2]]);
        let reversed = lists.reversed(3);
        assert_eq!(
            [reversed.of(0), reversed.of(1), reversed.of(2)],
            [&[0][..], &[2], &[0, 2, 3]]
        );
        let back = reversed.reversed(4);
        assert!((0..4).all(|n| back.of(n) == lists.of(n)));
    }
}
