//! An upper bound on the units of a wave that visits exactly `k` aisles: Lagrangian decomposition by SKU.
//!
//! ```text
//! each SKU i has copies of its aisles (price p_ia each) and of its classes (value v_ci each), and takes
//!     g_i = max  sum v_ci x_ci + single lines - sum p_ia y_ia    where what is served is at most the stock of the y_ia
//! bound = sum of g_i + the k largest aisles by sum of p_ia       for any p >= 0 and any v with  sum over i of v_ci = units(c)
//! ```
//!
//! Prices are whole numbers of 2^-20 units and the subproblems dynamic programmes over them, so every bound is exact,
//! whatever prices the subgradient method ends with. The bound is at least as strong as the linear relaxation with
//! `x_c <= sum of y_a` for every line. Source: M. Guignard and S. Kim, "Lagrangean decomposition", Mathematical
//! Programming 39 (1987).

use super::presolve::Reduced;
use super::volume::Mean;

/// Prices are in units of 1 / `ONE`.
pub(super) const ONE: i64 = 1 << 20;

/// Above every price.
const NEVER: i64 = i64::MAX / 4;

/// What a branch decided on an aisle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    Free,
    Visited,
    Closed,
}

/// One SKU: ranges of its aisles, its classes, its table of single lines, and the most that can be served.
#[derive(Debug)]
struct Part {
    cells: std::ops::Range<usize>,
    wants: std::ops::Range<usize>,
    sku: usize,
    cap: i32,
}

/// The relaxation over some of the aisles.
#[derive(Debug)]
pub(super) struct Relaxation<'a> {
    pub reduced: &'a Reduced,
    /// Aisles of the reduced problem.
    pub aisles: Vec<u32>,
    /// Classes of the reduced problem that these aisles can serve.
    pub classes: Vec<u32>,
    parts: Vec<Part>,
    /// Aisle and units of each cell, by SKU.
    pub cells: Vec<(u32, i32)>,
    /// Class and units of each line, by SKU.
    pub wants: Vec<(u32, i32)>,
    /// The cells of each aisle.
    of_aisle: Vec<Vec<u32>>,
    /// The lines of each class.
    pub of_class: Vec<Vec<u32>>,
}

/// Prices of cells and values of lines.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    pub price: Vec<i64>,
    pub value: Vec<i64>,
    /// Where [`Relaxation::improve`] stood: the mean answer, and the length of its steps.
    pub mean: Option<Mean>,
    pub scale: f64,
}

/// Buffers and the answer of one evaluation.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// The aisle copies that SKUs take.
    pub y: Vec<bool>,
    /// The orders that SKUs take.
    pub x: Vec<i32>,
    /// What each aisle is worth at these prices.
    pub worth: Vec<i64>,
    /// Free aisles by falling worth.
    pub ranked: Vec<u32>,
    /// How often each aisle was among the best of late.
    pub share: Vec<f32>,
    layers: Vec<i64>,
    reach: Vec<i64>,
    /// Cells looked at.
    pub spent: u64,
}

impl<'a> Relaxation<'a> {
    /// The relaxation over the given aisles, rising.
    pub(super) fn of(reduced: &'a Reduced, aisles: Vec<u32>) -> Self {
        let mut local = vec![u32::MAX; reduced.aisles.len()];
        for (n, &aisle) in aisles.iter().enumerate() {
            local[aisle as usize] = n as u32;
        }
        let mut stock = vec![0_i64; reduced.skus()];
        for &aisle in &aisles {
            for cell in reduced.aisles.row(aisle as usize) {
                stock[cell.at as usize] += i64::from(cell.units);
            }
        }
        let served = |class: usize| {
            let row = reduced.classes.row(class);
            row.iter().all(|c| i64::from(c.units) <= stock[c.at as usize])
        };
        let classes: Vec<u32> = (0..reduced.classes.len() as u32)
            .filter(|&c| served(c as usize))
            .collect();
        let mut number = vec![u32::MAX; reduced.classes.len()];
        for (n, &class) in classes.iter().enumerate() {
            number[class as usize] = n as u32;
        }
        let mut made = Self {
            reduced,
            of_aisle: vec![Vec::new(); aisles.len()],
            of_class: vec![Vec::new(); classes.len()],
            aisles,
            classes,
            parts: Vec::new(),
            cells: Vec::new(),
            wants: Vec::new(),
        };
        for (sku, &stock) in stock.iter().enumerate() {
            let (cell, want) = (made.cells.len(), made.wants.len());
            for wanted in reduced.wanted_by.row(sku) {
                let class = number[wanted.at as usize];
                if class != u32::MAX {
                    made.of_class[class as usize].push(made.wants.len() as u32);
                    made.wants.push((class, wanted.units));
                }
            }
            let single = reduced.table(sku).last().copied().unwrap_or(0);
            if made.wants.len() == want && single == 0 {
                continue;
            }
            for held in reduced.held_by.row(sku) {
                let aisle = local[held.at as usize];
                if aisle != u32::MAX {
                    made.of_aisle[aisle as usize].push(made.cells.len() as u32);
                    made.cells.push((aisle, held.units));
                }
            }
            let asked: i64 = made.wants[want..]
                .iter()
                .map(|&(c, q)| i64::from(q) * i64::from(reduced.count(made.classes[c as usize] as usize)))
                .sum();
            made.parts.push(Part {
                cells: cell..made.cells.len(),
                wants: want..made.wants.len(),
                sku,
                cap: (asked + i64::from(single)).min(stock).min(i64::from(i32::MAX)) as i32,
            });
        }
        made
    }

