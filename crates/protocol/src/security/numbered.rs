/// Declares values that have a number and a name, and may come as either. They are written as the number.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $number:literal $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$value_doc])* $value,)+ }

        impl $name {
            /// Each of them, by its number.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// On the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$value => $number,)+ }
            }

            /// As the document prints it, byte for byte.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $text,)+ }
            }
        }

        impl crate::json::Value for $name {
            const WANTED: &'static str = concat!(
                "has to be one of these, as a number or as a name:", $(" ", $number, " \"", $text, "\"",)+
            );

            fn read(raw: &str) -> Option<Self> {
                let number = i64::read(raw);
                let name: Option<String> = serde_json::from_str(raw).ok();
                let is_meant = |known: &&Self| {
                    number == Some(known.number().into()) || name.as_deref() == Some(known.name())
                };
                Self::ALL.iter().find(is_meant).copied()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.number())
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
                let names = Self::ALL.iter().map(|value| format!("{} `{}`", value.number(), value.name()));
                let names = names.collect::<Vec<_>>().join(", ");
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Integer))
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .description(Some(format!("A number, or in a request its name as well: {names}.")))
                    .enum_values(Some(Self::ALL.iter().map(|value| value.number())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(super) use numbered;
