/// Its values with their names.
macro_rules! operations {
    ($($(#[$doc:meta])* $value:ident = $name:literal,)*) => {
        /// What a request asks for that no API answers. Routes carry the name. An API has others
        /// ([`operations`](crate::Api::operations)).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Operation { $($(#[$doc])* $value,)* }

        impl Operation {
            pub(crate) const ALL: &[Self] = &[$(Self::$value,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)* }
            }
        }
    };
}

operations! {
    HealthLive = "health_live",
    HealthReady = "health_ready",
    Metrics = "metrics",
    Sandbox = "sandbox",
    SwaggerUi = "swagger_ui",
    StartPage = "start_page",
    /// A route without a name.
    Other = "other",
    /// No route.
    Unknown = "unknown",
}
