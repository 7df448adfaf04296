//! Tests of wave selection.
