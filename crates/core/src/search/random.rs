//! Random numbers: xoshiro256** seeded by `SplitMix64`, integers only, the same on every machine.
//!
//! A program has one seed and many *streams*: one per concern and object ("orders", 17). Streams are independent of each
//! other, so that drawing more from one, or adding an object, changes nothing elsewhere.
//!
//! Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); ranges by
//! D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019). Not for cryptography.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of a seed alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut mixer = seed;
        Self {
            state: std::array::from_fn(|_| split_mix(&mut mixer)),
        }
    }

    /// The stream of one object of one concern: `Random::stream(seed, "orders", 17)`.
    #[must_use]
    pub fn stream(seed: u64, concern: &str, object: u64) -> Self {
        // FNV-1a of the concern, then every part through the mixer, so that near seeds and objects end far apart.
        let name = concern.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut mixer = seed;
        let mut key = split_mix(&mut mixer) ^ name;
        key = split_mix(&mut key) ^ object;
        Self::new(split_mix(&mut key))
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number from 0 to `n - 1`, each equally likely; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        // The high half of bits x n is the number; the few low halves that would favour some numbers are drawn again.
        let mut wide = u128::from(self.bits()) * u128::from(n);
        if (wide as u64) < n {
            let unfair = n.wrapping_neg() % n.max(1);
            while (wide as u64) < unfair {
                wide = u128::from(self.bits()) * u128::from(n);
            }
        }
        (wide >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` where `high` is less.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).saturating_add(1).max(0) as u64;
        low + self.below(span) as i64
    }

    /// True in `permille` of 1000 cases.
    pub fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of the elements, each equally likely; `None` of an empty slice.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }

    /// A number from 0 to 1, 1 excluded.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts the elements into a random order, each equally likely.
    pub fn shuffle<T>(&mut self, elements: &mut [T]) {
        for i in (1..elements.len()).rev() {
            elements.swap(i, self.below(i as u64 + 1) as usize);
        }
    }

    /// A position, each as likely as its weight, given the running sums of the weights; 0 where they are all 0.
    pub fn weighted(&mut self, running_sums: &[u64]) -> usize {
        let total = running_sums.last().copied().unwrap_or(0);
        let x = self.below(total);
        running_sums
            .partition_point(|&sum| sum <= x)
            .min(running_sums.len().saturating_sub(1))
    }
}

/// The next number of `SplitMix64`.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_mix_gives_the_published_numbers() {
        let mut state = 1_234_567;
        let numbers: Vec<u64> = (0..3).map(|_| split_mix(&mut state)).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn xoshiro_gives_the_published_numbers() {
        let mut random = Random { state: [1, 2, 3, 4] };
        let numbers: Vec<u64> = (0..4).map(|_| random.bits()).collect();
        assert_eq!(numbers, [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240]);
    }

    #[test]
    fn ranges_are_kept_and_filled() {
        let mut random = Random::new(1);
        let mut seen = [0; 6];
        for _ in 0..6000 {
            seen[(random.between(-2, 3) + 2) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!((random.below(0), random.below(1), random.between(5, 4)), (0, 0, 5));
        assert_eq!(
            (
                random.weighted(&[0, 0, 7, 7]),
                random.weighted(&[]),
                random.pick::<u8>(&[])
            ),
            (2, 0, None)
        );
    }

    #[test]
    fn streams_differ_by_each_part_of_their_name() {
        let first = |seed, concern, object| Random::stream(seed, concern, object).bits();
        let all = [first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)];
        assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])), "{all:?}");
        assert_eq!(first(1, "a", 0), first(1, "a", 0));
    }
}
