//! The exact least cost of orders that each want a unit of one SKU: a transportation problem, by successive shortest paths
//! (R. Busacker & P. Gowen 1960). Its linear relaxation has the same value, so it is what prices can prove at most.

use clapot::cost::price_shipment;
use clapot::index::{NodeIdx, OrderIdx};
use clapot::model::Problem;
use clapot::plan::{Carriage, Fill};

/// Far more than any cost.
const FAR: i64 = i64::MAX / 4;

/// In ten-thousandths; every order has one line of one unit, and no node has a limit but its stock.
pub(crate) fn least_cost(problem: &Problem) -> i64 {
    let orders: Vec<OrderIdx> = problem.orders().indices().collect();
    let costs: Vec<Vec<i64>> = orders.iter().map(|&order| costs(problem, order)).collect();
    let mut room: Vec<i64> = problem.nodes().indices().map(|node| there_is(problem, node)).collect();
    room.push(FAR); // leaving an order unfilled
    transport(&costs, &mut room)
}

fn there_is(problem: &Problem, node: NodeIdx) -> i64 {
    let rows = problem.stock().iter().filter(|row| row.node == node);
    rows.map(|row| i64::from(row.available)).sum()
}

/// What it costs to serve an order from each node, and last to leave it.
fn costs(problem: &Problem, order: OrderIdx) -> Vec<i64> {
    let line = problem.orders()[order].lines().next().unwrap();
    assert_eq!(problem.orders()[order].lines().len(), 1);
    assert_eq!(problem.lines()[line].qty, 1);
    let from = |node: NodeIdx| {
        let by = |service| {
            let cost = price_shipment(
                problem,
                order,
                node,
                Carriage::Service(service),
                &[Fill { line, qty: 1 }],
            );
            cost.map_or(FAR, |c| (c.transport + c.handling + c.late).ten_thousandths())
        };
        problem.services().indices().map(by).min().unwrap_or(FAR)
    };
    let mut costs: Vec<i64> = problem.nodes().indices().map(from).collect();
    costs.push(problem.lines()[line].unfilled_penalty.ten_thousandths());
    costs
}

/// Least sum of costs with one place for each order, and so many orders at a place at most.
pub(crate) fn transport(costs: &[Vec<i64>], room: &mut [i64]) -> i64 {
    let places = room.len();
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); places];
    for (order, cost) in costs.iter().enumerate() {
        // The cheapest way to move an order from one place to another.
        let cheapest = |from: usize, to: usize| at[from].iter().map(|&o| (costs[o][to] - costs[o][from], o)).min();
        let moves: Vec<Vec<Option<(i64, usize)>>> = (0..places)
            .map(|from| (0..places).map(|to| cheapest(from, to)).collect())
            .collect();
        let mut far = cost.clone();
        let mut by: Vec<Option<(usize, usize)>> = vec![None; places];
        for _ in 0..places {
            for from in 0..places {
                for to in 0..places {
                    if let Some((more, moved)) = moves[from][to].filter(|m| far[from] + m.0 < far[to]) {
                        (far[to], by[to]) = (far[from] + more, Some((from, moved)));
                    }
                }
            }
        }
        let mut to = (0..places).filter(|&p| room[p] > 0).min_by_key(|&p| far[p]).unwrap();
        room[to] -= 1;
        while let Some((from, moved)) = by[to] {
            at[from].retain(|&o| o != moved);
            at[to].push(moved);
            to = from;
        }
        at[to].push(order);
    }
    let of_place = |(place, orders): (usize, &Vec<usize>)| orders.iter().map(|&o| costs[o][place]).sum::<i64>();
    at.iter().enumerate().map(of_place).sum()
}
