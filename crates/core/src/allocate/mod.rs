//! Order routing: deciding which node ships what. So far the policies that systems use today.

pub mod policy;