    /// Cells and lines: the work of one evaluation.
    pub(super) fn size(&self) -> u64 {
        (self.cells.len() + self.wants.len()) as u64
    }

    /// First prices: the value of an order in equal shares on its lines, and of what a SKU serves on its stock.
    pub(super) fn first_prices(&self) -> Prices {
        let mut prices = Prices {
            price: vec![0; self.cells.len()],
            value: vec![0; self.wants.len()],
            mean: None,
            scale: 1.0,
        };
        for (class, lines) in self.of_class.iter().enumerate() {
            let whole = i64::from(self.reduced.units[self.classes[class] as usize]) * ONE;
            let share = whole / lines.len().max(1) as i64;
            for (n, &line) in lines.iter().enumerate() {
                prices.value[line as usize] = if n == 0 {
                    whole - share * (lines.len() as i64 - 1)
                } else {
                    share
                };
            }
        }
        for part in &self.parts {
            let lines: i64 = part
                .wants
                .clone()
                .map(|w| prices.value[w] * self.count(self.wants[w].0))
                .sum();
            let all = lines + i64::from(self.reduced.loose(part.sku, part.cap)) * ONE;
            let stock: i64 = part.cells.clone().map(|c| i64::from(self.cells[c].1)).sum();
            for cell in part.cells.clone() {
                let worth = i128::from(all) * i128::from(self.cells[cell].1) / i128::from(stock.max(1));
                prices.price[cell] = i64::try_from(worth).unwrap_or(i64::MAX / 4);
            }
        }
        prices
    }

    /// Prices of the same cells in a relaxation over fewer aisles.
    pub(super) fn narrowed(&self, prices: &Prices, to: &Self) -> Prices {
        let mut narrow = to.first_prices();
        narrow.scale = prices.scale;
        let mut mean = Mean::zero(to);
        let old = prices.mean.as_ref();
        let mut at = 0;
        for part in &to.parts {
            while self.parts[at].sku != part.sku {
                at += 1;
            }
            let mut from = self.parts[at].cells.start;
            for cell in part.cells.clone() {
                while self.aisles[self.cells[from].0 as usize] != to.aisles[to.cells[cell].0 as usize] {
                    from += 1;
                }
                narrow.price[cell] = prices.price[from];
                if let Some(old) = old {
                    mean.cells[cell] = old.cells[from];
                    mean.aisles[to.cells[cell].0 as usize] = old.aisles[self.cells[from].0 as usize];
                }
            }
            let mut from = self.parts[at].wants.start;
            for want in part.wants.clone() {
                while self.classes[self.wants[from].0 as usize] != to.classes[to.wants[want].0 as usize] {
                    from += 1;
                }
                narrow.value[want] = prices.value[from]; // a class is kept with all its lines
                if let Some(old) = old {
                    mean.wants[want] = old.wants[from];
                }
            }
        }
        narrow.mean = old.map(|_| mean);
        narrow
    }

    fn count(&self, class: u32) -> i64 {
        i64::from(self.reduced.count(self.classes[class as usize] as usize))
    }

    /// The bound for `k` aisles in all, times [`ONE`], and in `work` what the subproblems take.
    pub(super) fn bound(&self, prices: &Prices, fixed: &[Fixed], k: usize, work: &mut Work) -> i64 {
        work.y.clear();
        work.y.resize(self.cells.len(), false);
        work.x.clear();
        work.x.resize(self.wants.len(), 0);
        work.spent += self.size();
        let mut total = 0;
        for part in &self.parts {
            total += self.serve(part, prices, fixed, work);
        }
        work.worth.clear();
        work.ranked.clear();
        let mut visited = 0;
        for (aisle, cells) in self.of_aisle.iter().enumerate() {
            work.worth.push(cells.iter().map(|&c| prices.price[c as usize]).sum());
            match fixed[aisle] {
                Fixed::Free => work.ranked.push(aisle as u32),
                Fixed::Visited => visited += 1,
                Fixed::Closed => {}
            }
        }
        let worth = &work.worth;
        work.ranked
            .sort_unstable_by(|&a, &b| worth[b as usize].cmp(&worth[a as usize]).then(a.cmp(&b)));
        let more = k.saturating_sub(visited);
        total + work.ranked.iter().take(more).map(|&a| worth[a as usize]).sum::<i64>()
    }

