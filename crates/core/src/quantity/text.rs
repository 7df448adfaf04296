//! Measures in serde's data model: texts as the files have them, so that no amount passes through a float.

/// Writes and reads a measure as its text.
macro_rules! as_text {
    ($($measure:ty),*) => {
        $(impl serde::Serialize for $measure {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $measure {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        })*
    };
}

as_text!(super::Money, super::Date, super::Distance, super::TimeOfDay);
