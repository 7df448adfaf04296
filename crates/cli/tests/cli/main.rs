//! The program from outside: what it prints, writes and exits with.

mod help;
mod problems;
mod routing;
mod support;