    /// The best of one SKU.
    fn serve(&self, part: &Part, prices: &Prices, fixed: &[Fixed], work: &mut Work) -> i64 {
        if part.cap == 1 {
            return self.serve_one(part, prices, fixed, work);
        }
        // Stock without a price: visited aisles, and those that are free of charge.
        let mut base = 0_i64;
        let mut priced = false;
        for cell in part.cells.clone() {
            let (aisle, units) = self.cells[cell];
            match fixed[aisle as usize] {
                Fixed::Visited => base += i64::from(units),
                Fixed::Free if prices.price[cell] == 0 => {
                    base += i64::from(units);
                    work.y[cell] = true;
                }
                Fixed::Free => priced = true,
                Fixed::Closed => {}
            }
        }
        let base = base.min(i64::from(part.cap)) as usize;
        if !priced && base == 0 {
            return 0;
        }
        let cap = if priced { part.cap as usize } else { base };
        let width = cap + 1;
        // Value of each stock, class by class.
        work.layers.clear();
        work.layers
            .extend((0..width).map(|s| i64::from(self.reduced.loose(part.sku, s as i32)) * ONE));
        for want in part.wants.clone() {
            let before = work.layers.len() - width;
            work.layers.extend_from_within(before..);
            let (class, units) = self.wants[want];
            let (value, units) = (prices.value[want], units as usize);
            if value <= 0 {
                continue;
            }
            for times in 1..=self.count(class) as usize {
                if times * units > cap {
                    break;
                }
                for stock in times * units..width {
                    let with = work.layers[before + stock - times * units] + times as i64 * value;
                    let at = before + width + stock;
                    work.layers[at] = work.layers[at].max(with);
                }
            }
        }
        let top = work.layers.len() - width;
        // Cost of each stock, aisle by aisle, the cheapest way to have at least that much.
        let (mut stock, mut best) = (base, work.layers[top + base]);
        if priced && cap > base {
            let need = cap - base + 1;
            work.reach.clear();
            work.reach.resize(need, NEVER);
            work.reach[0] = 0;
            let cells = part
                .cells
                .clone()
                .filter(|&c| fixed[self.cells[c].0 as usize] == Fixed::Free && prices.price[c] > 0);
            for cell in cells.clone() {
                let (price, units) = (prices.price[cell], self.cells[cell].1 as usize);
                let before = work.reach.len() - need;
                work.reach.extend_from_within(before..);
                for more in 1..need {
                    let from = work.reach[before + more.saturating_sub(units)];
                    let at = before + need + more;
                    work.reach[at] = work.reach[at].min(from + price);
                }
            }
            let last = work.reach.len() - need;
            for more in 1..need {
                let value = work.layers[top + base + more] - work.reach[last + more];
                if work.reach[last + more] < NEVER && value > best {
                    best = value;
                    stock = base + more;
                }
            }
            let (mut more, mut layer) = (stock - base, last);
            for cell in cells.rev() {
                if more == 0 {
                    break;
                }
                if work.reach[layer] != work.reach[layer - need]
                    || work.reach[layer + more] != work.reach[layer - need + more]
                {
                    work.y[cell] = true;
                    more = more.saturating_sub(self.cells[cell].1 as usize);
                }
                layer -= need;
            }
        }
        // The orders behind the value of that stock.
        let mut layer = top;
        for want in part.wants.clone().rev() {
            let (value, units) = (prices.value[want], self.wants[want].1 as usize);
            let mut times = 0;
            while work.layers[layer + stock]
                != work.layers[layer - width + stock - times * units] + times as i64 * value
            {
                times += 1;
            }
            work.x[want] = times as i32;
            stock -= times * units;
            layer -= width;
        }
        best
    }

    /// The best of a SKU of which one unit can be served: nearly all SKUs, so it is quick.
    fn serve_one(&self, part: &Part, prices: &Prices, fixed: &[Fixed], work: &mut Work) -> i64 {
        let mut cheapest = (i64::MAX, usize::MAX);
        for cell in part.cells.clone() {
            let price = match fixed[self.cells[cell].0 as usize] {
                Fixed::Visited => -1,
                Fixed::Free => prices.price[cell],
                Fixed::Closed => continue,
            };
            if price < cheapest.0 {
                cheapest = (price, cell);
            }
        }
        let mut most = (i64::from(self.reduced.loose(part.sku, 1)) * ONE, usize::MAX);
        for want in part.wants.clone() {
            if prices.value[want] > most.0 && self.wants[want].1 == 1 {
                most = (prices.value[want], want);
            }
        }
        let gain = most.0 - cheapest.0.max(0);
        if cheapest.1 == usize::MAX || gain <= 0 {
            return 0;
        }
        work.y[cheapest.1] = cheapest.0 >= 0;
        if most.1 != usize::MAX {
            work.x[most.1] = 1;
        }
        gain
    }
}
