//! The arithmetic of measures. Every operation is checked by itself, in every profile of every program that uses the crate: a
//! result that does not fit ends in a panic, never in a wrong total.
//!
//! What validation lets through stays far inside `i64`, so no input ends in that panic.

/// Panics as an overflow of the language does.
#[cold]
#[inline(never)]
#[track_caller]
#[allow(
    clippy::panic,
    reason = "a wrong total is worse than none; operators have no other way to say so"
)]
pub(super) const fn overflow(message: &'static str) -> ! {
    panic!("{}", message)
}

/// Implements `+`, `+=`, `-`, `-=`, negation, `*` and `*=` with a count, sums, and saturating addition for a measure that wraps
/// one `i64`.
macro_rules! checked_arithmetic {
    ($measure:ident) => {
        $crate::quantity::arithmetic::checked_arithmetic!(
            @with $measure, Add, add, AddAssign, add_assign, Self, |n: Self| n.0, checked_add, "add"
        );
        $crate::quantity::arithmetic::checked_arithmetic!(
            @with $measure, Sub, sub, SubAssign, sub_assign, Self, |n: Self| n.0, checked_sub, "subtract"
        );
        $crate::quantity::arithmetic::checked_arithmetic!(
            @with $measure, Mul, mul, MulAssign, mul_assign, i64, |n: i64| n, checked_mul, "multiply"
        );

        impl $measure {
            /// `self + other`, or the largest or smallest amount where that does not fit.
            #[must_use]
            pub const fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }

        impl std::ops::Neg for $measure {
            type Output = Self;
            #[track_caller]
            fn neg(self) -> Self {
                match self.0.checked_neg() {
                    Some(n) => Self(n),
                    None => $crate::quantity::arithmetic::overflow(concat!(
                        stringify!($measure),
                        ": attempt to negate with overflow"
                    )),
                }
            }
        }

        impl std::iter::Sum for $measure {
            #[track_caller]
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                iter.fold(Self(0), |sum, each| sum + each)
            }
        }
    };
    (
        @with $measure:ident, $op:ident, $fn:ident, $op_assign:ident, $fn_assign:ident, $other:ty, $raw:expr,
        $checked:ident, $verb:literal
    ) => {
        impl std::ops::$op<$other> for $measure {
            type Output = Self;
            #[track_caller]
            fn $fn(self, other: $other) -> Self {
                match self.0.$checked(($raw)(other)) {
                    Some(n) => Self(n),
                    None => $crate::quantity::arithmetic::overflow(concat!(
                        stringify!($measure),
                        ": attempt to ",
                        $verb,
                        " with overflow"
                    )),
                }
            }
        }

        impl std::ops::$op_assign<$other> for $measure {
            #[track_caller]
            fn $fn_assign(&mut self, other: $other) {
                *self = std::ops::$op::$fn(*self, other);
            }
        }
    };
}

pub(super) use checked_arithmetic;
